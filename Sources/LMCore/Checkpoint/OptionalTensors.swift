/// The tensors of GPT-2 checkpoints that the next token's probabilities do not depend on.
enum OptionalTensors {
  /// Heads for other tasks: they read the same hidden states and change none.
  private static let heads = ["score.", "classifier.", "qa_outputs.", "multiple_choice_head.", "v_head."]

  /// - The causal mask as older versions of transformers stored it, `h.0.attn.bias` and `h.0.attn.masked_bias`;
  ///   not `h.0.attn.c_attn.bias`, which ends alike.
  /// - Attention to an encoder, which a language model has none of.
  /// - Heads for other tasks.
  static func contains(_ tensor: String) -> Bool {
    if layer(of: tensor) != nil {
      return tensor.hasSuffix(".attn.bias") || tensor.hasSuffix(".attn.masked_bias")
        || tensor.contains(".crossattention.") || tensor.contains(".ln_cross_attn.")
    }
    return heads.contains { tensor.hasPrefix($0) }
  }

  /// The number in `h.5.ln_1.weight` or `transformer.h.5.ln_1.weight`.
  static func layer(of tensor: String) -> Int? {
    let parts = tensor.split(separator: ".", omittingEmptySubsequences: false)
    let rest = parts.first == "transformer" ? parts.dropFirst() : parts[...]
    guard rest.first == "h", let number = rest.dropFirst().first else { return nil }
    return Int(number)
  }
}
