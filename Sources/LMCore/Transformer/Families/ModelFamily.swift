/// A family of models, as a value: how its files are read. The arithmetic is `Transformer`'s.
package struct ModelFamily: Sendable {
  /// What people call it: "GPT-2".
  package let name: String
  /// `model_type` in config.json.
  let type: String
  /// Whether a config.json that names no type has settings of this family.
  let isRecognized: @Sendable (ModelMetadata) -> Bool
  package let blueprint: @Sendable (ModelMetadata) throws(ConfigurationError) -> Blueprint
  /// Of safetensors files.
  let scheme: TensorScheme

  package static let all = [gpt2, llama, mistral, qwen2, qwen3, gemma3, gptNeoX]

  /// The largest sizes that are read. No real model comes near; products of them and of 4 bytes stay far from overflow.
  static let most = (vocabulary: 1 << 24, positions: 1 << 20, width: 1 << 16, layers: 1 << 12)

  /// As a sentence names all of them.
  static var names: String { all.map(\.name).joined(separator: ", ") }

  /// The family of a model. A file that names no type belongs to the family whose settings it has; one that has none is read as
  /// GPT-2's, as transformers does in GPT-2's own classes.
  ///
  /// - Throws: `ConfigurationError.otherModel`.
  package static func of(_ metadata: ModelMetadata) throws(ConfigurationError) -> ModelFamily {
    guard let type = metadata.text("model_type") else {
      return all.first { $0.isRecognized(metadata) } ?? gpt2
    }
    guard let family = all.first(where: { $0.type == type }) else {
      throw .otherModel(file: metadata.file, type: type, known: all.map(\.type))
    }
    return family
  }

  /// Whether a config.json names a family, by its type or by its settings.
  package static func isNamed(in metadata: ModelMetadata) -> Bool {
    metadata.has("model_type") || all.contains { $0.isRecognized(metadata) }
  }

  /// Heads for other tasks: they read the same hidden states and change none.
  static func isHeadOfOtherTask(_ tensor: String) -> Bool {
    ["score.", "classifier.", "qa_outputs.", "multiple_choice_head.", "v_head."].contains {
      tensor.hasPrefix($0)
    }
  }

  /// The number in `h.5.ln_1.weight` or `transformer.h.5.ln_1.weight`, where `word` is "h" and `prefix` "transformer".
  static func layer(of tensor: String, behind word: String, prefix: String) -> Int? {
    let parts = tensor.split(separator: ".", omittingEmptySubsequences: false)
    let rest = parts.first.map(String.init) == prefix ? parts.dropFirst() : parts[...]
    guard rest.first.map(String.init) == word, let number = rest.dropFirst().first else { return nil }
    return Int(number)
  }
}
