import LMCore

/// Carries out commands on the lanes; runs on the engine's thread only.
struct EngineWorker {
  private let looksAhead: Bool
  private let post: @Sendable (EngineEvent) -> Void
  private let saver: SessionSaver?
  private var predictor: (any Predictor)?
  private var card: ModelCard?
  private var tokenizer: (any Tokenizer)? { card?.tokenizer }
  /// The prompt of the sessions.
  private var prompt = Prompt.ids([])
  private var lanes: [any Lane] = []
  private var sessions: [GenerationSession] { lanes.compactMap(\.session) }
  /// The sessions from before the comparison, while two texts are compared; else empty.
  private var setAside: [GenerationSession] = []
  /// The trace that is replayed; nil with a model.
  private var trace: Trace?

  init(looksAhead: Bool, saver: SessionSaver? = nil, post: @escaping @Sendable (EngineEvent) -> Void) {
    self.looksAhead = looksAhead
    self.saver = saver
    self.post = post
  }

  mutating func load(_ loader: GenerationEngine.Loader) {
    do {
      let loaded = try loader { [post] share in post(.loading(share)) }
      predictor = loaded.predictor
      card = loaded.card
      post(.loaded(loaded.card))
      for note in loaded.notes { post(.warning(note)) }
    } catch {
      post(.failed("\(error)"))
    }
  }

  mutating func open(_ trace: Trace) {
    self.trace = trace
    post(.loaded(ModelCard(of: trace)))
  }

  mutating func handle(_ command: EngineCommand, request: Int) {
    var problem: String?
    do {
      problem = try perform(command).map { "\($0)" }
    } catch {
      problem = "\(error)"
    }
    var snapshots = lanes.map(\.snapshot)
    if let lane = command.laneOfBranches, let session = session(lane) {
      snapshots[lane].branches = session.branches
    }
    post(.answered(request: request, lanes: snapshots, problem: problem))
    save()
  }

  func lookAhead(unless isCancelled: () -> Bool) {
    guard looksAhead else { return }
    for session in sessions { session.prepareNextStep(unless: isCancelled) }
  }

  /// Returns the error of a lane that did not advance while the others did.
  private mutating func perform(_ command: EngineCommand) throws -> (any Error)? {
    if let need = command.needs, lanes.contains(where: { !$0.abilities.contains(need) }) {
      throw LaneError.lacks(need)
    }
    switch command {
    case .start(let prompt, let settings, let seed): return try start(prompt, settings, seed)
    case .resume(let saved): return try resume(saved)
    case .advance(let chosen): return advance(chosen)
    case .force(let id, let lane): if lanes.indices.contains(lane) { try lanes[lane].force(id) }
    case .back(let chosen): for lane in indices(chosen) { lanes[lane].back() }
    case .jump(let depth, let chosen): for lane in indices(chosen) { lanes[lane].jump(toDepth: depth) }
    case .setSettings(let settings, let lane): try session(lane)?.setSettings(settings)
    case .setSeed(let seed): for session in sessions { session.setSeed(seed) }
    case .redraw(let lane): session(lane)?.redraw()
    case .compare(let settings): try compare(settings)
    case .endComparison(let lane):
      lanes =
        setAside.isEmpty
        ? [lanes[lanes.indices.contains(lane) ? lane : 0]] : setAside.map { SessionLane($0) }
      setAside = []
    case .synchronize(let lane): try session(lane).map(synchronize)
    case .listBranches: break
    case .goTo(let branch, let lane): session(lane)?.goTo(branch: branch)
    case .renameBranch(let branch, let name, let lane): session(lane)?.rename(branch: branch, to: name)
    case .deleteBranch(let branch, let lane):
      guard session(lane)?.delete(branch: branch) != false else { throw EngineError.branchInUse }
    case .writeTrace(let path, let lane): try session(lane).map { try writeTrace(of: $0, to: path) }
    }
    return nil
  }

  /// Returns a `TextCut` where the followed text is longer than the context.
  private mutating func start(
    _ prompt: Prompt, _ settings: [SamplingSettings], _ seed: UInt64
  ) throws -> (any Error)? {
    if let trace { lanes = [RecordedLane(trace)] }
    guard let predictor, let card else { return nil }
    var (ids, following, problem): ([Int], [Int], (any Error)?) = ([], [], nil)
    switch prompt {
    case .ids, .text: ids = try card.promptReader.ids(of: prompt)
    case .human:
      let whole = try FollowedText(
        ids: card.promptReader.textIDs(of: prompt), contextLength: predictor.profile.contextLength,
        bytes: card.bytes)
      (ids, following) = (whole.promptIDs, whole.following)
      if whole.omittedCount > 0 {
        problem = TextCut(omitted: whole.omittedCount, contextLength: predictor.profile.contextLength)
      }
    }
    lanes = try settings.enumerated().map { lane, settings in
      SessionLane(
        try GenerationSession(
          predictor: predictor, promptIDs: ids, following: lane == 0 ? following : [], settings: settings,
          seed: seed))
    }
    setAside = []
    self.prompt = prompt
    return problem
  }

