/// One layer's pass over T rows of the residual stream:
/// x += c_proj(attention(ln_1(x))), then x += c_proj(f(c_fc(ln_2(x)))).
struct TransformerBlock {
  let kernels: Kernels
  let pool: ThreadPool
  let configuration: GPT2Configuration
  let scratch: Scratch

  /// - Parameters:
  ///   - firstWanted: The first row whose result is needed; rows before it only leave their keys and values.
  ///   - sharesCache: Whether all rows continue one cache.
  func run(
    _ weights: GPT2Weights.Block, layer: Int, _ state: RunState, rows: Int, firstWanted: Int,
    sharesCache: Bool
  ) {
    let width = configuration.width
    normalize(weights.norm1, state, rows: 0..<rows)
    multiply(state.normed.pointer, rows, weights.attention, into: state.queriesKeysValues.pointer)
    var attention = Attention(
      kernels: kernels, rows: state.rows, rowCount: rows, firstWanted: firstWanted, sharesCache: sharesCache,
      queriesKeysValues: state.queriesKeysValues.pointer, output: state.attended.pointer, width: width,
      headCount: configuration.headCount, scale: configuration.attentionScale(layer: layer),
      scores: scratch.scores.pointer, scoreStride: scratch.scoreStride)
    attention.run(on: pool)
    let start = firstWanted * width
    let wanted = rows - firstWanted
    multiply(
      state.attended.pointer + start, wanted, weights.attentionProjection, into: state.product.pointer,
      addingTo: state.stream.pointer + start)
    normalize(weights.norm2, state, rows: firstWanted..<rows)
    multiply(
      state.normed.pointer + start, wanted, weights.feedForward, into: state.inner.pointer,
      activation: configuration.activation)
    multiply(
      state.inner.pointer, wanted, weights.feedForwardProjection, into: state.product.pointer,
      addingTo: state.stream.pointer + start)
  }

  /// Layer norm of the stream's rows into `normed`.
  func normalize(_ norm: GPT2Weights.LayerNorm, _ state: RunState, rows: Range<Int>) {
    var job = Normalization(
      kernels: kernels, from: state.stream.pointer, to: state.normed.pointer, gain: norm.gain.pointer,
      bias: norm.bias.pointer, width: configuration.width, epsilon: configuration.layerNormEpsilon, rows: rows
    )
    // A row takes less time than waking a thread.
    let perChunk = Normalization.rowsPerChunk
    pool.run(chunks: (rows.count + perChunk - 1) / perChunk, &job) { raw, chunk, _ in
      raw.assumingMemoryBound(to: Normalization.self).pointee.run(chunk)
    }
  }

  private func multiply(
    _ x: UnsafePointer<Float>, _ rows: Int, _ layer: GPT2Weights.Conv1D,
    into y: UnsafeMutablePointer<Float>, activation: ActivationFunction? = nil,
    addingTo residual: UnsafeMutablePointer<Float>? = nil
  ) {
    switch layer.weight {
    case .stored(let weight):
      var product = ColumnProduct(
        kernels, x: x, rows: rows, weight: weight, bias: layer.bias.pointer, y: y,
        room: scratch.products)
      product.activation = activation
      product.residual = residual
      product.run(on: pool)
    case .quantized(let weight):
      var product = QuantizedProduct(
        kernels, x: x, rows: rows, weight: weight, bias: layer.bias.pointer, y: y, room: scratch.quantizedRows
      )
      product.activation = activation
      product.residual = residual
      product.run(on: pool)
    }
  }
}

private struct Normalization {
  static let rowsPerChunk = 16

  let kernels: Kernels
  let from: UnsafePointer<Float>
  let to: UnsafeMutablePointer<Float>
  let gain: UnsafePointer<Float>
  let bias: UnsafePointer<Float>
  let width: Int
  let epsilon: Float
  let rows: Range<Int>

  func run(_ chunk: Int) {
    let first = rows.lowerBound + chunk * Self.rowsPerChunk
    for row in first..<min(first + Self.rowsPerChunk, rows.upperBound) {
      kernels.normalize(
        to + row * width, from + row * width, gain: gain, bias: bias, count: width, epsilon: epsilon)
    }
  }
}
