extension ModelFamily {
  /// The text model of Gemma 3 (arXiv 2503.19786). Its norms multiply by 1 + the stored gain.
  static let gemma3 = llamaLike(
    "Gemma 3", type: "gemma3_text", "Gemma3ForCausalLM", gainOffset: 1, blueprint: Gemma3Family.blueprint)
}

/// What is Gemma 3's alone.
enum Gemma3Family {
  static func blueprint(_ metadata: ModelMetadata) throws(ConfigurationError) -> Blueprint {
    var blueprint = try LlamaFamilies.blueprint(
      metadata, keyValueHeads: 4, headWidth: 256, contextLength: 131_072,
      activation: ("hidden_activation", .geluTanh), tiesOutput: true)
    blueprint.normalizesHeads = true
    blueprint.normalizesOutputs = true
    blueprint.attentionScale = Float(1 / (try metadata.positive("query_pre_attn_scalar") ?? 256).squareRoot())
    blueprint.embeddingScale = Float(blueprint.width).squareRoot()
    // attn_logit_softcapping stands in these files too, but transformers does not apply it to Gemma 3.
    blueprint.logitCap = try metadata.positive("final_logit_softcapping").map { Float($0) }
    if try metadata.flag("attention_bias", or: false) {
      blueprint.biases = [.queries, .keys, .values, .attentionOutput]
    }
    let window = try LlamaFamilies.window(metadata)
    let pattern = try metadata.size(
      ["sliding_window_pattern"], or: 6, most: ModelFamily.most.layers)
    let windowed = try LlamaFamilies.windowedLayers(
      metadata, blueprint, isWindowed: { ($0 + 1) % pattern != 0 }, window: window)
    let (global, local) = try rotaries(metadata, blueprint)
    blueprint.layers = windowed.map {
      $0 ? Blueprint.Layer(window: window, rotary: local) : Blueprint.Layer(rotary: global)
    }
    return blueprint
  }

  /// The rotations of layers without and with a window. The scaling of transformers 4 is that of the layers without.
  private static func rotaries(
    _ metadata: ModelMetadata, _ blueprint: Blueprint
  ) throws(ConfigurationError) -> (global: Rotary, local: Rotary) {
    let kinds = ["full_attention", "sliding_attention"]
    let parameters = try metadata.table("rope_parameters")
    if let parameters, let other = parameters.keys.first(where: { !kinds.contains($0) }) {
      throw parameters.unsupported(other)
    }
    // Where both forms are there, this throws.
    let scaling = try RotarySettings.table(metadata)
    let global = parameters == nil ? scaling : try parameters?.table(kinds[0])
    let local = try parameters?.table(kinds[1])
    for part in [metadata, global, local] { try RotarySettings.refusePart(part) }
    func rotary(_ table: ModelMetadata?, _ key: String, _ base: Double) throws(ConfigurationError) -> Rotary {
      try RotarySettings.rotary(
        table, base: try metadata.positive(key) ?? base, dimensions: blueprint.headWidth,
        headWidth: blueprint.headWidth, metadata, blueprint.contextLength)
    }
    return (try rotary(global, "rope_theta", 1_000_000), try rotary(local, "rope_local_base_freq", 10_000))
  }
}
