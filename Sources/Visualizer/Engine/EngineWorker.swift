import LMCore

/// Carries out commands on the lanes; runs on the engine's thread only.
struct EngineWorker {
  private let looksAhead: Bool
  private let post: @Sendable (EngineEvent) -> Void
  private let saver: SessionSaver?
  /// Whether the user waits no longer for what a server is asked.
  private let isInterrupted: @Sendable () -> Bool
  private var predictor: (any Predictor)?
  /// The model of the second text; nil where both are of one.
  private var other: (any Predictor)?
  private var card: ModelCard?
  private var tokenizer: (any Tokenizer)? { card?.tokenizer }
  /// The prompt of the sessions.
  private var prompt = Prompt.ids([])
  private var lanes: [any Lane] = []
  private var sessions: [GenerationSession] { lanes.compactMap(\.session) }
  private var shelf = TextShelf()
  private var beams = BeamEngine()
  private var contrastive = ContrastiveEngine()
  /// The recorded texts that are replayed, one a lane; empty with a model.
  private var traces: [Trace] = []

  init(
    looksAhead: Bool, saver: SessionSaver? = nil,
    isInterrupted: @escaping @Sendable () -> Bool = { false },
    post: @escaping @Sendable (EngineEvent) -> Void
  ) {
    self.looksAhead = looksAhead
    self.saver = saver
    self.isInterrupted = isInterrupted
    self.post = post
  }

  mutating func load(_ loader: GenerationEngine.Loader) {
    do {
      let loaded = try loader { [post] share in post(.loading(share)) }
      try check(loaded.other, beside: loaded.predictor)
      (predictor, other) = (loaded.predictor, loaded.other)
      for case let served as ServedPredictor in [predictor, other] { served.isInterrupted = isInterrupted }
      var card = loaded.card
      card.mostRanks = (loaded.predictor as? ServedPredictor)?.mostRanks
      self.card = card
      post(.loaded(card))
      for note in loaded.notes { post(.warning(note)) }
    } catch {
      post(.failed("\(error)"))
    }
  }

  /// Throws where another model has other tokens.
  private func check(_ other: (any Predictor)?, beside predictor: any Predictor) throws(EngineError) {
    guard let other = other?.profile, case let first = predictor.profile,
      other.vocabularySize != first.vocabularySize
    else { return }
    throw .otherVocabulary(other.name, other.vocabularySize, than: first.name, first.vocabularySize)
  }

  /// What a lane's model is called, where there are two.
  private func modelName(of session: GenerationSession) -> String? {
    guard other != nil else { return nil }
    let profile = session.predictor.profile
    return profile.source == .server ? "\(profile.name) (server)" : profile.name
  }

  mutating func open(_ traces: [Trace]) {
    self.traces = traces
    if traces.count == 1, let recording = ContrastiveRecording(traces[0]) {
      contrastive = ContrastiveEngine(replaying: recording)
    }
    post(.loaded(ModelCard(of: traces)))
  }

  mutating func open(_ trace: BeamTrace) {
    (traces, beams) = ([trace.startingText], BeamEngine(replaying: trace))
    post(.loaded(ModelCard(of: trace)))
  }

  /// - Parameter isInterrupted: once it is true, a step that waits for a server is given up, and one of a search.
  mutating func handle(
    _ command: EngineCommand, request: Int, unless isInterrupted: () -> Bool = { false }
  ) {
    var failure: (any Error)?
    do {
      failure = try perform(command, unless: isInterrupted)
    } catch {
      failure = error
    }
    // Without a lane there is no screen whose keys could help.
    let problem = failure.map { lanes.isEmpty ? "\($0)" : KeyAdvice.sentence(for: $0) }
    var snapshots = lanes.map(\.snapshot)
    for (lane, session) in lanes.map(\.session).enumerated() {
      snapshots[lane].modelName = session.flatMap(modelName)
    }
    if let lane = command.laneOfBranches, let session = session(lane) {
      snapshots[lane].branches = session.branches
      snapshots[lane].otherTexts = shelf.written
    }
    post(.answered(request: request, lanes: snapshots, problem: problem))
    save()
  }

