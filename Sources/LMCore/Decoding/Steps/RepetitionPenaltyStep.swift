extension StepName {
  /// The name of `RepetitionPenaltyStep`.
  public static let repetitionPenalty = StepName("repetition_penalty", title: "repetition penalty")
}

/// Makes the tokens of the text less likely (CTRL, arXiv 1909.05858): s / penalty where s is positive, s * penalty
/// where it is negative.
///
/// Once for each distinct id, prompt included, however often it occurs. A penalty below 1 rewards repetition.
struct RepetitionPenaltyStep: SamplerStep {
  static let name = StepName.repetitionPenalty
  static let source = "arXiv 1909.05858"
  static let runsInGreedyDecoding = true
  static let knobs = [
    KnobDescription(
      .repetitionPenalty, .number(\.repetitionPenalty), off: 1,
      values: [0.5, 0.7, 0.8, 0.9, 1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2, 3, 5], usual: 1.2,
      range: "a finite number above 0 (1 is off)", allows: { $0 > 0 && $0 < .infinity },
      help: "make tokens of the text so far less likely", label: "penalty #", symbol: "rep",
      explanation: """
        Makes every token that the text already holds less likely, once, however often it occurs.
        Helps against loops; too much of it and the text avoids words it needs.
        """)
  ]

  private let penalty: Double

  init(_ settings: SamplingSettings) { penalty = settings.repetitionPenalty }

  var need: StepNeed { .logits }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    try candidates.rescore(Set(scene.history), by: Self.name) { _, score in
      score < 0 ? score * penalty : score / penalty
    }
  }
}
