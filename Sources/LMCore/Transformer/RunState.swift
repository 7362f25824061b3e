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

  init(_ configuration: GPT2Configuration, capacity: Int) {
    self.capacity = capacity
    stream = FloatBuffer(count: capacity * configuration.width)
    normed = FloatBuffer(count: capacity * configuration.width)
    queriesKeysValues = FloatBuffer(count: capacity * 3 * configuration.width)
    attended = FloatBuffer(count: capacity * configuration.width)
    inner = FloatBuffer(count: capacity * configuration.innerWidth)
    product = FloatBuffer(count: capacity * configuration.width)
    rows = .allocate(capacity: capacity)
  }

  deinit { rows.deallocate() }
}

/// Buffers that hold nothing from one product to the next.
final class Scratch {
  let products: ColumnProduct.Room
  let scores: FloatBuffer
  /// The factors of an int8 product.
  let quantizedRows = QuantizedRows()
  /// Floats from one row of scores to the next.
  let scoreStride: Int

  init(_ configuration: GPT2Configuration, threads: Int) {
    let tile = KVCache.tilePositions
    let (width, innerWidth) = (configuration.width, configuration.innerWidth)
    products = ColumnProduct.Room(
      threads: threads, mostRows: GPT2Model.chunkRows, mostInputs: max(width, innerWidth),
      mostOutputs: max(3 * width, innerWidth))
    scoreStride = (configuration.contextLength + tile - 1) / tile * tile
    scores = FloatBuffer(count: threads * Attention.mostGroupedRows * scoreStride)
  }
}

extension MemoryNeed {
  /// What a model takes once a whole context was read.
  ///
  /// - Parameters:
  ///   - weights: bytes of the weights that stay in memory.
  ///   - ownWeights: the part of them that is no mapped file.
  init(_ configuration: GPT2Configuration, weights: Int, ownWeights: Int, threads: Int) {
    let cache = KVCache.byteCount(
      layerCount: configuration.layerCount, width: configuration.width, capacity: configuration.contextLength)
    let (width, inner) = (configuration.width, configuration.innerWidth)
    let row = 6 * width + inner + max(width, inner)
    let buffers = 4 * (GPT2Model.chunkRows * row + 16 * configuration.vocabularySize)
    // Three texts at most: two are compared while the third waits. The rest is for stacks and the heap.
    self.init(
      memory: weights + cache + buffers,
      addressSpace: ownWeights + 3 * cache + buffers + threads * 8 << 20 + 16 << 20)
  }
}
