/// The weights of a GPT-2: matrices where the checkpoint holds them, or in 8 bits; the short vectors as floats of our own.
///
/// Letters: V vocabulary, P positions, C width, I inner width. Conv1D matrices are [in, out].
final class GPT2Weights {
  struct LayerNorm {
    /// [C]
    let gain: FloatBuffer
    let bias: FloatBuffer

    var byteCount: Int { 4 * (gain.count + bias.count) }
  }

  struct Conv1D {
    /// [in, out]
    var weight: WeightMatrix
    let inputs: Int
    let outputs: Int
    /// [out]
    let bias: FloatBuffer
  }

  struct Block {
    let norm1: LayerNorm
    /// [C, 3 C]: queries, keys, values, each with its heads side by side.
    var attention: Conv1D
    /// [C, C]
    var attentionProjection: Conv1D
    let norm2: LayerNorm
    /// [C, I]
    var feedForward: Conv1D
    /// [I, C]
    var feedForwardProjection: Conv1D

    var layers: [Conv1D] { [attention, attentionProjection, feedForward, feedForwardProjection] }
  }

  /// wte [V, C]
  let tokenEmbedding: TensorView
  /// wpe [P, C]
  let positionEmbedding: TensorView
  private(set) var blocks: [Block]
  let finalNorm: LayerNorm
  /// lm_head [V, C]; wte where the two are tied.
  private(set) var output: WeightMatrix
  let parameterCount: Int
  let byteCount: Int
  /// The type that most bytes are stored in.
  let elementType: ElementType
  private let owners: [SafetensorsFile]
  /// Holds the matrices in 8 bits.
  private var quantizedMemory: SystemMemory?

  /// Finds every tensor that the configuration calls for; any other must be one of `OptionalTensors`.
  ///
  /// - Throws: `CheckpointError`.
  init(_ checkpoint: Checkpoint, _ configuration: GPT2Configuration, _ kernels: Kernels) throws {
    var reader = Reader(checkpoint: checkpoint, kernels: kernels)
    let (width, inner) = (configuration.width, configuration.innerWidth)
    let embedding = [configuration.vocabularySize, width]
    let hasHead = checkpoint.contains("lm_head.weight")
    // As transformers: an lm_head in the file stands, tied or not, and serves as wte where that is missing.
    if configuration.tiesWordEmbeddings, hasHead, !reader.has("wte.weight") {
      tokenEmbedding = try reader.matrix("lm_head.weight", embedding)
      output = .stored(tokenEmbedding)
    } else {
      tokenEmbedding = try reader.matrix("wte.weight", embedding)
      output = .stored(
        hasHead || !configuration.tiesWordEmbeddings
          ? try reader.matrix("lm_head.weight", embedding) : tokenEmbedding)
    }
    positionEmbedding = try reader.matrix("wpe.weight", [configuration.contextLength, width])
    var blocks: [Block] = []
    for layer in 0..<configuration.layerCount {
      let name = "h.\(layer)."
      blocks.append(
        Block(
          norm1: try reader.layerNorm(name + "ln_1", width),
          attention: try reader.conv1D(name + "attn.c_attn", width, 3 * width),
          attentionProjection: try reader.conv1D(name + "attn.c_proj", width, width),
          norm2: try reader.layerNorm(name + "ln_2", width),
          feedForward: try reader.conv1D(name + "mlp.c_fc", width, inner),
          feedForwardProjection: try reader.conv1D(name + "mlp.c_proj", inner, width)))
    }
    self.blocks = blocks
    finalNorm = try reader.layerNorm("ln_f", width)
    try checkpoint.requireNothingBesides(reader.names, layerCount: configuration.layerCount)
    parameterCount = reader.parameterCount
    byteCount = reader.byteCounts.values.reduce(0, +)
    elementType =
      reader.byteCounts.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key ?? .float32
    owners = checkpoint.owners
  }

  /// What a decode step reads: every matrix, bias and norm once. It also reads a row of each embedding.
  var bytesPerStep: Int {
    var bytes = output.byteCount + finalNorm.byteCount
    for block in blocks {
      bytes += block.norm1.byteCount + block.norm2.byteCount
      for layer in block.layers { bytes += layer.weight.byteCount + 4 * layer.outputs }
    }
    return bytes
  }

  /// Bytes of the matrices in 8 bits.
  var quantizedByteCount: Int {
    var byteCount = 0
    for layer in blocks.flatMap(\.layers) {
      byteCount += QuantizedMatrix.byteCount(inputs: layer.inputs, outputs: layer.outputs)
    }
    if case .stored(let view) = output {
      byteCount += QuantizedMatrix.byteCount(inputs: view.columns, outputs: view.rows)
    }
    return byteCount
  }

  /// Turns the matrices into 8 bits.
  ///
  /// The embeddings stay as they are stored: a step reads one row of each, so they cost neither time nor, in a mapped
  /// file, memory.
  ///
  /// - Parameter progress: called with 0...1.
  func quantize(
    _ kernels: Kernels, on pool: ThreadPool, isMapped: Bool, progress: (Double) -> Void
  ) {
    let sourceBytes = blocks.flatMap(\.layers).reduce(output.byteCount) { $0 + $1.weight.byteCount }
    var quantizer = WeightQuantizer(
      kernels, pool, byteCount: quantizedByteCount, sourceBytes: sourceBytes, releasesSource: isMapped)
    func quantize(_ layer: inout Conv1D) {
      guard case .stored(let view) = layer.weight else { return }
      layer.weight = .quantized(quantizer.quantizeColumns(view, progress: progress))
    }
    for index in blocks.indices {
      quantize(&blocks[index].attention)
      quantize(&blocks[index].attentionProjection)
      quantize(&blocks[index].feedForward)
      quantize(&blocks[index].feedForwardProjection)
    }
    if case .stored(let view) = output {
      output = .quantized(quantizer.quantizeRows(view, progress: progress))
    }
    quantizedMemory = quantizer.memory
  }

  private struct Reader {
    let checkpoint: Checkpoint
    let kernels: Kernels
    var parameterCount = 0
    var byteCounts: [ElementType: Int] = [:]
    /// What has been read.
    var names: Set<String> = []

    /// openai-community/gpt2 has the bare names, save_pretrained writes the prefix; lm_head never has it.
    private func fullName(_ name: String) -> String {
      let prefixed = "transformer." + name
      return !checkpoint.contains(name) && checkpoint.contains(prefixed) ? prefixed : name
    }

    func has(_ name: String) -> Bool { checkpoint.contains(fullName(name)) }

    mutating func matrix(_ name: String, _ shape: [Int]) throws -> TensorView {
      let name = fullName(name)
      let view = try checkpoint.matrix(name, shape: shape)
      names.insert(name)
      parameterCount += view.count
      byteCounts[view.type, default: 0] += view.byteCount
      return view
    }

    mutating func vector(_ name: String, _ count: Int) throws -> FloatBuffer {
      let view = try matrix(name, [count])
      let buffer = FloatBuffer(count: count)
      kernels.widen(buffer.pointer, view.pointer, view.type, count: count)
      return buffer
    }

    mutating func layerNorm(_ name: String, _ count: Int) throws -> LayerNorm {
      LayerNorm(gain: try vector(name + ".weight", count), bias: try vector(name + ".bias", count))
    }

    mutating func conv1D(_ name: String, _ inputs: Int, _ outputs: Int) throws -> Conv1D {
      Conv1D(
        weight: .stored(try matrix(name + ".weight", [inputs, outputs])), inputs: inputs, outputs: outputs,
        bias: try vector(name + ".bias", outputs))
    }
  }
}
