extension ModelFamily {
  /// GPT-2 (Radford et al. 2019), as transformers stores it.
  static let gpt2 = ModelFamily(
    name: "GPT-2", type: "gpt2",
    isRecognized: { metadata in
      metadata.has("n_embd") || metadata.texts("architectures").contains { $0.hasPrefix("GPT2") }
    },
    blueprint: GPT2Family.blueprint,
    scheme: TensorScheme(
      names: GPT2Family.tensorNames, layout: GPT2Family.layout, isOptional: GPT2Family.isOptional,
      layer: GPT2Family.layer(of:), layerCountKey: "n_layer", mayLackBiases: true))
}

/// What is GPT-2's alone: the keys of its config.json and the names of its tensors.
enum GPT2Family {
  /// Sizes and variants, with transformers' defaults where config.json is silent.
  static func blueprint(_ metadata: ModelMetadata) throws(ConfigurationError) -> Blueprint {
    // Where both names are there, transformers takes the alias.
    let width = try metadata.size(["hidden_size", "n_embd"], or: 768, most: ModelFamily.most.width)
    let headCount = try metadata.size(
      ["num_attention_heads", "n_head"], or: 12, most: ModelFamily.most.width)
    guard width % headCount == 0 else {
      throw .inconsistent(
        file: metadata.file,
        problem: "the width \(width) (n_embd) cannot be divided among \(headCount) heads (n_head)")
    }
    let activation = try metadata.activation("activation_function", or: .geluTanh)
    let scalesAttention = try metadata.flag("scale_attn_weights", or: true)
    let layerCount = try metadata.size(
      ["num_hidden_layers", "n_layer"], or: 12, most: ModelFamily.most.layers)
    var blueprint = Blueprint(
      vocabularySize: try metadata.size(["vocab_size"], or: 50_257, most: ModelFamily.most.vocabulary),
      contextLength: try metadata.size(
        ["max_position_embeddings", "n_positions"], or: 1024, most: ModelFamily.most.positions),
      width: width, layers: Array(repeating: Blueprint.Layer(), count: layerCount), headCount: headCount,
      keyValueHeadCount: headCount, headWidth: width / headCount,
      innerWidth: try metadata.size(["n_inner"], or: 4 * width, most: 4 * ModelFamily.most.width),
      activation: activation, normEpsilon: Float(try metadata.fraction("layer_norm_epsilon", or: 1e-5)),
      attentionScale: scalesAttention ? 1 / Float(width / headCount).squareRoot() : 1,
      tiesOutput: try metadata.flag("tie_word_embeddings", or: true),
      endOfText: try metadata.ids("eos_token_id", or: []))
    blueprint.dividesScoresByLayer = try metadata.flag("scale_attn_by_inverse_layer_idx", or: false)
    blueprint.embedsPositions = true
    blueprint.biases = [.norm1, .queriesKeysValues, .attentionOutput, .norm2, .up, .down, .finalNorm]
    return blueprint
  }

  /// openai-community/gpt2 has the bare names, save_pretrained writes the prefix; lm_head never has it.
  static func tensorNames(_ role: TensorRole, _ layer: Int) -> [String] {
    let name: String
    switch role {
    case .tokenEmbedding: name = "wte"
    case .positionEmbedding: name = "wpe"
    case .norm1: name = "h.\(layer).ln_1"
    case .queriesKeysValues: name = "h.\(layer).attn.c_attn"
    case .attentionOutput: name = "h.\(layer).attn.c_proj"
    case .norm2: name = "h.\(layer).ln_2"
    case .up: name = "h.\(layer).mlp.c_fc"
    case .down: name = "h.\(layer).mlp.c_proj"
    case .finalNorm: name = "ln_f"
    case .output: return ["lm_head"]
    case .queries, .keys, .values, .queryNorm, .keyNorm, .outputNorm1, .gate, .outputNorm2: return []
    }
    return [name, "transformer." + name]
  }

  static func layout(_ role: TensorRole) -> TensorLayout { role == .output ? .asStored : .transposed }

  /// - The causal mask as older versions of transformers stored it, `h.0.attn.bias` and `h.0.attn.masked_bias`;
  ///   not `h.0.attn.c_attn.bias`, which ends alike.
  /// - Attention to an encoder, which a language model has none of.
  /// - Heads for other tasks.
  static func isOptional(_ tensor: String) -> Bool {
    if layer(of: tensor) != nil {
      return tensor.hasSuffix(".attn.bias") || tensor.hasSuffix(".attn.masked_bias")
        || tensor.contains(".crossattention.") || tensor.contains(".ln_cross_attn.")
    }
    return ModelFamily.isHeadOfOtherTask(tensor)
  }

  /// The number in `h.5.ln_1.weight` or `transformer.h.5.ln_1.weight`.
  static func layer(of tensor: String) -> Int? {
    ModelFamily.layer(of: tensor, behind: "h", prefix: "transformer")
  }
}
