/// One layer's pass over T rows of the residual stream:
/// x += output(attention(norm1(x))), then x += down(f(up(norm2(x)))).
struct TransformerBlock {
  let blueprint: Blueprint
  let room: ProductRoom
  let scores: ScoreRoom

  /// - Parameters:
  ///   - firstWanted: The first row whose result is needed; rows before it only leave their keys and values.
  ///   - sharesCache: Whether all rows continue one cache.
  func run(
    _ weights: TransformerWeights.Block, layer: Int, _ state: RunState, rows: Int, firstWanted: Int,
    sharesCache: Bool
  ) {
    let width = blueprint.width
    normalize(weights.norm1, state, rows: 0..<rows)
    weights.queriesKeysValues.multiply(
      state.normed.pointer, rows: rows, into: state.queriesKeysValues.pointer, in: room)
    var attention = Attention(
      kernels: room.kernels, rows: state.rows, rowCount: rows, firstWanted: firstWanted,
      sharesCache: sharesCache, queriesKeysValues: state.queriesKeysValues.pointer,
      output: state.attended.pointer, width: width, headCount: blueprint.headCount,
      scale: blueprint.attentionScale(layer: layer), scores: scores.scores.pointer,
      scoreStride: scores.stride)
    attention.run(on: room.pool)
    let start = firstWanted * width
    let wanted = rows - firstWanted
    weights.attentionOutput.multiply(
      state.attended.pointer + start, rows: wanted, into: state.product.pointer,
      addingTo: state.stream.pointer + start, in: room)
    normalize(weights.norm2, state, rows: firstWanted..<rows)
    weights.up.multiply(
      state.normed.pointer + start, rows: wanted, into: state.inner.pointer, activation: blueprint.activation,
      in: room)
    weights.down.multiply(
      state.inner.pointer, rows: wanted, into: state.product.pointer,
      addingTo: state.stream.pointer + start, in: room)
  }

  /// Layer norm of the stream's rows into `normed`.
  func normalize(_ norm: TransformerWeights.LayerNorm, _ state: RunState, rows: Range<Int>) {
    var job = Normalization(
      kernels: room.kernels, from: state.stream.pointer, to: state.normed.pointer, gain: norm.gain.pointer,
      bias: norm.bias.pointer, width: blueprint.width, epsilon: blueprint.normEpsilon, rows: rows
    )
    // A row takes less time than waking a thread.
    let perChunk = Normalization.rowsPerChunk
    room.pool.run(chunks: (rows.count + perChunk - 1) / perChunk, &job) { raw, chunk, _ in
      raw.assumingMemoryBound(to: Normalization.self).pointee.run(chunk)
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
