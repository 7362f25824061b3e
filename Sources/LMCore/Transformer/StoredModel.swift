/// A model as it lies in its files: its sizes, and where every tensor is. Only headers are read.
package struct StoredModel {
  /// A tensor that the blueprint calls for.
  private struct Place: Hashable {
    let role: TensorRole
    let layer: Int
    let isBias: Bool
  }

  /// With the context that is in use.
  package private(set) var blueprint: Blueprint
  package private(set) var profile: ModelProfile
  let family: ModelFamily
  let scheme: TensorScheme
  let checkpoint: Checkpoint
  /// Bytes of the tensors, as they are stored.
  var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }
  /// Whether the token embedding is lm_head, and no other matrix.
  private(set) var tiesOutput = false
  /// What should be known of the files, each one sentence.
  private(set) var notes: [String] = []
  private var tensors: [Place: StoredTensor] = [:]
  /// Roles of which the file has no bias in any layer.
  private var unbiased: Set<TensorRole> = []

  /// Finds every tensor that the blueprint calls for; any other must be one that the family can do without.
  ///
  /// - Parameters:
  ///   - scheme: nil for that of safetensors files.
  ///   - mixture: what the file calls its block formats together; nil where it does not say.
  /// - Throws: `CheckpointError`, `SafetensorsError`, `GGUFError`.
  package init(
    _ checkpoint: Checkpoint, _ blueprint: Blueprint, _ family: ModelFamily, scheme: TensorScheme? = nil,
    mixture: String? = nil, name: String, path: String?, source: ModelProfile.Source
  ) throws {
    (self.checkpoint, self.blueprint, self.family) = (checkpoint, blueprint, family)
    let scheme = scheme ?? family.scheme
    self.scheme = scheme
    profile = ModelProfile(
      name: name, path: path, source: source, parameterCount: 0, dtype: BlockFormat.float32.dtype,
      byteCount: 0, vocabularySize: blueprint.vocabularySize, contextLength: blueprint.contextLength,
      endOfText: blueprint.endOfText)
    try refuseQuantization()
    var names: Set<String> = []
    if scheme.mayLackBiases { unbiased = rolesWithoutBias }
    try find(&names)
    if !unbiased.isEmpty {
      let isAll = blueprint.biases.isSubset(of: unbiased)
      let place = isAll ? "" : unbiased.contains(.up) ? " in its linear layers" : " in its norms"
      notes = ["\(name) has no biases\(place); zeros stand in their place."]
    }
    try requireNothing(besides: names)
    profile.parameterCount = tensors.values.reduce(0) { $0 + $1.count }
    profile.byteCount = byteCount
    let formats = formats
    let blocks = formats.filter(\.hasBlocks)
    if let most = formats.first { profile.dtype = blocks.isEmpty ? most.dtype : mixture ?? blocks[0].dtype }
    if mixture == nil, blocks.count > 1 { profile.dtype = "mixed" }
    profile.family = family.name
    profile.container = checkpoint.isGGUF ? "GGUF" : "safetensors"
    profile.quantization = blocks.isEmpty ? nil : blocks.map(\.rawValue).joined(separator: ", ")
  }

  /// The formats of the tensors, those of most bytes first.
  private var formats: [BlockFormat] {
    let bytes = Dictionary(grouping: tensors.values, by: \.format).mapValues { tensors in
      tensors.reduce(0) { $0 + $1.byteCount }
    }
    return bytes.sorted { ($1.value, $1.key.rawValue) < ($0.value, $0.key.rawValue) }.map(\.key)
  }

  /// Suffixes of tensors that only a method of quantization stores.
  private static let quantized = [
    (".SCB", "bitsandbytes"), (".absmax", "bitsandbytes"), (".quant_map", "bitsandbytes"), (".g_idx", "GPTQ"),
    (".qweight", "GPTQ or AWQ"),
  ]

  private func refuseQuantization() throws(CheckpointError) {
    for (suffix, method) in Self.quantized {
      if let name = checkpoint.tensorNames.first(where: { $0.hasSuffix(suffix) }) {
        throw .quantized(file: checkpoint.file(of: name), method: method)
      }
    }
  }

  /// Linear layers, or norms, or both, of which no bias is in the file in any layer: the model was trained without.
  private var rolesWithoutBias: Set<TensorRole> {
    let groups: [[TensorRole]] = [
      [.queriesKeysValues, .attentionOutput, .up, .down], [.norm1, .norm2, .finalNorm],
    ]
    let missing = groups.filter { roles in
      !roles.contains { role in
        (0..<blueprint.layerCount).contains { layer in
          scheme.names(role, layer).contains { checkpoint.contains($0 + ".bias") }
        }
      }
    }
    return Set(missing.joined())
  }

  private mutating func find(_ names: inout Set<String>) throws {
    let output = scheme.names(.output, 0).map { $0 + ".weight" }
    let hasOutput = output.contains(where: checkpoint.contains)
    let hasEmbedding = scheme.names(.tokenEmbedding, 0).contains { checkpoint.contains($0 + ".weight") }
    // As transformers: an output matrix in the file stands, tied or not, and serves as embedding where that is missing.
    if blueprint.tiesOutput, hasOutput, !hasEmbedding {
      try find(.output, names: &names)
      tiesOutput = true
    } else {
      try find(.tokenEmbedding, names: &names)
      if hasOutput || !blueprint.tiesOutput { try find(.output, names: &names) } else { tiesOutput = true }
    }
    if blueprint.embedsPositions { try find(.positionEmbedding, names: &names) }
    for layer in 0..<blueprint.layerCount {
      for role in blueprint.rolesOfLayer { try find(role, layer, names: &names) }
    }
    try find(.finalNorm, names: &names)
  }

  private mutating func find(
    _ role: TensorRole, _ layer: Int = 0, names: inout Set<String>
  ) throws {
    for isBias in blueprint.biases.contains(role) && !unbiased.contains(role) ? [false, true] : [false] {
      let candidates = scheme.names(role, layer).map { $0 + (isBias ? ".bias" : ".weight") }
      let name = candidates.first(where: checkpoint.contains) ?? candidates[0]
      let shape = shape(of: role, isBias: isBias)
      tensors[Place(role: role, layer: layer, isBias: isBias)] = try checkpoint.tensor(name, shape: shape)
      names.insert(name)
    }
  }

  private func shape(of role: TensorRole, isBias: Bool) -> [Int] {
    if role == .tokenEmbedding { return [blueprint.vocabularySize, blueprint.width] }
    if role == .positionEmbedding { return [blueprint.contextLength, blueprint.width] }
    guard let (inputs, outputs) = blueprint.size(of: role) else {
      return [[.queryNorm, .keyNorm].contains(role) ? blueprint.headWidth : blueprint.width]
    }
    if isBias { return [outputs] }
    return switch scheme.layout(role) {
    case .asStored: [outputs, inputs]
    case .transposed: [inputs, outputs]
    }
  }

  /// The longest context without a wish: longer ones need memory that few texts use.
  package static let longestDefaultContext = 8192

  /// The model with a context of so many tokens; nil for its own, but at most `longestDefaultContext`.
  ///
  /// - Throws: `ContextError`, where the model's own is shorter.
  package func limitingContext(to count: Int?) throws(ContextError) -> StoredModel {
    let most = profile.contextLength
    if let count, count > most { throw ContextError(model: profile.name, wanted: count, most: most) }
    var model = self
    model.blueprint.contextLength = count ?? min(most, Self.longestDefaultContext)
    model.profile.contextLength = model.blueprint.contextLength
    model.profile.longestContext = most
    return model
  }

  /// Throws for the first tensor, by name, that is neither among `used` nor one that can be left out without changing a
  /// probability: a forward pass without it would be another model's.
  private func requireNothing(besides used: Set<String>) throws(CheckpointError) {
    let strays = checkpoint.tensorNames.filter { !used.contains($0) && !scheme.isOptional($0) }
    guard let first = strays.min() else { return }
    // The number comes from a name, and may be the largest there is.
    let layers = strays.compactMap(scheme.layer).max().map { $0 < .max ? $0 + 1 : $0 } ?? 0
    throw .unexpectedTensor(
      file: checkpoint.file(of: first), tensor: first, problem: problem(ofStrays: layers))
  }

  /// Why tensors that no role calls for are an error.
  ///
  /// - Parameter layers: how many layers the names of those tensors tell of.
  private func problem(ofStrays layers: Int) -> String {
    let key = scheme.layerCountKey
    return layers > blueprint.layerCount
      ? "\(key) is \(blueprint.layerCount), but the tensors are those of \(layers) layers; correct \(key)"
      : "\(family.name) has no tensor of this name, and without it the probabilities would be others"
  }

  /// A matrix, or a norm's gain. Where the output is tied, it is the token embedding, and the other way round.
  func weight(_ role: TensorRole, layer: Int = 0) -> StoredTensor {
    if let tensor = tensors[Place(role: role, layer: layer, isBias: false)] { return tensor }
    precondition(tiesOutput && [.output, .tokenEmbedding].contains(role), "every role was found")
    return weight(role == .output ? .tokenEmbedding : .output)
  }

  /// nil for a role without a bias.
  func bias(_ role: TensorRole, layer: Int = 0) -> StoredTensor? {
    tensors[Place(role: role, layer: layer, isBias: true)]
  }
}

/// A context that is longer than the model's.
public struct ContextError: Error, Equatable, Sendable, CustomStringConvertible {
  let model: String
  let wanted: Int
  let most: Int

  public var description: String {
    "\(model) reads at most \(NumberFormat.grouped(most)) tokens, so a context of \(NumberFormat.grouped(wanted)) is not possible; give a --context of at most \(most)."
  }
}
