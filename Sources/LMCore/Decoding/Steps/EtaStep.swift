import Glibc

extension StepName {
  /// The name of `EtaStep`.
  public static let eta = StepName("eta", title: "eta")
}

/// Removes tokens less likely than a floor that falls with the entropy, never those tied at the top
/// (arXiv 2210.15191).
///
/// The floor is min(eps, sqrt(eps) * exp(-H)), H in nats, of what the steps before left. The documentation of
/// `transformers` says sqrt(eps * exp(-H)); its code and the paper have the form used here.
struct EtaStep: SamplerStep {
  static let name = StepName.eta
  static let source = "arXiv 2210.15191"
  static let knobs = [
    KnobDescription(
      .eta, .number(\.eta), off: 0,
      values: [0, 0.0001, 0.0003, 0.0006, 0.001, 0.002, 0.004, 0.01, 0.02, 0.05, 0.1, 0.2], usual: 0.0003,
      range: "at least 0 and below 1 (0 is off)", allows: { (0..<1).contains($0) },
      help: "as epsilon, but lower where the entropy is high", label: "eta #", symbol: "eta",
      explanation: """
        Epsilon's floor, lowered where the entropy is high.
        Cuts only tokens that are unlikely both absolutely and for such an open choice.
        """)
  ]

  private let epsilon: Double

  init(_ settings: SamplingSettings) { epsilon = settings.eta }

  var need: StepNeed { .allTokens }

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    let floor = min(epsilon, epsilon.squareRoot() * exp(-candidates.entropy()))
    let total = candidates.total
    candidates.keepPrefix(by: Self.name) { $0.weight(at: $1) / total >= floor || $0.isTiedWithFirst($1) }
  }
}
