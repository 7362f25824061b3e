extension StepName {
  /// The name of `PenaltiesStep`.
  public static let penalties = StepName("penalties", title: "penalties")
}

/// The repeat, frequency and presence penalties over the last tokens of the text, as llama.cpp has them.
///
/// A token that occurs n times in the window: its score s becomes s / repeat where it is positive, else s * repeat,
/// whatever n; then n * frequency + presence is subtracted. The window holds the prompt too. In vLLM's order frequency
/// and presence count what was generated, all of it and nothing else, as vLLM does.
struct PenaltiesStep: SamplerStep {
  static let name = StepName.penalties
  static let source = "llama.cpp; OpenAI API"
  static let runsInGreedyDecoding = true
  static let knobs = [
    KnobDescription(
      .penalties, name: "repeat_penalty", title: "repeat penalty", .number(\.repeatPenalty), off: 1,
      values: [0.5, 0.7, 0.8, 0.9, 1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2, 3, 5], usual: 1.1,
      range: "a finite number above 0 (1 is off)", allows: { $0 > 0 && $0 < .infinity },
      help: "make the last tokens of the text less likely", label: "repeat #", symbol: "rpt",
      explanation: """
        Makes every token of the last N less likely, once, however often it occurs.
        llama.cpp's: a token that leaves the window is free again.
        """),
    KnobDescription(
      .penalties, name: "repeat_last_n", title: "penalty window", isSwitch: false, .count(\.repeatLastN),
      off: 64, values: [0, 8, 16, 32, 64, 128, 256, 512, 1024, 2048],
      range: "a whole number (64 by default; 0 or less is no window)",
      help: "how many last tokens the penalties look at", label: "last #", symbol: "last",
      explanation: """
        How many tokens back the repeat, frequency and presence penalties look.
        Short windows forget a word soon; prompt and text count alike.
        """),
    KnobDescription(
      .penalties, name: "frequency_penalty", title: "frequency penalty", .number(\.frequencyPenalty), off: 0,
      values: [-2, -1, -0.5, -0.2, 0, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2], usual: 0.5,
      range: "a finite number (0 is off)", allows: { $0.isFinite },
      help: "subtract X from a logit for each occurrence", label: "frequency #", symbol: "freq",
      explanation: """
        Subtracts this from a token's logit for each time it occurs in the window.
        Grows with every repetition; below 0 it rewards them.
        """),
    KnobDescription(
      .penalties, name: "presence_penalty", title: "presence penalty", .number(\.presencePenalty), off: 0,
      values: [-2, -1, -0.5, -0.2, 0, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2], usual: 0.5,
      range: "a finite number (0 is off)", allows: { $0.isFinite },
      help: "subtract X from the logit of each token that occurs", label: "presence #", symbol: "pres",
      explanation: """
        Subtracts this from the logit of every token that occurs in the window, once.
        Pushes the text to new words; below 0 it holds on to the old ones.
        """),
  ]

  private let (repeatPenalty, frequency, presence): (Double, Double, Double)
  private let window: Int
  private let countsOutputOnly: Bool

  static func isOn(_ settings: SamplingSettings) -> Bool {
    let subtracts = settings.frequencyPenalty != 0 || settings.presencePenalty != 0
    let hasWindow = settings.repeatLastN > 0
    return settings.repeatPenalty != 1 && hasWindow || subtracts && (hasWindow || settings.order == .vLLM)
  }

  init(_ settings: SamplingSettings) {
    repeatPenalty = settings.repeatPenalty
    (frequency, presence) = (settings.frequencyPenalty, settings.presencePenalty)
    (window, countsOutputOnly) = (max(settings.repeatLastN, 0), settings.order == .vLLM)
  }

  var need: StepNeed { repeatPenalty == 1 ? .none : .logits }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    let last = scene.history.suffix(window)
    let repeated = repeatPenalty == 1 ? [] : Set(last)
    var counts: [Int: Int] = [:]
    if frequency != 0 || presence != 0 {
      for id in countsOutputOnly ? scene.history.dropFirst(scene.promptCount) : last {
        counts[id, default: 0] += 1
      }
    }
    try candidates.rescore(repeated.union(counts.keys), by: Self.name) { id, score in
      var score = score
      if repeated.contains(id) { score = score <= 0 ? score * repeatPenalty : score / repeatPenalty }
      if let count = counts[id] { score -= Double(count) * frequency + presence }
      return score
    }
  }
}
