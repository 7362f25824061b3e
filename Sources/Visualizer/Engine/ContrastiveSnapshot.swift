import LMCore
import Presentation

/// What the engine is asked to do with the contrastive search on screen.
enum ContrastiveRequest: Equatable, Sendable {
  /// A search behind the text of this lane.
  case open(ContrastiveSettings, lane: Int)
  /// Decides anew from the step on screen on.
  case set(candidateCount: Int, alpha: Double)
  case advance
  case back
  case jump(depth: Int)
  /// Appends the tokens to the text of this lane, and ends the search.
  case take(lane: Int)
  case close
}

/// The visible state of a contrastive search, as a value.
struct ContrastiveSnapshot: Sendable {
  /// The text that the search continues.
  var promptIDs: [Int]
  var settings: ContrastiveSettings
  /// The steps up to the cursor, and which candidate each of them took, from 0.
  var steps: [GenerationStep]
  var places: [Int]
  /// The step that stands next; nil where the context is full, or the step is missing (see `problem`).
  var next: ContrastiveStep?
  /// The context has no place to try a token.
  var isContextFull: Bool
  /// What greedy decoding puts behind the same text, as many tokens; nothing in a recording.
  var greedySteps: [GenerationStep]
  /// Greedy decoding goes on beside it.
  var hasGreedy = true
  /// The reason for a missing step, as a sentence; nil where it was interrupted.
  var problem: String?

  var depth: Int { steps.count }
  /// The text up to the cursor.
  var textIDs: [Int] { promptIDs + steps.map(\.id) }

  /// How often a text repeats.
  func summary(_ steps: [GenerationStep]) -> LoopSummary {
    LoopSummary(promptIDs + steps.map(\.id), promptCount: promptIDs.count)
  }
}

/// The contrastive search of the engine.
struct ContrastiveEngine {
  private typealias Search = (run: ContrastiveRun, greedy: GenerationSession)

  private var run: ContrastiveRun?
  private var greedy: GenerationSession?
  /// The search that was closed last, which the same settings behind the same text open again.
  private var closed: Search?
  private var recording: ContrastiveRecording?
  private var problem: String?

  /// No search is open.
  init() {}

  /// A recorded search; it is replayed, and never closed.
  init(replaying recording: ContrastiveRecording) { self.recording = recording }

  /// Moves through the recorded search; what needs a model changes nothing.
  mutating func replay(_ request: ContrastiveRequest) { recording?.perform(request) }

  /// nil where no search is open.
  var snapshot: ContrastiveSnapshot? {
    if let recording { return recording.snapshot }
    guard let run, let greedy else { return nil }
    return ContrastiveSnapshot(
      promptIDs: run.promptIDs, settings: run.settings, steps: run.steps, places: run.choices.map(\.place),
      next: run.nextMade, isContextFull: run.isContextFull,
      greedySteps: Array(greedy.lineSteps.prefix(run.depth)), problem: problem)
  }

  /// Carries out a request, and decides the step that stands next then. What was interrupted is no error.
  ///
  /// - Parameter session: the lane's session.
  /// - Throws: why no search was opened. A step that fails is the snapshot's `problem`.
  mutating func perform(
    _ request: ContrastiveRequest, on session: GenerationSession?, _ card: ModelCard,
    unless isInterrupted: () -> Bool
  ) throws {
    problem = nil
    do {
      try carryOut(request, on: session, card, unless: isInterrupted)
      guard let run, let greedy else { return }
      if !run.isContextFull { _ = try run.nextStep(unless: isInterrupted) }
      while greedy.lineSteps.count < run.depth { try greedy.advance() }
    } catch PredictorError.cancelled {
    } catch {
      guard run != nil else { throw error }
      problem = "\(error)"
    }
  }

  private mutating func carryOut(
    _ request: ContrastiveRequest, on session: GenerationSession?, _ card: ModelCard,
    unless isInterrupted: () -> Bool
  ) throws {
    switch request {
    case .open(let settings, _):
      guard let session else { return }
      try open(settings, behind: session, card)
    case .set(let count, let alpha): try run?.set(candidateCount: count, alpha: alpha)
    case .advance:
      guard let run, run.nextMade != nil || !run.isContextFull else { return }
      try run.advance(unless: isInterrupted)
    case .back: run?.back()
    case .jump(let depth): run?.jump(toDepth: depth)
    case .take:
      guard let session, let run, session.textIDs == run.promptIDs else { return }
      for step in run.steps { try session.force(step.id, step.contrast) }
      close()
    case .close:
      let search: Search? = run.flatMap { run in greedy.map { (run: run, greedy: $0) } }
      close()
      closed = search
    }
  }

  private mutating func open(
    _ settings: ContrastiveSettings, behind session: GenerationSession, _ card: ModelCard
  ) throws {
    let (predictor, ids) = (session.predictor, session.textIDs)
    if let closed, closed.run.promptIDs == ids, closed.run.settings == settings {
      (run, greedy, self.closed) = (closed.run, closed.greedy, nil)
      return
    }
    close()
    // What is tried is read.
    guard ids.count < predictor.profile.contextLength || !(predictor is any HiddenStateSource) else {
      throw SessionError.contextFull(
        limit: predictor.profile.contextLength, longest: predictor.profile.longestContext)
    }
    let opened = try ContrastiveRun(predictor, card.tokenizer, promptIDs: ids, settings: settings)
    greedy = try GenerationSession(
      predictor: predictor, tokenizer: card.tokenizer, promptIDs: ids, settings: settings.shown, seed: 0)
    run = opened
  }

  private mutating func close() { (run, greedy, closed) = (nil, nil, nil) }
}
