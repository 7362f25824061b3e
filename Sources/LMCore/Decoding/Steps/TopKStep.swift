extension StepName {
  /// The name of `TopKStep`.
  public static let topK = StepName("top_k", title: "top-k")
}

/// Keeps the k tokens with the largest scores and every token tied with the k-th (arXiv 1805.04833).
///
/// As `transformers`: the kept set can exceed k, and k above the vocabulary keeps everything.
struct TopKStep: SamplerStep {
  static let name = StepName.topK
  static let source = "arXiv 1805.04833"
  static let knobs = [
    KnobDescription(
      .topK, .count(\.topK), off: 0,
      values: [
        1, 2, 3, 4, 5, 8, 10, 15, 20, 30, 40, 50, 80, 100, 160, 320, 640, 1000, 2000, 5000, 10000, 20000, 0,
      ], usual: 40,
      range: "a whole number of at least 0 (0 is off)", allows: { $0 >= 0 }, letter: "k",
      help: "keep the N most probable tokens and those tied with the last", label: "top-k #", symbol: "k",
      whenOff: .word,
      explanation: """
        Keeps the k most likely tokens, and those tied with the last of them.
        Cuts the unreliable tail, but keeps k tokens whether the model is sure or not.
        """)
  ]

  private let k: Int

  init(_ settings: SamplingSettings) { k = settings.topK }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    let k = max(k, candidates.minimumCount)
    if candidates.rest != nil { return try candidates.keepFirst(k, by: Self.name) }
    if k >= candidates.count || candidates.areAllTied {
      candidates.maskedCount = min(candidates.maskedCount, max(k - candidates.count, 0))
      return
    }
    var end = candidates.range.lowerBound + k
    let threshold = candidates.scores[end - 1]
    while end < candidates.range.upperBound, candidates.scores[end] == threshold { end += 1 }
    candidates.keep(candidates.range.lowerBound..<end, by: Self.name)
  }
}
