extension StepName {
  /// The name of `EpsilonStep`.
  public static let epsilon = StepName("epsilon", title: "epsilon")
}

/// Removes tokens less likely than a fixed floor, never those tied at the top (arXiv 2210.15191).
struct EpsilonStep: SamplerStep {
  static let name = StepName.epsilon
  static let source = "arXiv 2210.15191"
  static let knobs = [
    KnobDescription(
      .epsilon, .number(\.epsilon), off: 0,
      values: [0, 0.0001, 0.0003, 0.0006, 0.0009, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2], usual: 0.0003,
      range: "at least 0 and below 1 (0 is off)", allows: { (0..<1).contains($0) },
      help: "remove tokens less probable than X", label: "epsilon #", symbol: "eps",
      explanation: """
        Removes every token less likely than this number, such as 0.0003.
        A plain floor: harsh where the model spreads its belief over many tokens.
        """)
  ]

  private let epsilon: Double

  init(_ settings: SamplingSettings) { epsilon = settings.epsilon }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    candidates.updateWeights()
    if candidates.rest != nil { return try candidates.keepShare(atLeast: epsilon, by: Self.name) }
    let total = candidates.total
    candidates.keepPrefix(by: Self.name) { $0.weight(at: $1) / total >= epsilon || $0.isTiedWithFirst($1) }
  }
}
