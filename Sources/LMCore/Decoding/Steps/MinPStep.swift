extension StepName {
  /// The name of `MinPStep`.
  public static let minP = StepName("min_p", title: "min-p")
}

/// Removes tokens whose probability is below a share of the largest one (arXiv 2407.01082). Equal stays.
struct MinPStep: SamplerStep {
  static let name = StepName.minP
  static let source = "arXiv 2407.01082"
  static let knobs = [
    KnobDescription(
      .minP, .number(\.minP), off: 0, values: [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1],
      usual: 0.05,
      range: "between 0 and 1 (0 is off)", allows: { (0...1).contains($0) },
      help: "remove tokens below X times the largest probability", label: "min-p #", symbol: "m",
      explanation: """
        Keeps tokens at least this fraction as likely as the most likely one.
        Adapts to how sure the model is, and stays sensible at high temperature.
        """)
  ]

  private let minP: Double

  init(_ settings: SamplingSettings) { minP = settings.minP }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    if candidates.rest != nil { return try candidates.keepWeight(atLeast: minP, by: Self.name) }
    // The largest weight is exactly 1, so a weight is already the share of the largest probability.
    candidates.keepPrefix(by: Self.name) { $0.weight(at: $1) >= minP }
  }
}
