extension StepName {
  /// The name of `NoRepeatNgramStep`.
  public static let noRepeatNgram = StepName("no_repeat_ngram", title: "no-repeat n-gram")
}

/// Bans every token that would complete an n-gram which the text, prompt included, already holds
/// (arXiv 1705.04304).
///
/// 1. The last n - 1 tokens of the text are the beginning of the next n-gram.
/// 2. Wherever they occur earlier, the token that followed them there is banned.
/// 3. A text of fewer than n tokens bans nothing; n = 1 bans every token of the text.
///
/// The only filter that can ban everything: then it throws.
struct NoRepeatNgramStep: SamplerStep {
  static let name = StepName.noRepeatNgram
  static let source = "arXiv 1705.04304"
  static let runsInGreedyDecoding = true
  static let knobs = [
    KnobDescription(
      .noRepeatNgram, .count(\.noRepeatNgram), off: 0, values: [0, 1, 2, 3, 4, 5, 6, 8, 10], usual: 3,
      range: "a whole number of at least 0 (0 is off)", allows: { $0 >= 0 },
      help: "never repeat N tokens in a row", label: "no #-gram twice", symbol: "ngram",
      explanation: """
        Forbids any token that would complete a run of n tokens that the text already holds.
        Stops loops for certain, also where repeating would be right, as with a name.
        """)
  ]

  private let size: Int

  init(_ settings: SamplingSettings) { size = settings.noRepeatNgram }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    let history = scene.history
    guard history.count >= size else { return }
    let beginning = history.suffix(size - 1)
    var banned: Set<Int> = []
    for end in (size - 1)..<history.count where history[(end - size + 1)..<end].elementsEqual(beginning) {
      banned.insert(history[end])
    }
    try candidates.remove(banned, by: Self.name)
  }
}
