/// One layer's pass over T rows of the residual stream x, every part as the blueprint has it:
/// x += norm(output(attention(norm1(x)))), then x += norm(down(f(gate(norm2(x))) · up(norm2(x)))).
/// Where the parts are parallel, both read the same x.
struct TransformerBlock {
  let blueprint: Blueprint
  /// For each layer the place of its rotation in `RunState.rotations`.
  private let rotations: [Int?]
  let room: ProductRoom
  let scores: ScoreRoom

  init(_ blueprint: Blueprint, room: ProductRoom, scores: ScoreRoom) {
    (self.blueprint, self.room, self.scores) = (blueprint, room, scores)
    let known = blueprint.rotaries
    rotations = blueprint.layers.map { $0.rotary.flatMap(known.firstIndex) }
  }

  /// - Parameters:
  ///   - firstWanted: The first row whose result is needed; rows before it only leave their keys and values.
  ///   - sharesCache: Whether all rows continue one cache.
  func run(
    _ weights: TransformerWeights.Block, layer: Int, _ state: RunState, rows: Int, firstWanted: Int,
    sharesCache: Bool
  ) {
    let wanted = firstWanted..<rows
    normalize(weights.norm1, state, rows: 0..<rows)
    let heads = project(weights, layer: layer, state, rows: rows, firstWanted: firstWanted)
    var attention = Attention(
      kernels: room.kernels, rows: state.rows, rowCount: rows, firstWanted: firstWanted,
      sharesCache: sharesCache, heads: heads, output: state.attended.pointer, headWidth: blueprint.headWidth,
      window: blueprint.layers[layer].window, scale: blueprint.attentionScale(layer: layer),
      scores: scores.scores, scoreStride: scores.stride)
    attention.run(on: room.pool)
    // Before attention's output is added.
    if blueprint.isParallel { normalize(weights.norm2, state, rows: wanted) }
    add(
      weights.attentionOutput, of: state.attended.pointer + firstWanted * blueprint.queryWidth,
      weights.outputNorm1, state, rows: wanted)
    if !blueprint.isParallel { normalize(weights.norm2, state, rows: wanted) }
    feedForward(weights, state, rows: wanted)
  }

  /// The queries, keys and values of the normed rows, ready for attention.
  private func project(
    _ weights: TransformerWeights.Block, layer: Int, _ state: RunState, rows: Int, firstWanted: Int
  ) -> ProjectedHeads {
    let heads = ProjectedHeads(blueprint, state.queriesKeysValues.pointer, rows: rows)
    let normed = state.normed.pointer
    let projections = weights.projections
    if projections.count == 1 {
      projections[0].multiply(normed, rows: rows, into: state.queriesKeysValues.pointer, in: room)
    } else {
      Multiplication.run(
        Multiplication(
          linear: projections[0], x: normed + firstWanted * blueprint.width, rows: rows - firstWanted,
          y: heads.queries.head(0, row: firstWanted)),
        Multiplication(linear: projections[1], x: normed, rows: rows, y: heads.keys.pointer),
        Multiplication(linear: projections[2], x: normed, rows: rows, y: heads.values.pointer), in: room)
    }
    var preparation = HeadPreparation(
      kernels: room.kernels, heads: heads, headWidth: blueprint.headWidth,
      queryGain: weights.queryNorm.map { UnsafePointer($0.gain.pointer) },
      keyGain: weights.keyNorm.map { UnsafePointer($0.gain.pointer) }, epsilon: blueprint.normEpsilon,
      table: rotations[layer].map { state.rotations[$0] }, rowCount: rows, firstWanted: firstWanted)
    preparation.run(on: room.pool)
    return heads
  }

  private func feedForward(_ weights: TransformerWeights.Block, _ state: RunState, rows: Range<Int>) {
    let normed = state.normed.pointer + rows.lowerBound * blueprint.width
    let inner = state.inner.pointer
    var up = Multiplication(linear: weights.up, x: normed, rows: rows.count, y: inner)
    let activation = ProductEnding(activation: blueprint.activation)
    if let linear = weights.gate {
      let gate = Multiplication(
        linear: linear, x: normed, rows: rows.count, y: state.gate.pointer, ending: activation)
      up.ending.factor = UnsafePointer(gate.y)
      Multiplication.run(gate, up, isAligned: true, in: room)
    } else {
      up.ending = activation
      up.run(in: room)
    }
    add(weights.down, of: inner, weights.outputNorm2, state, rows: rows)
  }

  /// Adds a linear layer's outputs to rows of the stream, normalized where there is a norm.
  ///
  /// - Parameter inputs: of the first of `rows`.
  private func add(
    _ linear: Linear, of inputs: UnsafePointer<Float>, _ norm: TransformerWeights.Norm?, _ state: RunState,
    rows: Range<Int>
  ) {
    let product = state.product.pointer
    let target = state.stream.pointer + rows.lowerBound * blueprint.width
    guard let norm else {
      return linear.multiply(
        inputs, rows: rows.count, into: product, ending: ProductEnding(residual: target), in: room)
    }
    linear.multiply(inputs, rows: rows.count, into: product, in: room)
    normalize(norm, from: product, to: product, addingTo: target, rows: 0..<rows.count)
  }

  /// A norm of the stream's rows into `normed`.
  func normalize(_ norm: TransformerWeights.Norm, _ state: RunState, rows: Range<Int>) {
    normalize(norm, from: state.stream.pointer, to: state.normed.pointer, addingTo: nil, rows: rows)
  }

  private func normalize(
    _ norm: TransformerWeights.Norm, from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>,
    addingTo sum: UnsafeMutablePointer<Float>?, rows: Range<Int>
  ) {
    var job = Normalization(
      kernels: room.kernels, from: from, to: to, sum: sum, gain: norm.gain.pointer,
      bias: norm.bias.map { UnsafePointer($0.pointer) }, width: blueprint.width,
      epsilon: blueprint.normEpsilon, rows: rows)
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
  /// What the result is added to; nil where it is all that is wanted.
  let sum: UnsafeMutablePointer<Float>?
  let gain: UnsafePointer<Float>
  /// nil for an RMS norm.
  let bias: UnsafePointer<Float>?
  let width: Int
  let epsilon: Float
  let rows: Range<Int>

  func run(_ chunk: Int) {
    let first = rows.lowerBound + chunk * Self.rowsPerChunk
    for row in first..<min(first + Self.rowsPerChunk, rows.upperBound) {
      let (from, to) = (from + row * width, to + row * width)
      if let bias {
        kernels.normalize(to, from, gain: gain, bias: bias, count: width, epsilon: epsilon)
      } else {
        kernels.normalizeRMS(to, from, gain: gain, count: width, epsilon: epsilon)
      }
      if let sum { kernels.add(sum + row * width, to, count: width) }
    }
  }
}
