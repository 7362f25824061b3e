extension StepName {
  /// The name of `TopNSigmaStep`.
  public static let topNSigma = StepName("top_n_sigma", title: "top-n-sigma")
}

/// Keeps the tokens whose logit lies within n standard deviations of the largest (arXiv 2411.07641). Equal stays.
///
/// As llama.cpp: the deviation of a population (divided by the count) over the logits that are left. The temperature
/// scales both sides and changes nothing.
struct TopNSigmaStep: SamplerStep {
  static let name = StepName.topNSigma
  static let source = "arXiv 2411.07641"
  static let knobs = [
    KnobDescription(
      .topNSigma, .number(\.topNSigma), off: 0, isOffBelowZero: true,
      values: [0, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5], usual: 1,
      range: "a finite number (0 is off, and so is less)", allows: { $0.isFinite },
      otherNames: ["top-nsigma"],
      help: "remove logits more than X standard deviations below the largest", label: "top-n-sigma #",
      symbol: "sig",
      explanation: """
        Looks at logits: keeps those within n standard deviations of the largest.
        The kept set does not change with the temperature; 1 is strict, 3 is open.
        """)
  ]

  private let n: Double

  init(_ settings: SamplingSettings) { n = settings.topNSigma }

  var need: StepNeed { .allTokens }

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    if candidates.areAllTied { return }
    let (range, masked) = (candidates.range, candidates.maskedCount)
    let largest = candidates.scores[range.lowerBound]
    // Distances from the largest score, so that large scores lose no digits.
    var (sum, squares) = (0.0, 0.0)
    candidates.scores.withUnsafeBufferPointer { scores in
      for place in range { sum += scores[place] - largest }
      let mean = sum / Double(range.count)
      for place in range {
        let shift = scores[place] - largest - mean
        squares += shift * shift
      }
    }
    let reach = n * (squares / Double(range.count)).squareRoot()
    // Scores near the ends of Double: their deviation is none.
    if !reach.isFinite { return }
    candidates.keepPrefix(by: Self.name) { $0.scores[$1] - largest >= -reach }
    candidates.maskedCount = masked + range.count - candidates.count
  }
}
