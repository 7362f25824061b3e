extension StepName {
  /// The name of `TopPStep`.
  public static let topP = StepName("top_p", title: "top-p")
}

/// Nucleus sampling: keeps the smallest set of most likely tokens that reaches p (arXiv 1904.09751).
///
/// 1. Go through the tokens by probability descending, ties lowest id first.
/// 2. Add up until the running sum is >= p. The token that reaches or crosses p is kept.
/// 3. Remove the rest. p = 0 keeps one token; p = 1 is off.
struct TopPStep: SamplerStep {
  static let name = StepName.topP
  static let source = "arXiv 1904.09751"
  static let knobs = [
    KnobDescription(
      .topP, .number(\.topP), off: 1,
      values: [
        0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
        0.92, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 1,
      ], usual: 0.95,
      range: "between 0 and 1 (1 is off)", allows: { (0...1).contains($0) }, letter: "p",
      help: "keep the fewest tokens whose probabilities reach X (nucleus)", label: "top-p #", symbol: "p",
      whenOff: .word,
      explanation: """
        Nucleus: keeps the most likely tokens until together they reach the share p.
        Few tokens where the model is sure, many where it is not: that is its point.
        """)
  ]

  private let p: Double

  init(_ settings: SamplingSettings) { p = settings.topP }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    candidates.updateWeights()
    if candidates.rest != nil { return try candidates.keepNucleusOfHead(reaching: p, by: Self.name) }
    candidates.keepNucleus(reaching: p, by: Self.name)
  }
}
