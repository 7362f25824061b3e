import Glibc

extension StepName {
  /// The name of `TypicalPStep`.
  public static let typicalP = StepName("typical_p", title: "typical-p")
}

/// Locally typical sampling: keeps the tokens whose surprisal is nearest to the entropy (arXiv 2202.00666).
///
/// 1. s = |-ln p - H| for each token, H the entropy in nats.
/// 2. Go through the tokens by s ascending and add up p until the sum is >= the mass. That token is kept.
/// 3. Keep every token with an s no larger than that token's, ties included; remove the rest, which may be
///    the most likely ones.
///
/// llama.cpp goes on until the sum is > the mass, and keeps none of the rest, be it tied: `TypicalRule`. Tokens whose
/// probability rounds to 0 count with their exact surprisal and leave H alone, where llama.cpp computes NaN.
///
/// Along the ranking -ln p only grows, so s falls and then grows: instead of sorting, two ends move outwards
/// from the token nearest to H.
struct TypicalPStep: SamplerStep {
  static let name = StepName.typicalP
  static let source = "arXiv 2202.00666"
  static let knobs = [
    KnobDescription(
      .typicalP, .number(\.typicalP), off: 1,
      values: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.95, 0.97, 0.99, 1], usual: 0.95,
      range: "above 0 and at most 1 (1 is off)", allows: { $0 > 0 && $0 <= 1 }, otherNames: ["typical"],
      help: "locally typical sampling with mass X", label: "typical #", symbol: "typ",
      explanation: """
        Keeps tokens whose surprise is nearest to the average surprise, up to this share.
        Text that carries information evenly; may drop the most likely token itself.
        """),
    KnobDescription(
      .typicalP, name: "typical_rule", title: "typical rule", isSwitch: false,
      .word(KnobDescription.WordProperty(\.typicalRule)), off: 0,
      range: "hf or llama.cpp (hf by default)",
      help: "where typical sampling ends", label: "of #", symbol: "of",
      explanation: """
        hf stops at the token that reaches the mass and keeps what is tied with it.
        llama.cpp stops at the token that exceeds the mass, and cuts through ties.
        """),
  ]

  private let mass: Double
  private let rule: TypicalRule

  init(_ settings: SamplingSettings) { (mass, rule) = (settings.typicalP, settings.typicalRule) }

  var need: StepNeed { .allTokens }

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    let entropy = candidates.entropy()
    let (range, total) = (candidates.range, candidates.total)
    let logTotal = log(total)
    // -ln p - H along the ranking: ascending, so its size falls and then grows.
    func difference(_ place: Int) -> Double { logTotal - candidates.exponent(at: place) - entropy }
    // What is kept lies in lower..<upper, which grows at the side with the smaller shift.
    var upper = range.partitioningIndex { difference($0) >= 0 }
    var lower = upper
    if rule == .llamaCpp, lower > range.lowerBound {
      let below = difference(lower - 1)
      if upper == range.upperBound || -below <= difference(upper) {
        // What it begins with may be cut through: the lowest of tied ids come first.
        upper = range.partitioningIndex { difference($0) >= below }
        lower = upper
      }
    }
    var (sum, last) = (0.0, 0.0)
    while lower > range.lowerBound || upper < range.upperBound {
      let below = lower > range.lowerBound ? -difference(lower - 1) : .infinity
      let above = upper < range.upperBound ? abs(difference(upper)) : .infinity
      let next = min(below, above)
      let isAllowed = upper - lower >= candidates.minimumCount || upper == lower
      if isAllowed, hasEnough(sum / total, nextIsTied: next <= last) { break }
      last = next
      if below <= above, lower > range.lowerBound {
        lower -= 1
        sum += candidates.weight(at: lower)
      } else {
        sum += candidates.weight(at: upper)
        upper += 1
      }
    }
    candidates.keep(lower..<upper, by: Self.name)
  }

  private func hasEnough(_ sum: Double, nextIsTied: Bool) -> Bool {
    switch rule {
    case .huggingFace: sum >= mass && !nextIsTied
    case .llamaCpp: sum > mass
    }
  }
}
