/// The buffers that a pass of up to `capacity` rows through the model needs, allocated once.
///
/// Letters: T rows, C width, H heads of D numbers, K of them for keys and values, I inner width.
final class RunState {
  let capacity: Int
  /// The residual stream [T, C].
  let stream: FloatBuffer
  /// [T, C]
  let normed: FloatBuffer
  /// [T, (H + 2 K) D]
  let queriesKeysValues: FloatBuffer
  /// [T, H D]
  let attended: FloatBuffer
  /// [T, I]
  let inner: FloatBuffer
  /// [T, I]; empty where the feed-forward part has no gate.
  let gate: FloatBuffer
  /// [T, C]
  let product: FloatBuffer
  /// For each of the blueprint's rotations the angles of the rows.
  let rotations: [RotationTable]
  let rows: UnsafeMutablePointer<Attention.Row>

  init(_ blueprint: Blueprint, capacity: Int) {
    self.capacity = capacity
    stream = FloatBuffer(count: capacity * blueprint.width)
    normed = FloatBuffer(count: capacity * blueprint.width)
    queriesKeysValues = FloatBuffer(count: capacity * blueprint.projectedWidth)
    attended = FloatBuffer(count: capacity * blueprint.queryWidth)
    inner = FloatBuffer(count: capacity * blueprint.innerWidth)
    gate = FloatBuffer(count: blueprint.isGated ? capacity * blueprint.innerWidth : 0)
    product = FloatBuffer(count: capacity * blueprint.width)
    rotations = blueprint.rotaries.map { RotationTable($0, capacity: capacity) }
    rows = .allocate(capacity: capacity)
  }

  deinit { rows.deallocate() }

  /// Sets the position of a row.
  func place(_ row: Int, at position: Int) {
    rows[row].position = position
    // An iterator over the tables would allocate where it is not specialized.
    for index in rotations.indices { rotations[index].place(row, at: position) }
  }
}

/// Rows of attention scores, for each thread.
final class ScoreRoom {
  private let memory: SystemMemory
  var scores: UnsafeMutablePointer<Float> { memory.pointer.assumingMemoryBound(to: Float.self) }
  /// Floats from one row of scores to the next.
  let stride: Int

  init(contextLength: Int, threads: Int) {
    let tile = KVCache.tilePositions
    stride = (contextLength + tile - 1) / tile * tile
    // Taken as it is written: few texts fill a context of 131,072 tokens.
    memory = SystemMemory(byteCount: 4 * threads * Attention.mostGroupedRows * stride)
  }
}

extension MemoryNeed {
  /// What a model takes once a whole context was read.
  ///
  /// - Parameters:
  ///   - weights: bytes of the weights that stay in memory.
  ///   - ownWeights: the part of them that is no mapped file.
  init(_ blueprint: Blueprint, weights: Int, ownWeights: Int, threads: Int) {
    let cache = KVCache.byteCount(
      layerCount: blueprint.layerCount, width: blueprint.keyValueWidth, capacity: blueprint.contextLength)
    let (width, inner) = (blueprint.width, blueprint.innerWidth)
    let row =
      2 * width + blueprint.projectedWidth + blueprint.queryWidth + (blueprint.isGated ? 2 : 1) * inner
      + max(width, inner)
    let buffers = 4 * (Transformer.chunkRows * row + 16 * blueprint.vocabularySize)
    // Three texts at most: two are compared while the third waits. The rest is for stacks and the heap.
    self.init(
      memory: weights + cache + buffers,
      addressSpace: ownWeights + 3 * cache + buffers + threads * 8 << 20 + 16 << 20,
      context: cache)
  }
}
