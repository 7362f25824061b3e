import Glibc

extension StepName {
  /// The name of `TopHStep`.
  public static let topH = StepName("top_h", title: "top-h")
}

/// Keeps the most likely tokens while their part of the entropy stays within a share of the whole (arXiv 2509.02510).
///
/// As `transformers`: of the 100 most likely tokens alone, renormalised. The token that would exceed the share is
/// removed, and the first always stays.
struct TopHStep: SamplerStep {
  static let name = StepName.topH
  static let source = "arXiv 2509.02510"
  static let knobs = [
    KnobDescription(
      .topH, .number(\.topH), off: 0, values: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], usual: 0.4,
      range: "between 0 and 1 (0 is off)", allows: { (0...1).contains($0) },
      help: "keep the most probable tokens that have X of the entropy", label: "top-h #", symbol: "h",
      explanation: """
        Keeps the likeliest tokens while they hold at most this share of the entropy.
        Open where the model is open, strict where it is sure; never more than 100 tokens.
        """)
  ]

  private static let largestCount = 100
  private let share: Double

  init(_ settings: SamplingSettings) { share = settings.topH }

  var need: StepNeed { .allTokens }

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    let places = candidates.range.prefix(Self.largestCount)
    // -w ln w and the weights: the entropy's terms are -p ln p with p = w / total.
    let weights = places.map { exp(candidates.exponent(at: $0)) }
    let total = weights.reduce(0, +)
    let logTotal = log(total)
    var sums: [Double] = []
    var sum = 0.0
    for (place, weight) in zip(places, weights) {
      if weight > 0 { sum += weight / total * (logTotal - candidates.exponent(at: place)) }
      sums.append(sum)
    }
    let bound = share * sum
    let kept = max(sums.prefix { $0 <= bound }.count, 1)
    candidates.keep(places.lowerBound..<places.lowerBound + kept, by: Self.name)
  }
}

extension Range<Int> {
  fileprivate func prefix(_ count: Int) -> Range<Int> {
    lowerBound..<Swift.min(lowerBound + count, upperBound)
  }
}
