/// Rotary positions as config.json describes them: transformers 4 with `rope_theta` and `rope_scaling`, transformers 5 with all in
/// `rope_parameters`.
enum RotarySettings {
  /// All settings that the known kinds have.
  private static let keys: Set<String> = [
    "rope_type", "type", "rope_theta", "factor", "low_freq_factor", "high_freq_factor",
    "original_max_position_embeddings", "partial_rotary_factor",
  ]

  /// The table with a model's rotation, in whichever form it is; nil where the file has neither.
  ///
  /// - Throws: `ConfigurationError.inconsistent` where both are there: versions of transformers disagree on which counts.
  static func table(_ metadata: ModelMetadata) throws(ConfigurationError) -> ModelMetadata? {
    let (old, new) = (try metadata.table("rope_scaling"), try metadata.table("rope_parameters"))
    guard old == nil || new == nil else {
      throw .inconsistent(
        file: metadata.file, problem: "rope_scaling and rope_parameters are both there; remove one of them")
    }
    return old ?? new
  }

  /// The rotation of all layers.
  ///
  /// - Parameters:
  ///   - headWidth: D
  ///   - contextLength: P, which stands in where llama3's scaling does not tell the length of training.
  static func read(
    _ metadata: ModelMetadata, headWidth: Int, contextLength: Int
  ) throws(ConfigurationError) -> Rotary {
    try refusePart(metadata)
    return try rotary(
      table(metadata), base: try metadata.positive("rope_theta") ?? 10_000, dimensions: headWidth,
      headWidth: headWidth, metadata, contextLength)
  }

  /// The families with one rotation for whole heads do not read a share of them.
  static func refusePart(_ metadata: ModelMetadata?) throws(ConfigurationError) {
    guard let metadata, try metadata.fraction("partial_rotary_factor", or: 1) < 1 else { return }
    throw metadata.unsupported("partial_rotary_factor")
  }

  /// - Parameters:
  ///   - table: nil for one that is not there.
  ///   - base: where the table does not tell it.
  ///   - dimensions: how many of a head's numbers are rotated.
  ///   - metadata: the whole file.
  static func rotary(
    _ table: ModelMetadata?, base: Double, dimensions: Int, headWidth: Int, _ metadata: ModelMetadata,
    _ contextLength: Int
  ) throws(ConfigurationError) -> Rotary {
    var rotary = Rotary(dimensions: dimensions, base: Float(base))
    guard rotary.width <= headWidth else {
      throw .inconsistent(
        file: metadata.file, problem: "a head of \(headWidth) numbers cannot be rotated in pairs")
    }
    guard let table else { return rotary }
    let kindKey = table.has("rope_type") ? "rope_type" : "type"
    let kind = table.text(kindKey) ?? "default"
    guard ["default", "linear", "llama3"].contains(kind) else { throw table.unsupported(kindKey) }
    if let other = table.keys.first(where: { !keys.contains($0) }) { throw table.unsupported(other) }
    if let base = try table.positive("rope_theta") { rotary.base = Float(base) }
    switch kind {
    case "linear": rotary.scaling = .linear(factor: Float(try table.requiredPositive("factor")))
    case "llama3":
      let low = Float(try table.requiredPositive("low_freq_factor"))
      let high = Float(try table.requiredPositive("high_freq_factor"))
      guard low < high else {
        throw .inconsistent(file: metadata.file, problem: "low_freq_factor is not below high_freq_factor")
      }
      rotary.scaling = .llama3(
        factor: Float(try table.requiredPositive("factor")), low: low, high: high,
        trainedLength: Float(try table.positive("original_max_position_embeddings") ?? Double(contextLength)))
    default: break
    }
    return rotary
  }
}