  func lookAhead(unless isCancelled: () -> Bool) {
    guard looksAhead else { return }
    for session in sessions { session.prepareNextStep(unless: isCancelled) }
  }

  /// Returns the error of a lane that did not advance while the others did.
  private mutating func perform(
    _ command: EngineCommand, unless isInterrupted: () -> Bool
  ) throws -> (any Error)? {
    if let need = command.needs, lanes.contains(where: { !$0.abilities.contains(need) }) {
      throw LaneError.lacks(need)
    }
    switch command {
    case .start(let prompt, let settings, let seed): return try start(prompt, settings, seed)
    case .resume(let kept): return try resume(kept)
    case .advance(let chosen): return advance(chosen, unless: isInterrupted)
    case .force(let id, let lane): if lanes.indices.contains(lane) { try lanes[lane].force(id) }
    case .back(let chosen): for lane in indices(chosen) { lanes[lane].back() }
    case .jump(let depth, let chosen): for lane in indices(chosen) { lanes[lane].jump(toDepth: depth) }
    case .setSettings(let settings, let lane): try session(lane)?.setSettings(settings)
    case .showStage(let count, let lane):
      if let session = session(lane) { lanes[lane] = SessionLane(session, shownSteps: count) }
    case .setSeed(let seed): for session in sessions { session.setSeed(seed) }
    case .redraw(let lane): session(lane)?.redraw()
    case .compare(let settings, let first): try compare(with: settings, first: first)
    case .endComparison(let lane): endComparison(keeping: lanes.indices.contains(lane) ? lane : 0)
    case .synchronize(let lane): try synchronize(with: lane)
    case .tellMore(let lane): _ = try session(lane)?.tellMore(to: nil)
    case .listBranches: break
    case .goTo(let branch, let lane): goTo(branch, lane)
    case .renameBranch(let branch, let name, let lane): rename(branch, to: name, lane)
    case .deleteBranch(let branch, let lane): try delete(branch, lane)
    case .beams(let request): try search(request, unless: isInterrupted)
    case .contrastive(let request): try search(request, unless: isInterrupted)
    case .writeTrace(let path): try writeTrace(to: path)
    case .writeBeams(let path): try writeBeams(to: path)
    }
    return nil
  }

  /// Returns what must be said of the text to follow: see `FollowedTextNote`.
  private mutating func start(
    _ prompt: Prompt, _ settings: [SamplingSettings], _ seed: UInt64
  ) throws -> (any Error)? {
    if !traces.isEmpty {
      let abilities = beams.isReplay ? [.beams] : RecordedLane.abilities(of: traces)
      lanes = traces.map { RecordedLane($0, abilities: abilities) }
    }
    guard let predictor, let card else { return nil }
    var (ids, following, problem): ([Int], [Int], (any Error)?) = ([], [], nil)
    switch prompt {
    case .ids, .text, .marked, .chat: ids = try card.promptReader.ids(of: prompt)
    case .human:
      let whole = try FollowedText(
        ids: card.promptReader.textIDs(of: prompt), begin: card.promptReader.begin,
        contextLength: predictor.profile.contextLength)
      (ids, following) = (whole.promptIDs, whole.following)
      problem = FollowedTextNote(
        beginning: card.promptReader.begin, of: card, omitted: whole.omittedCount,
        contextLength: predictor.profile.contextLength)
    }
    let started = try settings.enumerated().map { lane, settings in
      try GenerationSession(
        predictor: lane == 1 ? other ?? predictor : predictor, tokenizer: tokenizer, promptIDs: ids,
        following: lane == 0 ? following : [],
        settings: settings, seed: seed)
    }
    show(started, prompt: prompt)
    return problem
  }

  private func save() {
    guard let saver, let session = sessions.first else { return }
    let reading: SavedSession.Reading =
      switch prompt {
      case .text, .human, .ids: .text
      case .marked: .marked
      case .chat(let message): .chat(system: message.system)
      }
    var saved = SavedSession(
      model: saver.model, precision: saver.precision, prompt: prompt.written, reading: reading,
      promptIDs: session.promptIDs, following: session.following, lanes: sessions.map(SavedLane.init),
      search: beams.saved)
    if let served = session.predictor as? ServedPredictor {
      saved.server = served.saved(promptIDs: saved.promptIDs, lanes: saved.lanes)
    }
    saver.note(saved) { [post] in post(.warning($0)) }
  }

