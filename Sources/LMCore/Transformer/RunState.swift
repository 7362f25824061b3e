/// The buffers that a pass of up to `capacity` rows through the model needs, allocated once.
///
/// Letters: T rows, C width, I inner width.
final class RunState {
  let capacity: Int
  /// The residual stream [T, C].
  let stream: FloatBuffer
  /// [T, C]
  let normed: FloatBuffer
  /// [T, 3 C]
  let queriesKeysValues: FloatBuffer
  /// [T, C]
  let attended: FloatBuffer
  /// [T, I]
  let inner: FloatBuffer
  /// [T, C]
  let product: FloatBuffer
  let rows: UnsafeMutablePointer<Attention.Row>

  init(_ blueprint: Blueprint, capacity: Int) {
    self.capacity = capacity
    stream = FloatBuffer(count: capacity * blueprint.width)
    normed = FloatBuffer(count: capacity * blueprint.width)
    queriesKeysValues = FloatBuffer(count: capacity * 3 * blueprint.width)
    attended = FloatBuffer(count: capacity * blueprint.width)
    inner = FloatBuffer(count: capacity * blueprint.innerWidth)
    product = FloatBuffer(count: capacity * blueprint.width)
    rows = .allocate(capacity: capacity)
  }

  deinit { rows.deallocate() }
}

/// Rows of attention scores, for each thread.
final class ScoreRoom {
  let scores: FloatBuffer
  /// Floats from one row of scores to the next.
  let stride: Int

  init(contextLength: Int, threads: Int) {
    let tile = KVCache.tilePositions
    stride = (contextLength + tile - 1) / tile * tile
    scores = FloatBuffer(count: threads * Attention.mostGroupedRows * stride)
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
      layerCount: blueprint.layerCount, width: blueprint.width, capacity: blueprint.contextLength)
    let (width, inner) = (blueprint.width, blueprint.innerWidth)
    let row = 6 * width + inner + max(width, inner)
    let buffers = 4 * (Transformer.chunkRows * row + 16 * blueprint.vocabularySize)
    // Three texts at most: two are compared while the third waits. The rest is for stacks and the heap.
    self.init(
      memory: weights + cache + buffers,
      addressSpace: ownWeights + 3 * cache + buffers + threads * 8 << 20 + 16 << 20)
  }
}
