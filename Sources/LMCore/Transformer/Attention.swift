/// Causal self-attention of one layer: for T rows, each with its own cache and position.
///
/// A row attends to the positions up to its own, as far back as the window reaches: scores = q · kᵀ, softmax, the mean of the values
/// weighted by it. Query heads share key-value heads in blocks.
/// Sums run over positions in order, so a row's result does not depend on the rows beside it.
struct Attention {
  /// A row's place.
  struct Row {
    /// The blocks of the row's cache.
    var blocks: UnsafePointer<UnsafeMutablePointer<Float>>
    /// Where the layer's keys, and its values, begin in each block.
    var keyOffset: Int
    var valueOffset: Int
    var position: Int

    /// The keys of the layer in a block, [head][tile].
    func keys(block: Int) -> UnsafeMutablePointer<Float> { blocks[block] + keyOffset }
    func values(block: Int) -> UnsafeMutablePointer<Float> { blocks[block] + valueOffset }
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
  let heads: ProjectedHeads
  /// [T, H D]
  let output: UnsafeMutablePointer<Float>
  let headWidth: Int
  /// How many positions a row sees, its own among them; nil for all.
  let window: Int?
  let scale: Float
  /// For each thread `mostGroupedRows` rows of scores, `scoreStride` apart.
  let scores: UnsafeMutablePointer<Float>
  let scoreStride: Int

  private var headCount: Int { heads.queries.headCount }
  private var keyValueHeadCount: Int { heads.keys.headCount }
  /// How many query heads read the same keys and values.
  private var sharedBy: Int { headCount / keyValueHeadCount }
  /// H D
  private var width: Int { headCount * headWidth }
  private var groupSize: Int { sharesCache ? Self.mostGroupedRows : 1 }

  mutating func run(on pool: ThreadPool) {
    if sharesCache, rowCount > 1 {
      // A row needs the keys of rows in other chunks.
      pool.run(chunks: keyValueHeadCount, &self) { raw, head, _ in
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
    } else if sharedBy == 1 {
      pool.run(chunks: rowCount * headCount, &self) { raw, chunk, thread in
        let job = raw.assumingMemoryBound(to: Attention.self)
        let (row, head) = chunk.quotientAndRemainder(dividingBy: job.pointee.headCount)
        job.pointee.store(row, head: head)
        job.pointee.attend(row, 1, head: head, thread: thread)
      }
    } else {
      // Several chunks read what one of them would store.
      for row in 0..<rowCount {
        for head in 0..<keyValueHeadCount { store(row, head: head) }
      }
      pool.run(chunks: rowCount * headCount, &self) { raw, chunk, thread in
        let job = raw.assumingMemoryBound(to: Attention.self)
        let (row, head) = chunk.quotientAndRemainder(dividingBy: job.pointee.headCount)
        job.pointee.attend(row, 1, head: head, thread: thread)
      }
    }
  }

  /// Copies a row's key and value of one key-value head into its cache.
  private func store(_ row: Int, head: Int) {
    let place = rows[row]
    let (block, column) = place.position.quotientAndRemainder(dividingBy: KVCache.tilePositions)
    let key = heads.keys.head(head, row: row)
    let keyTile = place.keys(block: block) + tileOffset(head: head) + column
    for i in 0..<headWidth { keyTile[i * KVCache.tilePositions] = key[i] }
    (place.values(block: block) + tileOffset(head: head) + column * headWidth).update(
      from: heads.values.head(head, row: row), count: headWidth)
  }

  /// The first position that a row at `position` sees.
  private func start(_ position: Int) -> Int { window.map { max(position + 1 - $0, 0) } ?? 0 }

  /// Writes the outputs of `count` rows of one cache, at positions in a row, for one query head.
  private func attend(_ first: Int, _ count: Int, head: Int, thread: Int) {
    let place = rows[first]
    let query = heads.queries.head(head, row: first)
    let shared = head / sharedBy
    let scores = scores + thread * Self.mostGroupedRows * scoreStride
    // From a whole tile of keys on, up to a whole cache line: positions not seen give scores that nobody reads.
    let firstTile = start(place.position) / KVCache.tilePositions * KVCache.tilePositions
    let positions = (place.position + count + 15) / 16 * 16
    for row in 0..<count {
      (scores + row * scoreStride + firstTile).update(repeating: 0, count: positions - firstTile)
    }
    for tile in stride(from: firstTile, to: positions, by: KVCache.tilePositions) {
      kernels.accumulateColumns(
        scores + tile, stride: scoreStride, query, stride: heads.queries.stride, lanes: count,
        weights: place.keys(block: tile / KVCache.tilePositions) + tileOffset(head: shared),
        stride: KVCache.tilePositions, depth: headWidth,
        columns: min(KVCache.tilePositions, positions - tile))
    }
    for row in 0..<count {
      let position = place.position + row
      let start = start(position)
      kernels.softmax(scores + row * scoreStride + start, scale: scale, count: position + 1 - start)
      (output + (first + row) * width + head * headWidth).update(repeating: 0, count: headWidth)
    }
    // What all rows of the group see; before it what the first rows see and the last does not, behind it the other way round.
    let end = place.position + 1
    let common = min(start(place.position + count - 1), end)..<end
    for row in 0..<count where window != nil {
      let start = start(place.position + row)
      weigh(place, first + row, 1, positions: start..<max(start, common.lowerBound), scores, row, head)
    }
    weigh(place, first, count, positions: common, scores, 0, head)
    for row in 1..<max(count, 1) {
      let start = max(end, start(place.position + row))
      weigh(place, first + row, 1, positions: start..<end + row, scores, row, head)
    }
  }

  /// Adds the values at `positions`, weighted, to the outputs of `count` rows, whose scores begin at row `scoreRow`.
  private func weigh(
    _ place: Row, _ first: Int, _ count: Int, positions: Range<Int>, _ scores: UnsafePointer<Float>,
    _ scoreRow: Int, _ head: Int
  ) {
    let weights = scores + scoreRow * scoreStride
    let shared = head / sharedBy
    var position = positions.lowerBound
    while position < positions.upperBound {
      let (block, row) = position.quotientAndRemainder(dividingBy: KVCache.tilePositions)
      let depth = min(KVCache.tilePositions - row, positions.upperBound - position)
      kernels.accumulateColumns(
        output + first * width + head * headWidth, stride: width, weights + position, stride: scoreStride,
        lanes: count, weights: place.values(block: block) + tileOffset(head: shared) + row * headWidth,
        stride: headWidth, depth: depth, columns: headWidth)
      position += depth
    }
  }

  /// The place of a key-value head's tile among its layer's in a block, in floats.
  private func tileOffset(head: Int) -> Int { head * KVCache.tilePositions * headWidth }
}
