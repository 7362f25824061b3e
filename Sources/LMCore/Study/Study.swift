/// Writes the texts of a plan, many of them together.
///
/// A text depends on its own prompt, settings and seed alone: how many are written together, in which order, with how many
/// threads and after how many interruptions changes no token of it.
public struct Study {
  /// How far a study is.
  public struct Progress: Equatable, Sendable {
    /// Texts of the plan that are finished, those of earlier runs included.
    public var finishedTexts: Int
    /// All texts of the plan.
    public var textCount: Int
    /// Tokens chosen in this run.
    public var tokens: Int
    /// The share of the plan's work that is done, in 0...1: its tokens, each as often as its strategy has beams; a text that
    /// ended early counts as a whole one.
    public var share: Double

    /// A progress with these values.
    public init(finishedTexts: Int, textCount: Int, tokens: Int, share: Double) {
      (self.finishedTexts, self.textCount) = (finishedTexts, textCount)
      (self.tokens, self.share) = (tokens, share)
    }
  }

  /// Beliefs that are in memory together: each is several numbers for every token of the vocabulary.
  private static let beliefsTogether = 16

  /// What is written.
  public let plan: StudyPlan
  private let predictor: any Predictor
  private let breakers: [SequenceBreakers]
  private let width: Int

  /// - Parameters:
  ///   - tokenizer: tells where DRY's breakers stand; nil where there is no vocabulary.
  ///   - width: the number of texts that are in the model together, at least 1. Each beam of a beam search counts; the search is never cut.
  public init(_ plan: StudyPlan, _ predictor: any Predictor, _ tokenizer: (any Tokenizer)?, width: Int) {
    (self.plan, self.predictor, self.width) = (plan, predictor, width)
    breakers = plan.strategies.map { strategy in
      tokenizer.map { strategy.method.sampling.sequenceBreakers(in: $0) } ?? .none
    }
  }

  /// Writes the texts that are not in `finished`, and calls `keep` with each as it is finished.
  ///
  /// - Parameter isCancelled: asked often; once it is true, `PredictorError.cancelled` is thrown soon.
  /// - Returns: all texts in the order of the plan.
  /// - Throws: `PredictorError`, `SamplingError`, and the errors of `keep`.
  public func run(
    after finished: [Int: CollectedText] = [:], unless isCancelled: () -> Bool = { false },
    progress: (Progress) -> Void = { _ in },
    keep: (_ index: Int, _ text: CollectedText) throws -> Void = { _, _ in }
  ) throws -> [CollectedText] {
    var finished = finished
    var waiting = (0..<plan.textCount).filter { finished[$0] == nil }[...]
    var growing: [any GrowingText] = []
    var tokens = 0
    let whole = (0..<plan.textCount).reduce(0) { $0 + methodWidth($1) } * plan.tokenCount
    let mostPaths = max(width, plan.strategies.map(\.method.width).max() ?? 1)
    predictor.textsInUse += mostPaths
    defer { predictor.textsInUse -= mostPaths }
    while true {
      var room = width - growing.reduce(0) { $0 + methodWidth($1.index) }
      while let index = waiting.first, growing.isEmpty || methodWidth(index) <= room {
        growing.append(
          try plan.text(index, breakers: breakers[index / plan.sampleCount], by: predictor))
        room -= methodWidth(index)
        waiting.removeFirst()
      }
      guard !growing.isEmpty else { break }
      try advance(&growing, unless: isCancelled)
      tokens += growing.count
      for text in growing where text.isFinished {
        finished[text.index] = text.collected
        try keep(text.index, text.collected)
      }
      growing.removeAll { $0.isFinished }
      let done =
        finished.keys.reduce(0) { $0 + methodWidth($1) * plan.tokenCount }
        + growing.reduce(0) { $0 + methodWidth($1.index) * $1.count }
      progress(
        Progress(
          finishedTexts: finished.count, textCount: plan.textCount, tokens: tokens,
          share: Double(done) / Double(whole)))
    }
    return (0..<plan.textCount).compactMap { finished[$0] }
  }

  private func methodWidth(_ index: Int) -> Int {
    plan.strategies[index / plan.sampleCount].method.width
  }

  /// One token more for each text.
  private func advance(_ growing: inout [any GrowingText], unless isCancelled: () -> Bool) throws {
    let paths = growing.map(\.paths)
    let predictions = try predictor.predict(paths.flatMap { $0 }, unless: isCancelled)
    let owners = paths.indices.flatMap { [Int](repeating: $0, count: paths[$0].count) }
    for first in stride(from: 0, to: predictions.count, by: Self.beliefsTogether) {
      let places = first..<min(first + Self.beliefsTogether, predictions.count)
      let beliefs = try predictor.beliefs(of: Array(predictions[places]))
      for (place, belief) in zip(places, beliefs) {
        try growing[owners[place]].take(predictions[place], belief) {
          guard !isCancelled() else { throw PredictorError.cancelled }
          return try predictor.longerBelief(of: predictions[place])
        }
      }
    }
  }

  /// Measures a text that people wrote as if it were a strategy's: cut into pieces, of which each has the length of a
  /// prompt, and behind it that of a text.
  ///
  /// - Parameter ids: the whole text; as many pieces are used as the plan has samples, where it is long enough.
  /// - Returns: the pieces, and what the model's most probable tokens hold together at their positions.
  /// - Throws: `StudyError.humanTextTooShort`, `PredictorError`.
  public func measureHuman(_ ids: [Int]) throws -> (texts: [CollectedText], mass: TopMass) {
    var texts: [CollectedText] = []
    var mass = TopMass(vocabularySize: predictor.profile.vocabularySize)
    var start = 0
    while texts.count < plan.sampleCount {
      let promptCount = plan.prompt(of: texts.count).count
      let end = start + promptCount + plan.tokenCount
      guard end <= ids.count else { break }
      let piece = Array(ids[start..<end])
      var scores: [TokenScore] = []
      try predictor.eachScore(of: piece, from: promptCount) { score, belief in
        scores.append(score)
        mass.add(belief)
      }
      texts.append(
        CollectedText(
          ids: Array(piece[promptCount...]), logProbabilities: scores.map(\.logProbability), isEnded: false,
          hasUntold: scores.contains(where: \.isUntold)))
      start = end
    }
    guard !texts.isEmpty else {
      throw StudyError.humanTextTooShort(
        tokens: ids.count, needed: plan.prompt(of: 0).count + plan.tokenCount)
    }
    mass.sort()
    return (texts, mass)
  }
}
