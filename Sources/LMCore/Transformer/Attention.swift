/// Causal self-attention of one layer: for T rows, each with its own cache and position.
///
/// A row attends to the positions up to its own: scores = q · kᵀ, softmax, the mean of the values weighted by it.
/// Sums run over positions in order, so a row's result does not depend on the rows beside it.
struct Attention {
  /// A row's place.
  struct Row {
    /// The layer's tiles in the row's cache.
    var keys: UnsafeMutablePointer<Float>
    var values: UnsafeMutablePointer<Float>
    var position: Int
  }

  /// Rows of one cache that go together through a tile.
  static let mostGroupedRows = 6

  let kernels: Kernels
  let rows: UnsafePointer<Row>
  let rowCount: Int
  /// The first row whose output is wanted; keys and values of all rows are stored.
  let firstWanted: Int
  /// Whether all rows continue one cache.
  let sharesCache: Bool
  /// [T, 3 C]: queries, keys, values.
  let queriesKeysValues: UnsafePointer<Float>
  /// [T, C]
  let output: UnsafeMutablePointer<Float>
  let width: Int
  let headCount: Int
  let scale: Float
  /// For each thread `mostGroupedRows` rows of scores, `scoreStride` apart.
  let scores: UnsafeMutablePointer<Float>
  let scoreStride: Int

  private var headWidth: Int { width / headCount }
  private var groupSize: Int { sharesCache ? Self.mostGroupedRows : 1 }

  mutating func run(on pool: ThreadPool) {
    if sharesCache, rowCount > 1 {
      // A row needs the keys of rows in other chunks.
      pool.run(chunks: headCount, &self) { raw, head, _ in
        let job = raw.assumingMemoryBound(to: Attention.self)
        for row in 0..<job.pointee.rowCount { job.pointee.store(row, head: head) }
      }
      let groups = (rowCount - firstWanted + groupSize - 1) / groupSize
      pool.run(chunks: groups * headCount, &self) { raw, chunk, thread in
        let job = raw.assumingMemoryBound(to: Attention.self)
        let (group, head) = chunk.quotientAndRemainder(dividingBy: job.pointee.headCount)
        let first = job.pointee.firstWanted + group * job.pointee.groupSize
        let count = min(job.pointee.groupSize, job.pointee.rowCount - first)
        job.pointee.attend(first, count, head: head, thread: thread)
      }
    } else {
      pool.run(chunks: rowCount * headCount, &self) { raw, chunk, thread in
        let job = raw.assumingMemoryBound(to: Attention.self)
        let (row, head) = chunk.quotientAndRemainder(dividingBy: job.pointee.headCount)
        job.pointee.store(row, head: head)
        job.pointee.attend(row, 1, head: head, thread: thread)
      }
    }
  }

  /// Copies a row's key and value of one head into its cache.
  private func store(_ row: Int, head: Int) {
    let place = rows[row]
    let (block, column) = place.position.quotientAndRemainder(dividingBy: KVCache.tilePositions)
    let tile = tileOffset(head: head, block: block)
    let key = queriesKeysValues + row * 3 * width + width + head * headWidth
    let keyTile = place.keys + tile + column
    for i in 0..<headWidth { keyTile[i * KVCache.tilePositions] = key[i] }
    (place.values + tile + column * headWidth).update(from: key + width, count: headWidth)
  }

  /// Writes the outputs of `count` rows of one cache, at positions in a row, for one head.
  private func attend(_ first: Int, _ count: Int, head: Int, thread: Int) {
    let place = rows[first]
    let query = queriesKeysValues + first * 3 * width + head * headWidth
    let scores = scores + thread * Self.mostGroupedRows * scoreStride
    // Up to a whole cache line of keys: positions not yet written give scores that nobody reads.
    let positions = (place.position + count + 15) / 16 * 16
    for row in 0..<count { (scores + row * scoreStride).update(repeating: 0, count: positions) }
    for start in stride(from: 0, to: positions, by: KVCache.tilePositions) {
      kernels.accumulateColumns(
        scores + start, stride: scoreStride, query, stride: 3 * width, lanes: count,
        weights: place.keys + tileOffset(head: head, block: start / KVCache.tilePositions),
        stride: KVCache.tilePositions, depth: headWidth,
        columns: min(KVCache.tilePositions, positions - start))
    }
    for row in 0..<count {
      kernels.softmax(scores + row * scoreStride, scale: scale, count: place.position + row + 1)
      (output + (first + row) * width + head * headWidth).update(repeating: 0, count: headWidth)
    }
    weigh(place, first, count, positions: 0..<place.position + 1, scores, head)
    for row in 1..<max(count, 1) {
      // What later rows of the group see and the first does not.
      weigh(
        place, first + row, 1, positions: place.position + 1..<place.position + row + 1,
        scores + row * scoreStride, head)
    }
  }

  /// Adds the values at `positions`, weighted, to the outputs of `count` rows.
  private func weigh(
    _ place: Row, _ first: Int, _ count: Int, positions: Range<Int>, _ weights: UnsafePointer<Float>,
    _ head: Int
  ) {
    var position = positions.lowerBound
    while position < positions.upperBound {
      let (block, row) = position.quotientAndRemainder(dividingBy: KVCache.tilePositions)
      let depth = min(KVCache.tilePositions - row, positions.upperBound - position)
      kernels.accumulateColumns(
        output + first * width + head * headWidth, stride: width, weights + position, stride: scoreStride,
        lanes: count, weights: place.values + tileOffset(head: head, block: block) + row * headWidth,
        stride: headWidth, depth: depth, columns: headWidth)
      position += depth
    }
  }

  /// The position of a head's tile in its layer, in floats.
  private func tileOffset(head: Int, block: Int) -> Int {
    (block * headCount + head) * KVCache.tilePositions * headWidth
  }
}
