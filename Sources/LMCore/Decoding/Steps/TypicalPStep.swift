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
/// Along the ranking -ln p only grows, so s falls and then grows: instead of sorting, two ends move outwards
/// from the token nearest to H.
struct TypicalPStep: SamplerStep {
  static let name = StepName.typicalP
  static let knobs = [
    KnobDescription(
      .typicalP, .number(\.typicalP), off: 1,
      range: "above 0 and at most 1 (1 is off)", allows: { $0 > 0 && $0 <= 1 },
      help: "locally typical sampling with mass X", label: "typical #", symbol: "typ",
      explanation: """
        Keeps tokens whose surprise is nearest to the average surprise, up to this share.
        Text that carries information evenly; may drop the most likely token itself.
        """)
  ]

  private let mass: Double

  init(_ settings: SamplingSettings) { mass = settings.typicalP }

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    let entropy = candidates.entropy()
    let (range, total) = (candidates.range, candidates.total)
    let logTotal = log(total)
    // -ln p - H along the ranking: ascending, so its size falls and then grows.
    func difference(_ place: Int) -> Double { logTotal - candidates.exponent(at: place) - entropy }
    // What is kept lies in lower..<upper, which grows at the side with the smaller shift.
    var upper = range.partitioningIndex { difference($0) >= 0 }
    var lower = upper
    var (sum, last) = (0.0, 0.0)
    while lower > range.lowerBound || upper < range.upperBound {
      let below = lower > range.lowerBound ? -difference(lower - 1) : .infinity
      let above = upper < range.upperBound ? difference(upper) : .infinity
      let next = min(below, above)
      if sum / total >= mass, next > last { break }
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
}
