extension StepName {
  /// The name of `TemperatureStep`.
  public static let temperature = StepName("temperature", title: "temperature")
}

/// Divides the scores by T.
///
/// T = 0 stands for greedy decoding and keeps one token, the lowest id of those tied at the top: the limit
/// T -> 0 would split the mass among them. T = infinity makes every token that is left equally likely.
struct TemperatureStep: SamplerStep {
  static let name = StepName.temperature
  static let runsInGreedyDecoding = true
  static let knobs = [
    KnobDescription(
      .temperature, .number(\.temperature), off: 1,
      range: "a number of at least 0 (0 is greedy, inf is uniform, 1 is off)", allows: { $0 >= 0 },
      letter: "t",
      help: "divide the logits by X", label: "T #", symbol: "T", labelAtZero: "argmax", whenOff: .value,
      explanation: """
        Divides the logits: below 1 the likely tokens gain, above 1 the unlikely ones do.
        Low for safe text, high for surprising text; 0 always takes the most likely token.
        """)
  ]

  private let temperature: Double

  init(_ settings: SamplingSettings) { temperature = settings.temperature }

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    if temperature == 0 {
      let first = candidates.range.lowerBound
      candidates.keep(first..<first + 1, by: Self.name)
    } else {
      candidates.setTemperature(temperature)
    }
  }
}
