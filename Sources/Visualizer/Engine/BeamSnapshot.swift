import LMCore

/// What the engine is asked to do with the beam search on screen.
enum BeamRequest: Equatable, Sendable {
  /// A search behind the text of this lane, with as many steps as the one on screen had behind the same text.
  case open(BeamSettings, lane: Int)
  case advance
  case back
  case jump(depth: Int)
  /// Appends the tokens of a beam, or of a finished text behind the beams, to the text of this lane, and ends the search.
  case take(Int, lane: Int)
  case close
}

/// The visible state of a beam search, as a value.
struct BeamSnapshot: Sendable {
  /// The text that the beams continue.
  var promptIDs: [Int]
  /// Settings, live beams and finished texts at the cursor.
  var search: BeamSearch
  /// The last steps before the cursor, the oldest first.
  var steps: [BeamStep]
  /// The step that stands next; nil where the search has ended, or nothing can be predicted (see `problem`).
  var next: BeamStep?
  /// How many steps were made.
  var madeCount: Int
  /// The reason for a missing step, as a sentence.
  var problem: String?

  /// How many steps a snapshot holds.
  static let mostSteps = 40

  init(of run: BeamRun) {
    (promptIDs, search, steps) = (run.promptIDs, run.search, Array(run.steps.suffix(Self.mostSteps)))
    do {
      next = try run.nextStep()
    } catch {
      problem = "\(error)"
    }
    madeCount = run.madeCount
  }

  /// The live beams, and behind them the finished texts.
  var texts: [Hypothesis] { search.live + search.finished.map(\.hypothesis) }

  /// The step whose continuations are shown: the next one, at the end of the search the last.
  var shownStep: BeamStep? { next ?? steps.last }
}

/// The beam search of the engine.
struct BeamEngine {
  /// The most tokens that the screen searches behind a text.
  static let longest = 200

  private(set) var run: BeamRun?

  /// - Parameter session: the lane's session.
  mutating func perform(
    _ request: BeamRequest, on session: GenerationSession?, _ predictor: any Predictor, _ card: ModelCard
  ) throws {
    switch request {
    case .open(let settings, _):
      guard let session else { return }
      try open(settings, behind: session.textIDs, predictor, card)
    case .advance: try run?.advance()
    case .back: run?.back()
    case .jump(let depth): run?.jump(toDepth: depth)
    case .take(let place, _):
      guard let session, let run else { return }
      let texts = run.search.live + run.search.finished.map(\.hypothesis)
      guard texts.indices.contains(place), session.textIDs == run.promptIDs else { return }
      for id in texts[place].ids where !session.isContextFull { try session.force(id) }
      self.run = nil
    case .close: run = nil
    }
  }

  private mutating func open(
    _ settings: BeamSettings, behind ids: [Int], _ predictor: any Predictor, _ card: ModelCard
  ) throws {
    let depth = run.map { $0.promptIDs == ids ? $0.depth : 0 } ?? 0
    let room = predictor.profile.contextLength + 1 - ids.count
    guard room > 0 else {
      throw SessionError.contextFull(
        limit: predictor.profile.contextLength, longest: predictor.profile.longestContext)
    }
    let opened = try BeamRun(
      predictor, card.tokenizer, promptIDs: ids, settings: settings, limit: min(room, Self.longest),
      endOfText: Set(card.endOfText))
    while opened.depth < depth, try opened.advance() != nil {}
    run = opened
  }
}
