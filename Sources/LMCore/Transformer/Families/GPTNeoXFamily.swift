extension ModelFamily {
  /// GPT-NeoX (arXiv 2204.06745), and Pythia (arXiv 2304.01373).
  static let gptNeoX = ModelFamily(
    name: "GPT-NeoX", type: "gpt_neox",
    isRecognized: { $0.texts("architectures").contains("GPTNeoXForCausalLM") },
    blueprint: GPTNeoXFamily.blueprint,
    scheme: TensorScheme(
      names: GPTNeoXFamily.tensorNames, layout: { _ in .asStored }, isOptional: GPTNeoXFamily.isOptional,
      layer: { layer(of: $0, behind: "layers", prefix: "gpt_neox") }, layerCountKey: "num_hidden_layers"))
}

/// What is GPT-NeoX's alone: the keys of its config.json and the names of its tensors.
enum GPTNeoXFamily {
  static func blueprint(_ metadata: ModelMetadata) throws(ConfigurationError) -> Blueprint {
    let most = ModelFamily.most
    if try !metadata.flag("is_causal", or: true) { throw metadata.unsupported("is_causal") }
    let width = try metadata.size("hidden_size", most: most.width)
    let heads = try metadata.size("num_attention_heads", most: most.width)
    guard width % heads == 0 else {
      throw .inconsistent(
        file: metadata.file,
        problem:
          "the width \(width) (hidden_size) cannot be divided among \(heads) heads (num_attention_heads)")
    }
    let contextLength = try metadata.size(["max_position_embeddings"], or: 2048, most: most.positions)
    let layer = Blueprint.Layer(rotary: try rotary(metadata, headWidth: width / heads, contextLength))
    var blueprint = Blueprint(
      vocabularySize: try metadata.size("vocab_size", most: most.vocabulary), contextLength: contextLength,
      width: width,
      layers: Array(repeating: layer, count: try metadata.size("num_hidden_layers", most: most.layers)),
      headCount: heads, keyValueHeadCount: heads, headWidth: width / heads,
      innerWidth: try metadata.size("intermediate_size", most: 4 * most.width),
      activation: try metadata.activation("hidden_act", or: .gelu),
      normEpsilon: Float(try metadata.fraction("layer_norm_eps", or: 1e-5)),
      attentionScale: 1 / Float(width / heads).squareRoot(),
      tiesOutput: try metadata.flag("tie_word_embeddings", or: false),
      endOfText: try metadata.ids("eos_token_id", or: []))
    blueprint.headLayout = .byHead
    blueprint.isParallel = try metadata.flag("use_parallel_residual", or: true)
    blueprint.biases = [.norm1, .norm2, .finalNorm, .up, .down]
    if try metadata.flag("attention_bias", or: true) {
      blueprint.biases.formUnion([.queriesKeysValues, .attentionOutput])
    }
    return blueprint
  }

  /// The rotation of a share of each head; nil where the share is nothing.
  private static func rotary(
    _ metadata: ModelMetadata, headWidth: Int, _ contextLength: Int
  ) throws(ConfigurationError) -> Rotary? {
    let table = try RotarySettings.table(metadata)
    let base = try metadata.positive("rotary_emb_base") ?? 10_000
    if try metadata.positive("rope_theta") ?? base != base {
      throw .inconsistent(
        file: metadata.file, problem: "rope_theta is not rotary_emb_base; remove one of them")
    }
    let share = try metadata.fraction("rotary_pct", or: 0.25)
    let dimensions = Int(
      Double(headWidth) * (try table?.fraction("partial_rotary_factor", or: share) ?? share))
    guard dimensions > 0 else { return nil }
    return try RotarySettings.rotary(
      table, base: base, dimensions: dimensions, headWidth: headWidth, metadata, contextLength)
  }

  /// save_pretrained writes the prefix, the bare model has none; embed_out never has it.
  static func tensorNames(_ role: TensorRole, _ layer: Int) -> [String] {
    let name: String
    switch role {
    case .tokenEmbedding: name = "embed_in"
    case .norm1: name = "layers.\(layer).input_layernorm"
    case .queriesKeysValues: name = "layers.\(layer).attention.query_key_value"
    case .attentionOutput: name = "layers.\(layer).attention.dense"
    case .norm2: name = "layers.\(layer).post_attention_layernorm"
    case .up: name = "layers.\(layer).mlp.dense_h_to_4h"
    case .down: name = "layers.\(layer).mlp.dense_4h_to_h"
    case .finalNorm: name = "final_layer_norm"
    // transformers 5 knows both.
    case .output: return ["embed_out", "lm_head"]
    case .positionEmbedding, .queries, .keys, .values, .queryNorm, .keyNorm, .outputNorm1, .gate,
      .outputNorm2:
      return []
    }
    return ["gpt_neox." + name, name]
  }

  /// The causal mask and the frequencies as older versions of transformers stored them, and heads for other tasks.
  static func isOptional(_ tensor: String) -> Bool {
    [".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq"].contains { tensor.hasSuffix($0) }
      || ModelFamily.isHeadOfOtherTask(tensor)
  }
}
