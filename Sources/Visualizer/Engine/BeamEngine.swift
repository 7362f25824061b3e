import LMCore

/// The beam search of the engine: one that a model makes, or a recorded one.
struct BeamEngine {
  /// The most tokens that the screen searches behind a text.
  static let longest = 200

  private var run: BeamRun?
  /// The prompt of the search as it was written; nil without a vocabulary.
  private var promptBytes: [UInt8]?
  /// The lane whose text it continues.
  private var lane = 0
  private var rivals: BeamRivals?
  /// The search that was closed last, which the same settings behind the same text open again.
  private var closed: BeamRun?
  private var recording: BeamRecording?
  private var problem: String?

  /// No search is open.
  init() {}

  /// A recorded search; it is replayed, and never closed.
  init(replaying trace: BeamTrace) { recording = BeamRecording(trace) }

  /// The search is a recorded one.
  var isReplay: Bool { recording != nil }

  /// nil where no search is open.
  var snapshot: BeamSnapshot? {
    if let recording { return recording.snapshot }
    return run.map { BeamSnapshot(of: $0, problem: problem, rivals: rivals?.snapshots) }
  }

  /// What a saved session keeps of it.
  var saved: SavedSearch? { run.map { SavedSearch($0.search.settings, depth: $0.depth, lane: lane) } }

  /// Moves through the recorded search; what needs a model changes nothing.
  mutating func replay(_ request: BeamRequest) { recording?.perform(request) }

  /// Carries out a request, and makes the step that stands next then. What was interrupted is no error.
  ///
  /// - Parameters:
  ///   - session: the lane's session.
  ///   - promptBytes: its text as it was written; nil without a vocabulary.
  /// - Throws: why no search was opened. A step that fails is the snapshot's `problem`.
  mutating func perform(
    _ request: BeamRequest, on session: GenerationSession?, _ promptBytes: [UInt8]?,
    _ predictor: any Predictor, _ card: ModelCard, unless isInterrupted: () -> Bool
  ) throws {
    problem = nil
    do {
      if case .open = request { self.promptBytes = promptBytes }
      try carryOut(request, on: session, predictor, card, unless: isInterrupted)
      if let run { rivals?.follow(to: run.depth, unless: isInterrupted) }
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
    case .open(let settings, let lane):
      guard let session else { return }
      self.lane = lane
      try open(settings, behind: session.textIDs, predictor, card, unless: isInterrupted)
    case .advance: try run?.advance(unless: isInterrupted)
    case .back: run?.back()
    case .jump(let depth): run?.jump(toDepth: depth)
    case .goOn(let depth):
      while let run, run.depth < depth, try run.advance(unless: isInterrupted) != nil {}
    case .take(let place, _):
      guard let session, let run else { return }
      let texts = run.search.texts
      guard texts.indices.contains(place), session.textIDs == run.promptIDs else { return }
      for id in texts[place].ids where !session.isContextFull { try session.force(id) }
      close()
    case .close:
      let search = run
      close()
      closed = search
    case .compare(let settings, let seed):
      guard let run else { return }
      rivals = try BeamRivals(
        predictor, card.tokenizer, promptIDs: run.promptIDs, settings: settings, seed: seed,
        endOfText: run.search.endOfText)
    case .endComparison: rivals = nil
    }
  }

  private mutating func close() { (run, rivals, promptBytes, closed) = (nil, nil, nil, nil) }

  private mutating func open(
    _ settings: BeamSettings, behind ids: [Int], _ predictor: any Predictor, _ card: ModelCard,
    unless isInterrupted: () -> Bool
  ) throws {
    if run == nil, let closed, closed.promptIDs == ids, closed.search.settings == settings {
      (run, self.closed) = (closed, nil)
      return
    }
    closed = nil
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
    if old == nil { rivals = nil }
    run = opened
  }

  /// All steps that were made, as a trace; nil where no model searches.
  func trace(of model: ModelProfile, _ tokenizer: (any Tokenizer)?) -> BeamTrace? {
    run?.trace(of: model, promptBytes: promptBytes, tokenizer: tokenizer)
  }
}
