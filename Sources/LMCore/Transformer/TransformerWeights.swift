/// The weights of a transformer: matrices where the checkpoint holds them, or in 8 bits; the short vectors copied to owned
/// floats.
final class TransformerWeights {
  /// A norm's vectors, each as long as what it normalizes.
  struct Norm {
    let gain: FloatBuffer
    /// nil for an RMS norm.
    let bias: FloatBuffer?

    var byteCount: Int { 4 * (gain.count + (bias?.count ?? 0)) }
  }

  /// Named by `TensorRole`.
  struct Block {
    let norm1: Norm
    /// To queries, keys and values: one matrix for all, or one each.
    var projections: [Linear]
    let queryNorm: Norm?
    let keyNorm: Norm?
    var attentionOutput: Linear
    let outputNorm1: Norm?
    let norm2: Norm
    var gate: Linear?
    var up: Linear
    var down: Linear
    let outputNorm2: Norm?

    var linears: [Linear] { projections + [attentionOutput] + (gate.map { [$0] } ?? []) + [up, down] }
    var norms: [Norm] { [norm1, norm2] + [queryNorm, keyNorm, outputNorm1, outputNorm2].compactMap { $0 } }
  }

  /// [V, C]
  let tokenEmbedding: StoredTensor
  /// [P, C]; nil where positions are rotations.
  let positionEmbedding: StoredTensor?
  private(set) var blocks: [Block]
  let finalNorm: Norm
  /// lm_head, C to V.
  private(set) var output: Linear
  /// Keeps the tensors in place.
  private let checkpoint: Checkpoint
  /// Holds the matrices in 8 bits.
  private var quantizedMemory: SystemMemory?

  init(_ model: StoredModel, _ kernels: Kernels) {
    func vector(_ tensor: StoredTensor) -> FloatBuffer {
      let buffer = FloatBuffer(count: tensor.count)
      kernels.widen(buffer.pointer, tensor.pointer, tensor.format, count: tensor.count)
      return buffer
    }
    let blueprint = model.blueprint
    func bias(_ role: TensorRole, _ layer: Int) -> FloatBuffer? {
      model.bias(role, layer: layer).map(vector)
    }
    func norm(_ role: TensorRole, _ layer: Int = 0) -> Norm {
      let gain = vector(model.weight(role, layer: layer))
      let offset = model.scheme.gainOffset
      for index in 0..<gain.count where offset != 0 { gain.pointer[index] += offset }
      // A bias that the model was trained without is one of zeros.
      let isLayerNorm = blueprint.norm == .layer
      return Norm(gain: gain, bias: bias(role, layer) ?? (isLayerNorm ? FloatBuffer(count: gain.count) : nil))
    }
    func linear(_ role: TensorRole, _ layer: Int = 0) -> Linear {
      let weight = model.weight(role, layer: layer)
      return switch model.scheme.layout(role) {
      case .asStored: .rows(weight, bias: bias(role, layer))
      case .transposed: .columns(weight, bias: bias(role, layer) ?? FloatBuffer(count: weight.columns))
      }
    }
    blocks = (0..<blueprint.layerCount).map { layer in
      let roles = Set(blueprint.rolesOfLayer)
      func optionalNorm(_ role: TensorRole) -> Norm? { roles.contains(role) ? norm(role, layer) : nil }
      let projections: [TensorRole] = [.queriesKeysValues, .queries, .keys, .values]
      return Block(
        norm1: norm(.norm1, layer), projections: projections.filter(roles.contains).map { linear($0, layer) },
        queryNorm: optionalNorm(.queryNorm), keyNorm: optionalNorm(.keyNorm),
        attentionOutput: linear(.attentionOutput, layer), outputNorm1: optionalNorm(.outputNorm1),
        norm2: norm(.norm2, layer), gate: roles.contains(.gate) ? linear(.gate, layer) : nil,
        up: linear(.up, layer), down: linear(.down, layer), outputNorm2: optionalNorm(.outputNorm2))
    }
    tokenEmbedding = model.weight(.tokenEmbedding)
    positionEmbedding = blueprint.embedsPositions ? model.weight(.positionEmbedding) : nil
    finalNorm = norm(.finalNorm)
    output = linear(.output)
    checkpoint = model.checkpoint
  }

  /// What a decode step reads: every matrix, bias and norm once. It also reads a row of each embedding.
  var bytesPerStep: Int {
    var bytes = output.byteCount + finalNorm.byteCount
    for block in blocks {
      bytes += block.norms.reduce(0) { $0 + $1.byteCount }
      bytes += block.linears.reduce(0) { $0 + $1.byteCount }
    }
    return bytes
  }

  /// Multiplications and additions that the matrices need for a token.
  var operationsPerToken: Int { linears.reduce(0) { $0 + 2 * $1.inputs * $1.outputs } }

  private var linears: [Linear] { blocks.flatMap(\.linears) + [output] }

  /// Bytes of the matrices in 8 bits.
  var quantizedByteCount: Int { linears.reduce(0) { $0 + $1.quantizedByteCount } }

  /// Turns the matrices into 8 bits.
  ///
  /// The embeddings stay as they are stored: a step reads one row of each, so they cost neither time nor, in a mapped
  /// file, memory.
  ///
  /// - Parameter progress: called with 0...1.
  func quantize(_ kernels: Kernels, on pool: ThreadPool, progress: (Double) -> Void) {
    var quantizer = WeightQuantizer(
      kernels, pool, byteCount: quantizedByteCount,
      sourceBytes: linears.reduce(0) { $0 + $1.matrixByteCount }, releasesSource: checkpoint.isMapped)
    for index in blocks.indices {
      for projection in blocks[index].projections.indices {
        quantizer.quantize(&blocks[index].projections[projection], progress: progress)
      }
      quantizer.quantize(&blocks[index].attentionOutput, progress: progress)
      if var gate = blocks[index].gate {
        quantizer.quantize(&gate, progress: progress)
        blocks[index].gate = gate
      }
      quantizer.quantize(&blocks[index].up, progress: progress)
      quantizer.quantize(&blocks[index].down, progress: progress)
    }
    quantizer.quantize(&output, progress: progress)
    quantizedMemory = quantizer.memory
  }
}
