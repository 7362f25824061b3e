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
  /// The step that stands next; nil where the search has ended, or the step is missing (see `problem`).
  var next: BeamStep?
  /// The reason for a missing step, as a sentence; nil where it was interrupted.
  var problem: String?

  /// How many steps a snapshot holds.
  static let mostSteps = 40

  /// - Parameter problem: why the step that stands next could not be made.
  init(of run: BeamRun, problem: String?) {
    (promptIDs, search, steps) = (run.promptIDs, run.search, Array(run.steps.suffix(Self.mostSteps)))
    (next, self.problem) = (run.nextMade, problem)
  }

  var texts: [Hypothesis] { search.texts }

  /// The step whose continuations are shown: the next one, at the end of the search the last.
  var shownStep: BeamStep? { next ?? steps.last }
}

extension BeamSearch {
  /// The live beams, and behind them the finished texts.
  fileprivate var texts: [Hypothesis] { live + finished.map(\.hypothesis) }
}

/// The beam search of the engine.
struct BeamEngine {
  /// The most tokens that the screen searches behind a text.
  static let longest = 200

  private var run: BeamRun?
  private var problem: String?

  /// nil where no search is open.
  var snapshot: BeamSnapshot? { run.map { BeamSnapshot(of: $0, problem: problem) } }

  /// Carries out a request, and makes the step that stands next then. What was interrupted is no error.
  ///
  /// - Parameter session: the lane's session.
  /// - Throws: why no search was opened. A step that fails is the snapshot's `problem`.
  mutating func perform(
    _ request: BeamRequest, on session: GenerationSession?, _ predictor: any Predictor, _ card: ModelCard,
    unless isInterrupted: () -> Bool
  ) throws {
    problem = nil
    do {
      try carryOut(request, on: session, predictor, card, unless: isInterrupted)
      _ = try run?.nextStep(unless: isInterrupted)
    } catch PredictorError.cancelled {
    } catch {
      guard run != nil else { throw error }
      problem = "\(error)"
    }
  }

  private mutating func carryOut(
    _ request: BeamRequest, on session: GenerationSession?, _ predictor: any Predictor, _ card: ModelCard,
    unless isInterrupted: () -> Bool
  ) throws {
    switch request {
    case .open(let settings, _):
      guard let session else { return }
      try open(settings, behind: session.textIDs, predictor, card, unless: isInterrupted)
    case .advance: try run?.advance(unless: isInterrupted)
    case .back: run?.back()
    case .jump(let depth): run?.jump(toDepth: depth)
    case .take(let place, _):
      guard let session, let run else { return }
      let texts = run.search.texts
      guard texts.indices.contains(place), session.textIDs == run.promptIDs else { return }
      for id in texts[place].ids where !session.isContextFull { try session.force(id) }
      self.run = nil
    case .close: run = nil
    }
  }

  private mutating func open(
    _ settings: BeamSettings, behind ids: [Int], _ predictor: any Predictor, _ card: ModelCard,
    unless isInterrupted: () -> Bool
  ) throws {
    let old = run.flatMap { $0.promptIDs == ids ? $0 : nil }
    let room = predictor.profile.contextLength + 1 - ids.count
    guard room > 0 else {
      throw SessionError.contextFull(
        limit: predictor.profile.contextLength, longest: predictor.profile.longestContext)
    }
    let opened =
      try old?.again(with: settings)
      ?? BeamRun(
        predictor, card.tokenizer, promptIDs: ids, settings: settings, limit: min(room, Self.longest),
        endOfText: Set(card.endOfText))
    while opened.depth < old?.depth ?? 0, try opened.advance(unless: isInterrupted) != nil {}
    run = opened
  }
}