  private mutating func resume(_ kept: KeptSession) throws -> (any Error)? {
    guard let predictor else { return nil }
    let saved = kept.session
    (predictor as? ServedPredictor)?.remember(saved)
    func restored(_ lanes: [SavedLane]) throws -> [GenerationSession] {
      try lanes.enumerated().map { index, lane in
        let read = zip(lane.steps, saved.following).prefix { $0.isForced && $0.id == $1 }.count
        return try GenerationSession(
          predictor: predictor, tokenizer: tokenizer, promptIDs: saved.promptIDs,
          following: index == 0 ? saved.following : Array(saved.following.prefix(read)), restoring: lane)
      }
    }
    do {
      let (sessions, others) = (try restored(saved.lanes), try restored(saved.setAside))
      saver?.takeUp(kept)
      show(sessions, prompt: Prompt(saved))
      for session in others { shelf.add(session, prompt: prompt) }
    } catch {
      throw EngineError.foreignSession(path: kept.path, reason: "\(error)")
    }
    let isSame = zip(sessions, saved.lanes).allSatisfy { session, lane in
      session.lineSteps.map(SavedStep.init) == lane.steps
    }
    return isSame ? nil : EngineError.otherModel
  }

  private mutating func search(_ request: BeamRequest, unless isInterrupted: () -> Bool) throws {
    defer { post(.beams(beams.snapshot)) }
    guard let predictor, let card else { return beams.replay(request) }
    let lane: Int? =
      switch request {
      case .open(_, let lane), .take(_, let lane): lane
      case .advance, .back, .jump, .goOn, .close, .compare, .endComparison: nil
      }
    let session = lane.flatMap(session)
    let text = session.flatMap(writtenText)
    try beams.perform(request, on: session, text, predictor, card, unless: isInterrupted)
  }

  /// The text of a session up to its cursor as it was written; nil without a vocabulary.
  private func writtenText(of session: GenerationSession) -> [UInt8]? {
    guard let tokenizer, let bytes = prompt.bytes(readAs: session.promptIDs, tokenizer) else { return nil }
    return bytes + session.steps.flatMap { tokenizer.bytes(of: $0.id) ?? [] }
  }

  private func writeBeams(to path: String) throws {
    guard let card, let trace = beams.trace(of: card.profile, tokenizer) else { return }
    try write(.beams(trace), to: path, steps: [trace.steps.count])
  }

  private mutating func search(_ request: ContrastiveRequest, unless isInterrupted: () -> Bool) throws {
    defer { post(.contrastive(contrastive.snapshot)) }
    guard let card else { return contrastive.replay(request) }
    let lane: Int? =
      switch request {
      case .open(_, let lane), .take(let lane): lane
      case .set, .advance, .back, .jump, .close: nil
      }
    try contrastive.perform(request, on: lane.flatMap(session), card, unless: isInterrupted)
  }

  private func writeTrace(to path: String) throws {
    guard let card else { return }
    guard other == nil || sessions.count == 1 && sessions[0].predictor === predictor else {
      throw EngineError.traceOfTwoModels
    }
    let traces = try sessions.map { session in
      try session.trace(
        of: card.profile, promptBytes: prompt.bytes(readAs: session.promptIDs, tokenizer),
        tokenizer: tokenizer, endsText: card.endOfText.contains)
    }
    try write(.texts(traces), to: path, steps: traces.map(\.steps.count))
  }

  private func write(_ content: TraceContent, to path: String, steps: [Int]) throws {
    do throws(TraceFileError) {
      try TraceFile.create(path, with: content)
    } catch {
      guard case .exists(let path) = error else { throw error }
      post(.wroteTrace(.taken(path: path, free: TraceFile.freeName(like: path))))
      return
    }
    post(.wroteTrace(.written(path: path, steps: steps)))
  }

