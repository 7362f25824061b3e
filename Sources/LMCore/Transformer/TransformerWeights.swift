/// The weights of a transformer: matrices where the checkpoint holds them, or in 8 bits; the short vectors copied to owned
/// floats.
final class TransformerWeights {
  struct LayerNorm {
    /// [C]
    let gain: FloatBuffer
    let bias: FloatBuffer

    var byteCount: Int { 4 * (gain.count + bias.count) }
  }

  /// Named by `TensorRole`.
  struct Block {
    let norm1: LayerNorm
    var queriesKeysValues: Linear
    var attentionOutput: Linear
    let norm2: LayerNorm
    var up: Linear
    var down: Linear

    var linears: [Linear] { [queriesKeysValues, attentionOutput, up, down] }
  }

  /// [V, C]
  let tokenEmbedding: StoredTensor
  /// [P, C]
  let positionEmbedding: StoredTensor
  private(set) var blocks: [Block]
  let finalNorm: LayerNorm
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
    // A bias that a family has not is one of zeros.
    func bias(_ role: TensorRole, _ layer: Int, count: Int) -> FloatBuffer {
      model.bias(role, layer: layer).map(vector) ?? FloatBuffer(count: count)
    }
    func norm(_ role: TensorRole, _ layer: Int = 0) -> LayerNorm {
      LayerNorm(
        gain: vector(model.weight(role, layer: layer)), bias: bias(role, layer, count: model.blueprint.width))
    }
    func linear(_ role: TensorRole, _ layer: Int = 0) -> Linear {
      let weight = model.weight(role, layer: layer)
      return switch model.family.layout(role) {
      case .asStored: .rows(weight)
      case .transposed: .columns(weight, bias: bias(role, layer, count: weight.columns))
      }
    }
    blocks = (0..<model.blueprint.layerCount).map { layer in
      Block(
        norm1: norm(.norm1, layer), queriesKeysValues: linear(.queriesKeysValues, layer),
        attentionOutput: linear(.attentionOutput, layer), norm2: norm(.norm2, layer), up: linear(.up, layer),
        down: linear(.down, layer))
    }
    tokenEmbedding = model.weight(.tokenEmbedding)
    positionEmbedding = model.weight(.positionEmbedding)
    finalNorm = norm(.finalNorm)
    output = linear(.output)
    checkpoint = model.checkpoint
  }

  /// What a decode step reads: every matrix, bias and norm once. It also reads a row of each embedding.
  var bytesPerStep: Int {
    var bytes = output.byteCount + finalNorm.byteCount
    for block in blocks {
      bytes += block.norm1.byteCount + block.norm2.byteCount
      bytes += block.linears.reduce(0) { $0 + $1.byteCount }
    }
    return bytes
  }

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
      quantizer.quantize(&blocks[index].queriesKeysValues, progress: progress)
      quantizer.quantize(&blocks[index].attentionOutput, progress: progress)
      quantizer.quantize(&blocks[index].up, progress: progress)
      quantizer.quantize(&blocks[index].down, progress: progress)
    }
    quantizer.quantize(&output, progress: progress)
    quantizedMemory = quantizer.memory
  }
}
