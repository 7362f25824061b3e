/// A family as GGUF files hold it: the value of `general.architecture`, and what differs from one to another. The keys that all have
/// in common are read once (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
///
/// What a key means, and what stands where it is missing, is llama.cpp's, whose converter writes these files.
package struct GGUFArchitecture: Sendable {
  let name: String
  package let family: ModelFamily
  let activation: ActivationFunction
  /// Which of a head's numbers are rotated in pairs; nil where positions have an embedding.
  var pairing: Rotary.Pairing?
  var norm = Blueprint.Norm.rootMeanSquare
  var isGated = true
  var normalizesHeads = false
  var normalizesOutputs = false
  /// What has a bias in every file. Other linear layers have one where the file holds it.
  var biases: Set<TensorRole> = []
  /// Tensors besides those of roles that the blueprint was made from.
  var settings: Set<String> = []
  /// What is read besides.
  var refine: @Sendable (inout Blueprint, GGUFKeys) throws(GGUFError) -> Void = { _, _ in }

  private static let layerNormBiases: Set<TensorRole> = [
    .norm1, .queriesKeysValues, .attentionOutput, .norm2, .up, .down, .finalNorm,
  ]

  static let all = [
    // Llama 2 and 3, Mistral, SmolLM2, TinyLlama. The converter moves rows of queries and keys so that neighbours are pairs.
    GGUFArchitecture(
      name: "llama", family: .llama, activation: .silu, pairing: .neighbours, settings: [frequencies]),
    GGUFArchitecture(
      name: "qwen2", family: .qwen2, activation: .silu, pairing: .halves, biases: [.queries, .keys, .values]),
    GGUFArchitecture(
      name: "qwen3", family: .qwen3, activation: .silu, pairing: .halves, normalizesHeads: true),
    GGUFArchitecture(
      name: "gemma3", family: .gemma3, activation: .geluTanh, pairing: .halves, normalizesHeads: true,
      normalizesOutputs: true, refine: refineGemma3),
    GGUFArchitecture(
      name: "gpt2", family: .gpt2, activation: .geluTanh, norm: .layer, isGated: false,
      biases: layerNormBiases
    ),
    // The file does not tell the function; this is Pythia's.
    GGUFArchitecture(
      name: "gptneox", family: .gptNeoX, activation: .gelu, pairing: .halves, norm: .layer, isGated: false,
      biases: layerNormBiases
    ) { blueprint, keys throws(GGUFError) in blueprint.isParallel = try keys.flag("use_parallel_residual") },
  ]

  /// The architecture of a file.
  ///
  /// - Throws: `GGUFError` for a file that is no model, and for other architectures.
  package static func of(_ file: GGUFFile) throws(GGUFError) -> GGUFArchitecture {
    let kind = try file.metadata.text("general.type", or: "model")
    guard kind == "model" else { throw .notAModel(file: file.name, type: kind) }
    let name = try file.metadata.text("general.architecture")
    guard let found = all.first(where: { $0.name == name }) else {
      throw .otherArchitecture(file: file.name, architecture: name, known: all.map(\.name))
    }
    return found
  }

  // MARK: Blueprint

  /// Sizes and variants of a file's model.
  ///
  /// - Throws: `GGUFError` for a key that is missing or has an impossible value, and for what the transformer does not compute.
  package func blueprint(_ file: GGUFFile) throws(GGUFError) -> Blueprint {
    let keys = try GGUFKeys(file: file, architecture: name)
    try refuseOthers(keys)
    let (most, layers) = (ModelFamily.most, keys.layers)
    let width = try keys.integer("embedding_length", in: 1...most.width)
    let heads = try keys.layerInteger("attention.head_count", in: 1...most.width)
    let shared = try keys.layerInteger("attention.head_count_kv", or: heads, in: 1...most.width)
    guard heads % shared == 0 else {
      throw .inconsistent(
        file: file.name, problem: "\(heads) heads cannot share \(shared) heads of keys and values")
    }
    let headWidth = try headWidth(keys, width: width, heads: heads)
    let embedding = try file.tensor(names(.tokenEmbedding, 0)[0] + ".weight")
    let vocabulary = embedding.rows
    guard vocabulary <= most.vocabulary else {
      throw .inconsistent(file: file.name, problem: "\(vocabulary) tokens are more than can be read")
    }
    if let tokens = file.metadata.count(of: "tokenizer.ggml.tokens"), tokens != vocabulary {
      throw .inconsistent(
        file: file.name,
        problem: "tokenizer.ggml.tokens has \(tokens) tokens, token_embd.weight has rows for \(vocabulary)")
    }
    let epsilonKey = norm == .layer ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"
    var blueprint = Blueprint(
      vocabularySize: vocabulary, contextLength: try keys.integer("context_length", in: 1...most.positions),
      width: width, layers: Array(repeating: Blueprint.Layer(), count: layers), headCount: heads,
      keyValueHeadCount: shared, headWidth: headWidth,
      innerWidth: try keys.layerInteger("feed_forward_length", in: 1...4 * most.width),
      activation: activation, normEpsilon: Float(try keys.number(epsilonKey, in: 0...1)),
      attentionScale: 1 / Float(headWidth).squareRoot(), tiesOutput: true,
      endOfText: try endOfText(file, vocabulary))
    let holdsOneMatrix = file.contains("blk.0.attn_qkv.weight") || biases.contains(.queriesKeysValues)
    blueprint.headLayout = holdsOneMatrix ? .together : .separate
    blueprint.isGated = isGated
    blueprint.norm = norm
    blueprint.normalizesHeads = normalizesHeads
    blueprint.normalizesOutputs = normalizesOutputs
    blueprint.embedsPositions = pairing == nil
    if let pairing {
      let rotary = try GGUFRotary.read(
        keys, headWidth: headWidth, isShareAllowed: norm == .layer, pairing: pairing,
        divisors: settings.contains(Self.frequencies) ? Self.frequencies : nil)
      blueprint.layers = Array(repeating: Blueprint.Layer(rotary: rotary), count: layers)
    }
    blueprint.biases = biasedRoles(blueprint, file)
    try refine(&blueprint, keys)
    return blueprint
  }

  /// The width of a head: `key_length`, else the width divided among the heads. That of values is no other.
  private func headWidth(_ keys: GGUFKeys, width: Int, heads: Int) throws(GGUFError) -> Int {
    let (key, value) = ("attention.key_length", "attention.value_length")
    guard width % heads == 0 || keys.has(key) else {
      throw .inconsistent(
        file: keys.file.name, problem: "the width \(width) cannot be divided among \(heads) heads")
    }
    let range = 1...16 * ModelFamily.most.width / heads
    let headWidth = try keys.integer(key, or: width / heads, in: range)
    let valueWidth = try keys.integer(value, or: width / heads, in: range)
    guard valueWidth == headWidth else {
      throw .unsupported(
        file: keys.file.name, key: keys.name(value), value: "\(valueWidth), and the keys' \(headWidth)")
    }
    return headWidth
  }

  /// What some models of these architectures have, and the transformer does not compute.
  private func refuseOthers(_ keys: GGUFKeys) throws(GGUFError) {
    let experts = try keys.integer("expert_count", or: 0)
    guard experts == 0 else {
      throw .unsupported(file: keys.file.name, key: keys.name("expert_count"), value: "\(experts)")
    }
    guard try keys.flag("attention.causal", or: true) else {
      throw .unsupported(file: keys.file.name, key: keys.name("attention.causal"), value: "false")
    }
  }

  /// What has a bias: what always has one, and the linear layers of which the first layer has one in the file.
  private func biasedRoles(_ blueprint: Blueprint, _ file: GGUFFile) -> Set<TensorRole> {
    let isTogether = blueprint.headLayout == .together
    let always = biases.map { role -> TensorRole in
      isTogether && [.queries, .keys, .values].contains(role) ? .queriesKeysValues : role
    }
    let linear = blueprint.rolesOfLayer.filter { blueprint.size(of: $0) != nil }
    return Set(always).union(linear.filter { file.contains(names($0, 0)[0] + ".bias") })
  }

  /// The ids that end a text or a turn, where they are tokens.
  private func endOfText(_ file: GGUFFile, _ vocabulary: Int) throws(GGUFError) -> [Int] {
    var ids: [Int] = []
    for kind in ["eos", "eot", "eom"] {
      let key = "tokenizer.ggml.\(kind)_token_id"
      guard file.metadata.has(key) else { continue }
      let id = try file.metadata.integer(key)
      if id < vocabulary, !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  // MARK: Tensors

  /// What `rope_freqs.weight` is: divisors of a rotation's frequencies.
  private static let frequencies = "rope_freqs.weight"

  /// The names of tensors, plain [out, in] for every role.
  package var scheme: TensorScheme {
    let settings = settings
    return TensorScheme(
      names: names, layout: { _ in .asStored }, isOptional: { settings.contains($0) },
      layer: { ModelFamily.layer(of: $0, behind: "blk", prefix: "") }, layerCountKey: name + ".block_count")
  }

  private func names(_ role: TensorRole, _ layer: Int) -> [String] {
    let part =
      switch role {
      case .tokenEmbedding: "token_embd"
      case .positionEmbedding: "position_embd"
      case .finalNorm: "output_norm"
      case .output: "output"
      case .norm1: "attn_norm"
      case .queriesKeysValues: "attn_qkv"
      case .queries: "attn_q"
      case .keys: "attn_k"
      case .values: "attn_v"
      case .queryNorm: "attn_q_norm"
      case .keyNorm: "attn_k_norm"
      case .attentionOutput: "attn_output"
      case .outputNorm1: "post_attention_norm"
      case .norm2: "ffn_norm"
      case .gate: "ffn_gate"
      case .up: "ffn_up"
      case .down: "ffn_down"
      case .outputNorm2: "post_ffw_norm"
      }
    let isOfModel = [.tokenEmbedding, .positionEmbedding, .finalNorm, .output].contains(role)
    return [isOfModel ? part : "blk.\(layer).\(part)"]
  }
}