  /// Advances lanes, sessions in one batch. Returns the error of the first lane that failed.
  private mutating func advance(
    _ chosen: EngineCommand.Lanes, unless isInterrupted: () -> Bool
  ) -> (any Error)? {
    let chosen = indices(chosen)
    var errors = Lockstep.advance(chosen.compactMap { lanes[$0].session }, unless: isInterrupted)
      .compactMap { $0 }
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
    case .behind(let lane):
      lanes.indices.filter { lanes.indices.contains(lane) && lanes[$0].depth < lanes[lane].depth }
    }
  }

  /// The session of a lane; nil for a recording, or for a lane that was closed since the command was sent.
  private func session(_ lane: Int) -> GenerationSession? {
    lanes.indices.contains(lane) ? lanes[lane].session : nil
  }

  // MARK: Comparing

  private mutating func compare(with settings: SamplingSettings, first: Bool) throws {
    guard let predictor, lanes.count == 1, let session = sessions.first else { return }
    // The other lane follows a text as far as it was read: there the model goes on by itself.
    let read = session.following.prefix(min(session.depth, session.followedCount))
    let beside = session.predictor === predictor ? other ?? predictor : predictor
    let second = try GenerationSession(
      predictor: beside, tokenizer: tokenizer, promptIDs: session.promptIDs, following: Array(read),
      settings: settings, seed: session.draw.seed)
    lanes.insert(SessionLane(second), at: first ? 0 : 1)
  }

  private mutating func endComparison(keeping lane: Int) {
    for (index, session) in sessions.enumerated() where index != lane { shelf.add(session, prompt: prompt) }
    lanes = [lanes[lane]]
  }

  // MARK: Other texts

  /// Shows these texts. Those on screen go to the shelf.
  private mutating func show(_ shown: [GenerationSession], prompt: Prompt) {
    for session in sessions { shelf.add(session, prompt: self.prompt) }
    lanes = shown.map { SessionLane($0) }
    self.prompt = prompt
  }

  private mutating func goTo(_ branch: BranchID, _ lane: Int) {
    guard let number = branch.text else {
      session(lane)?.goTo(branch: branch.end)
      return
    }
    guard let text = shelf.take(number) else { return }
    text.session.goTo(branch: branch.end)
    show([text.session], prompt: text.prompt)
  }

  private func rename(_ branch: BranchID, to name: String?, _ lane: Int) {
    guard branch.text == nil else { return shelf.rename(branch, to: name) }
    session(lane)?.rename(branch: branch.end, to: name)
  }

  private mutating func delete(_ branch: BranchID, _ lane: Int) throws {
    guard branch.text == nil else { return shelf.delete(branch) }
    guard session(lane)?.delete(branch: branch.end) != false else { throw EngineError.branchInUse }
  }

  private mutating func synchronize(with leader: Int) throws {
    guard lanes.indices.contains(leader) else { return }
    let depth = lanes[leader].depth
    for lane in lanes.indices where lane != leader {
      lanes[lane].jump(toDepth: depth)
      while lanes[lane].depth < depth { try lanes[lane].advance() }
    }
  }
}

/// What a followed text lacks: reported, but not a failure.
private struct FollowedTextNote: Error, CustomStringConvertible {
  let description: String

  /// nil where nothing must be said.
  init?(beginning: Int?, of card: ModelCard, omitted: Int, contextLength: Int) {
    let sentences = [
      beginning.map { Self.note(of: $0, card) }
        ?? (card.source == .server
          ? "the text's first token has no probability: the server names no token that begins a text"
          : "the text's first token has no probability: this model has no token that begins a text"),
      omitted == 0
        ? nil
        : "the text is cut: its last \(NumberFormat.grouped(omitted)) tokens lie beyond the context of \(NumberFormat.grouped(contextLength))",
    ].compactMap(\.self)
    guard !sentences.isEmpty else { return nil }
    description = sentences.joined(separator: "; ")
  }

  /// Of a token that the model's files name, but put before no text themselves: the model may have met it elsewhere only.
  private static func note(of beginning: Int, _ card: ModelCard) -> String? {
    guard !card.endOfText.contains(beginning), let first = try? card.tokenizer?.encode(""),
      first.first != beginning
    else { return nil }
    let token = String(decoding: card.bytes(of: beginning), as: UTF8.self)
    return
      "\(ForeignText.line(token)) stands before the text, since this model's files name it to begin texts: the first token may seem unlikely behind it"
  }
}
