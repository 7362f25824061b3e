/// A family of models, as a value: how its files are read. The arithmetic is `Transformer`'s.
package struct ModelFamily: Sendable {
  /// What people call it: "GPT-2".
  package let name: String
  /// `model_type` in config.json.
  let type: String
  /// Whether a config.json that names no type has settings of this family.
  let isRecognized: @Sendable (ModelMetadata) -> Bool
  package let blueprint: @Sendable (ModelMetadata) throws(ConfigurationError) -> Blueprint
  /// The names that a tensor may have, without `.weight` and `.bias`; where none is there, the first is missed.
  let tensorNames: @Sendable (TensorRole, _ layer: Int) -> [String]
  let layout: @Sendable (TensorRole) -> TensorLayout
  /// Tensors of its checkpoints that the next token's probabilities do not depend on.
  let isOptional: @Sendable (_ tensor: String) -> Bool
  /// The number of the layer that a tensor belongs to by its name.
  let layer: @Sendable (_ tensor: String) -> Int?
  /// The setting that tells how many layers there are.
  let layerCountKey: String

  package static let all = [gpt2]

  /// As a sentence names all of them.
  static var names: String { all.map(\.name).joined(separator: ", ") }

  /// The family of a model. A file that names no type is read as GPT-2's, as transformers does in GPT-2's own classes.
  ///
  /// - Throws: `ConfigurationError.otherModel`.
  package static func of(_ metadata: ModelMetadata) throws(ConfigurationError) -> ModelFamily {
    guard let type = metadata.text("model_type") else { return gpt2 }
    guard let family = all.first(where: { $0.type == type }) else {
      throw .otherModel(file: metadata.file, type: type, known: all.map(\.type))
    }
    return family
  }

  /// Whether a config.json names a family, by its type or by its settings.
  package static func isNamed(in metadata: ModelMetadata) -> Bool {
    metadata.has("model_type") || all.contains { $0.isRecognized(metadata) }
  }

  /// Why tensors that no role calls for are an error.
  ///
  /// - Parameter layers: how many layers the names of those tensors tell of.
  func problem(ofStrays layers: Int, _ blueprint: Blueprint) -> String {
    layers > blueprint.layerCount
      ? "\(layerCountKey) is \(blueprint.layerCount), but the tensors are those of \(layers) layers; correct \(layerCountKey)"
      : "\(name) has no tensor of this name, and without it the probabilities would be others"
  }
}
