/// The order in which the steps of a sampler chain run. Steps do not commute: top-p keeps other tokens before
/// the temperature than after it.
public struct ChainOrder: Hashable, Sendable {
  /// The name for options, traces and lessons: `hf`.
  public let name: String
  /// The steps from the first to the last. A step that is missing does not run.
  public let steps: [StepName]

  init(_ name: String, _ steps: [StepName]) { (self.name, self.steps) = (name, steps) }

  /// The order of `transformers`: penalties, the temperature, then the filters.
  public static let huggingFace = ChainOrder(
    "hf",
    [
      .repetitionPenalty, .noRepeatNgram, .temperature, .topK, .topP, .minP, .typicalP, .epsilon, .eta,
    ])

  /// The order of llama.cpp: penalties, the filters, then the temperature.
  ///
  /// llama.cpp has no epsilon and eta. They stand behind min-p as in `transformers`, and before the temperature
  /// because there every filter judges the model's own probabilities. Its place for the n-gram ban is ours: beside the
  /// penalty, where llama.cpp has its own means against repetition.
  public static let llamaCpp = ChainOrder(
    "llama.cpp",
    [
      .repetitionPenalty, .noRepeatNgram, .topK, .typicalP, .topP, .minP, .epsilon, .eta, .temperature,
    ])
}

extension ChainOrder: RawRepresentable, CaseIterable {
  /// All orders, the default first.
  public static let allCases: [ChainOrder] = [huggingFace, llamaCpp]

  /// nil for a name that no order has.
  public init?(rawValue: String) {
    guard let order = Self.allCases.first(where: { $0.name == rawValue }) else { return nil }
    self = order
  }

  /// The name, as in options and traces.
  public var rawValue: String { name }
}
