extension ModelFamily {
  /// Llama 2 and 3 (arXiv 2307.09288, 2407.21783), and what was made alike: SmolLM2, TinyLlama.
  static let llama = llamaLike("Llama", type: "llama", "LlamaForCausalLM") {
    metadata throws(ConfigurationError) in
    var blueprint = try LlamaFamilies.blueprint(metadata)
    if try metadata.flag("attention_bias", or: false) {
      blueprint.biases.formUnion([.queries, .keys, .values, .attentionOutput])
    }
    if try metadata.flag("mlp_bias", or: false) { blueprint.biases.formUnion([.gate, .up, .down]) }
    return try LlamaFamilies.setLayers(&blueprint, metadata, isWindowed: { _ in false }, window: nil)
  }

  /// Mistral 7B (arXiv 2310.06825): every layer has a window, unless the file says null.
  static let mistral = llamaLike("Mistral", type: "mistral", "MistralForCausalLM") {
    metadata throws(ConfigurationError) in
    var blueprint = try LlamaFamilies.blueprint(metadata, keyValueHeads: 8, contextLength: 131_072)
    let window = try LlamaFamilies.window(metadata)
    return try LlamaFamilies.setLayers(
      &blueprint, metadata, isWindowed: { _ in window != nil }, window: window)
  }

  /// Qwen2 and Qwen2.5 (arXiv 2407.10671): biases on queries, keys and values, and on nothing else.
  static let qwen2 = llamaLike("Qwen2", type: "qwen2", "Qwen2ForCausalLM") {
    metadata throws(ConfigurationError) in
    var blueprint = try LlamaFamilies.blueprint(metadata, keyValueHeads: 32, contextLength: 32_768)
    blueprint.biases = [.queries, .keys, .values]
    return try LlamaFamilies.setQwenLayers(&blueprint, metadata)
  }

  /// Qwen3 (arXiv 2505.09388): normalized queries and keys, and heads of a width of their own.
  static let qwen3 = llamaLike("Qwen3", type: "qwen3", "Qwen3ForCausalLM") {
    metadata throws(ConfigurationError) in
    var blueprint = try LlamaFamilies.blueprint(
      metadata, keyValueHeads: 32, headWidth: 128, contextLength: 32_768)
    blueprint.normalizesHeads = true
    if try metadata.flag("attention_bias", or: false) {
      blueprint.biases = [.queries, .keys, .values, .attentionOutput]
    }
    return try LlamaFamilies.setQwenLayers(&blueprint, metadata)
  }

  /// A family whose tensors have Llama's names.
  ///
  /// - Parameter architecture: the class of transformers that a file without a type names.
  static func llamaLike(
    _ name: String, type: String, _ architecture: String, gainOffset: Float = 0,
    blueprint: @escaping @Sendable (ModelMetadata) throws(ConfigurationError) -> Blueprint
  ) -> ModelFamily {
    ModelFamily(
      name: name, type: type, isRecognized: { $0.texts("architectures").contains(architecture) },
      blueprint: blueprint,
      scheme: TensorScheme(
        names: { role, layer in
          LlamaFamilies.tensorNames(role, layer, normalizesOutputs: type == "gemma3_text")
        }, layout: { _ in .asStored },
        isOptional: { $0.hasSuffix(".rotary_emb.inv_freq") || isHeadOfOtherTask($0) },
        layer: { ModelFamily.layer(of: $0, behind: "layers", prefix: "model") },
        layerCountKey: "num_hidden_layers", gainOffset: gainOffset))
  }
}

/// What Llama, Mistral, Qwen and Gemma have in common: the keys of their config.json and the names of their tensors.
enum LlamaFamilies {
  /// Sizes and variants; every layer sees the whole text and has no rotation yet. The parameters are what stands where the file is silent.
  ///
  /// - Parameters:
  ///   - keyValueHeads: nil for as many as heads.
  ///   - headWidth: nil for the width divided among the heads.
  ///   - activation: the key of the function's name, and the function.
  static func blueprint(
    _ metadata: ModelMetadata, keyValueHeads: Int? = nil, headWidth: Int? = nil, contextLength: Int = 2048,
    activation: (key: String, function: ActivationFunction) = ("hidden_act", .silu), tiesOutput: Bool = false
  ) throws(ConfigurationError) -> Blueprint {
    let most = ModelFamily.most
    if try metadata.flag("use_bidirectional_attention", or: false) {
      throw metadata.unsupported("use_bidirectional_attention")
    }
    if try !metadata.flag("is_causal", or: true) { throw metadata.unsupported("is_causal") }
    let width = try metadata.size("hidden_size", most: most.width)
    let heads = try metadata.size("num_attention_heads", most: most.width)
    // Null is not silence: it means as many as heads.
    let silent = metadata.isNull("num_key_value_heads") ? heads : keyValueHeads ?? heads
    let shared = try metadata.size(["num_key_value_heads"], or: silent, most: most.width)
    guard heads % shared == 0 else {
      throw .inconsistent(
        file: metadata.file,
        problem:
          "\(heads) heads (num_attention_heads) cannot share \(shared) heads of keys and values (num_key_value_heads)"
      )
    }
    if headWidth == nil, !metadata.has("head_dim"), width % heads != 0 {
      throw .inconsistent(
        file: metadata.file,
        problem:
          "the width \(width) (hidden_size) cannot be divided among \(heads) heads (num_attention_heads)")
    }
    let headWidth = try metadata.size(
      ["head_dim"], or: headWidth ?? width / heads, most: 16 * most.width / heads)
    var blueprint = Blueprint(
      vocabularySize: try metadata.size("vocab_size", most: most.vocabulary),
      contextLength: try metadata.size(
        ["max_position_embeddings"], or: contextLength, most: most.positions),
      width: width,
      layers: Array(
        repeating: Blueprint.Layer(), count: try metadata.size("num_hidden_layers", most: most.layers)),
      headCount: heads, keyValueHeadCount: shared, headWidth: headWidth,
      innerWidth: try metadata.size("intermediate_size", most: 4 * most.width),
      activation: try metadata.activation(activation.key, or: activation.function),
      normEpsilon: Float(try metadata.fraction("rms_norm_eps", or: 1e-6)),
      attentionScale: 1 / Float(headWidth).squareRoot(),
      tiesOutput: try metadata.flag("tie_word_embeddings", or: tiesOutput),
      endOfText: try metadata.ids("eos_token_id", or: []))
    blueprint.headLayout = .separate
    blueprint.isGated = true
    blueprint.norm = .rootMeanSquare
    return blueprint
  }