  private func save() {
    guard let saver, let session = sessions.first else { return }
    let lanes = (sessions.map(SavedLane.init), setAside.map(SavedLane.init))
    let text: String? =
      switch prompt {
      case .text(let text), .human(let text): text
      case .ids: nil
      }
    saver.note(
      SavedSession(
        model: saver.model, precision: saver.precision, prompt: text, promptIDs: session.promptIDs,
        following: session.following,
        lanes: lanes.0, setAside: lanes.1)
    ) { [post] in post(.warning($0)) }
  }

  private mutating func resume(_ saved: SavedSession) throws -> (any Error)? {
    guard let predictor else { return nil }
    func restored(_ lanes: [SavedLane]) throws -> [GenerationSession] {
      try lanes.enumerated().map { index, lane in
        try GenerationSession(
          predictor: predictor, promptIDs: saved.promptIDs, following: index == 0 ? saved.following : [],
          restoring: lane)
      }
    }
    do {
      let (sessions, others) = (try restored(saved.lanes), try restored(saved.setAside))
      (lanes, setAside) = (sessions.map { SessionLane($0) }, others)
    } catch {
      guard let path = saver?.crash?.path else { throw error }
      throw EngineError.foreignSession(path: path, reason: "\(error)")
    }
    prompt = Prompt(saved)
    saver?.takeUpCrash()
    let isSame = zip(sessions, saved.lanes).allSatisfy { session, lane in
      session.lineSteps.map(SavedStep.init) == lane.steps
    }
    return isSame ? nil : EngineError.otherModel
  }

  private func writeTrace(of session: GenerationSession, to path: String) throws {
    guard let card else { return }
    let trace = try session.trace(
      of: card.profile, promptBytes: prompt.bytes(readAs: session.promptIDs, tokenizer),
      tokenizer: tokenizer, endsText: card.endOfText.contains)
    do throws(TraceFileError) {
      try TraceFile.create(path, with: trace)
      post(.wroteTrace(.written(path: path, steps: trace.steps.count)))
    } catch .exists(let path) {
      post(.wroteTrace(.taken(path: path, free: TraceFile.freeName(like: path))))
    }
  }

  /// Advances lanes, sessions in one batch. Returns the error of the first lane that failed.
  private mutating func advance(_ chosen: EngineCommand.Lanes) -> (any Error)? {
    let chosen = indices(chosen)
    var errors = Lockstep.advance(chosen.compactMap { lanes[$0].session }).compactMap { $0 }
    for lane in chosen where lanes[lane].session == nil {
      do { try lanes[lane].advance() } catch { errors.append(error) }
    }
    return errors.first
  }

  /// The chosen lanes, without those that were closed since the command was sent.
  private func indices(_ chosen: EngineCommand.Lanes) -> [Int] {
    switch chosen {
    case .all: Array(lanes.indices)
    case .only(let lane): lanes.indices.contains(lane) ? [lane] : []
    }
  }

  /// The session of a lane; nil for a recording, or for a lane that was closed since the command was sent.
  private func session(_ lane: Int) -> GenerationSession? {
    lanes.indices.contains(lane) ? lanes[lane].session : nil
  }

  // MARK: Comparing

  private mutating func compare(_ settings: [SamplingSettings]) throws {
    guard let predictor, let session = sessions.first else { return }
    // Only the first lane follows the text.
    let compared = try settings.enumerated().map { lane, settings in
      try GenerationSession(
        predictor: predictor, promptIDs: session.promptIDs, following: lane == 0 ? session.following : [],
        settings: settings, seed: session.draw.seed)
    }
    setAside = sessions
    lanes = compared.map { SessionLane($0) }
  }

  private func synchronize(with leader: GenerationSession) throws {
    for session in sessions where session !== leader {
      session.jump(toDepth: leader.depth)
      while session.depth < leader.depth { try session.advance() }
    }
  }
}

/// A followed text that is longer than the model's context: reported, but not a failure.
private struct TextCut: Error, CustomStringConvertible {
  let omitted: Int
  let contextLength: Int

  var description: String {
    "the text is cut: its last \(NumberFormat.grouped(omitted)) tokens lie beyond the context of \(NumberFormat.grouped(contextLength))"
  }
}