  /// `sliding_window`: 4,096 where the file is silent, none where it says null.
  static func window(_ metadata: ModelMetadata) throws(ConfigurationError) -> Int? {
    if metadata.isNull("sliding_window") { return nil }
    return try metadata.size(["sliding_window"], or: 4096, most: ModelFamily.most.positions)
  }

  /// Gives every layer its rotation, and a window to those that `layer_types` or else `isWindowed` names.
  static func setLayers(
    _ blueprint: inout Blueprint, _ metadata: ModelMetadata, isWindowed: (_ layer: Int) -> Bool, window: Int?
  ) throws(ConfigurationError) -> Blueprint {
    let rotary = try RotarySettings.read(
      metadata, headWidth: blueprint.headWidth, contextLength: blueprint.contextLength)
    let windowed = try windowedLayers(metadata, blueprint, isWindowed: isWindowed, window: window)
    blueprint.layers = windowed.map { Blueprint.Layer(window: $0 ? window : nil, rotary: rotary) }
    return blueprint
  }

  /// Qwen: windows only where `use_sliding_window` says so, and from `max_window_layers` on.
  static func setQwenLayers(
    _ blueprint: inout Blueprint, _ metadata: ModelMetadata
  ) throws(ConfigurationError) -> Blueprint {
    let window = try metadata.flag("use_sliding_window", or: false) ? window(metadata) : nil
    // May be 0, so no size.
    let first = try metadata.ids("max_window_layers", or: [28]).first ?? 28
    return try setLayers(
      &blueprint, metadata, isWindowed: { window != nil && $0 >= first }, window: window)
  }

  /// For each layer whether it has a window.
  static func windowedLayers(
    _ metadata: ModelMetadata, _ blueprint: Blueprint, isWindowed: (_ layer: Int) -> Bool, window: Int?
  ) throws(ConfigurationError) -> [Bool] {
    var windowed = (0..<blueprint.layerCount).map(isWindowed)
    if metadata.has("layer_types") {
      let types = metadata.texts("layer_types")
      guard types.count == blueprint.layerCount else {
        throw .inconsistent(
          file: metadata.file,
          problem: "layer_types names \(types.count) layers, num_hidden_layers is \(blueprint.layerCount)")
      }
      guard types.allSatisfy(["full_attention", "sliding_attention"].contains) else {
        throw metadata.unsupported("layer_types")
      }
      windowed = types.map { $0 == "sliding_attention" }
    }
    guard window != nil || !windowed.contains(true) else {
      throw .inconsistent(
        file: metadata.file, problem: "layer_types names layers with a window, but no window is in use")
    }
    return windowed
  }

  /// save_pretrained writes the prefix, the bare model has none; lm_head never has it.
  ///
  /// - Parameter normalizesOutputs: Gemma: where `post_attention_layernorm` stands behind attention, and not before the feed-forward part.
  static func tensorNames(_ role: TensorRole, _ layer: Int, normalizesOutputs: Bool) -> [String] {
    let part: String
    switch role {
    case .tokenEmbedding: return ["model.embed_tokens", "embed_tokens"]
    case .finalNorm: return ["model.norm", "norm"]
    case .output: return ["lm_head"]
    case .positionEmbedding, .queriesKeysValues: return []
    case .norm1: part = "input_layernorm"
    case .queries: part = "self_attn.q_proj"
    case .keys: part = "self_attn.k_proj"
    case .values: part = "self_attn.v_proj"
    case .queryNorm: part = "self_attn.q_norm"
    case .keyNorm: part = "self_attn.k_norm"
    case .attentionOutput: part = "self_attn.o_proj"
    case .outputNorm1: part = "post_attention_layernorm"
    case .norm2: part = normalizesOutputs ? "pre_feedforward_layernorm" : "post_attention_layernorm"
    case .gate: part = "mlp.gate_proj"
    case .up: part = "mlp.up_proj"
    case .down: part = "mlp.down_proj"
    case .outputNorm2: part = "post_feedforward_layernorm"
    }
    return ["model.layers.\(layer).\(part)", "layers.\(layer).\(part)"]
  }
}
