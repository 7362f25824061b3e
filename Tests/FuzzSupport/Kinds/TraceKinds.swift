import LMCore

extension FuzzKind {
  /// A trace: what was read gives the same trace when it is written and read again.
  static let trace = FuzzKind(
    "trace", .jsonLines,
    // The second claims the largest vocabulary that is read, and holds three rows a step.
    seeds: ["story", "vast"].map { SeedFiles.read("Tests/FuzzSupport/Seeds/\($0).jsonl") }
  ) {
    input, _ in
    var trace = try Trace(parsing: input)
    // What was cut off is not written again.
    trace.cutLine = nil
    try require(
      try Trace(parsing: Array(trace.lines.utf8)) == trace, "a trace changes when it is written and read")
    for depth in 0...trace.steps.count + 1 {
      guard let recording = trace.decision(atDepth: depth) else { continue }
      let decision = Decision(recording, vocabularySize: trace.start.model.vocabularySize)
      try require(
        decision.distribution.knownRanks <= recording.rows.count, "a recording knows more than its rows")
    }
  }

  /// The trace of a beam search: the same holds, and it can be shown at every step.
  static let beamTrace = FuzzKind("beam-trace", .jsonLines, seeds: SavedSeeds.searches) { input, _ in
    guard case .beams(var trace) = try TraceContent(parsing: input) else { return }
    trace.cutLine = nil
    try require(
      try TraceContent(parsing: Array(trace.lines.utf8)) == .beams(trace),
      "a search changes when it is written and read")
    for depth in 0...trace.steps.count {
      let search = trace.search(atDepth: depth)
      try require(
        search.live.count <= search.settings.width && search.finished.count <= search.settings.width,
        "a search has more texts than beams")
      for step in trace.steps.prefix(depth).suffix(1) {
        try require(
          step.candidates.allSatisfy { step.parents.indices.contains($0.parent) },
          "a continuation has no beam")
      }
    }
  }

  /// A session that was saved for the case of a crash: one that is read is brought back, or refused in a sentence.
  static let savedSession = FuzzKind("saved-session", .jsonLines, seeds: [SavedSeeds.session]) { input, _ in
    let saved = try SavedSession(parsing: input)
    try require(
      (try? SavedSession(parsing: Array(saved.lines.utf8))) == saved,
      "a session changes when it is saved and read")
    let predictor = try SavedSeeds.predictor()
    for lane in saved.lanes.prefix(2) {
      let session = try GenerationSession(
        predictor: predictor, promptIDs: saved.promptIDs, following: saved.following, restoring: lane)
      try require(session.depth <= lane.steps.count, "a session has more steps than were saved")
    }
  }
}

private enum SavedSeeds {
  static func predictor() throws -> LocalPredictor {
    LocalPredictor(
      try Transformer.load(
        directory: SeedFiles.repository + "/Tests/LMCoreTests/Fixtures/Models/plain", threads: 1))
  }

  /// A search with ends, one in groups, and one that draws.
  static let searches: [[UInt8]] = [
    BeamSettings(width: 2), BeamSettings(width: 4, choice: .diverse),
    BeamSettings(width: 2, choice: .stochastic, seed: 3),
  ].map { settings in
    guard let predictor = try? predictor(),
      let run = try? BeamRun(
        predictor, promptIDs: [1, 2, 3], settings: settings, limit: 6, endOfText: Set(0..<20))
    else { return [] }
    while (try? run.advance()) != nil {}
    return Array(run.trace(of: predictor.profile, promptBytes: nil, tokenizer: nil).lines.utf8)
  }

  static let session: [UInt8] = {
    guard let predictor = try? predictor(),
      let session = try? GenerationSession(predictor: predictor, promptIDs: [1, 2, 3], seed: 7)
    else { return [] }
    for _ in 0..<3 { _ = try? session.advance() }
    session.redraw()
    _ = try? session.force(5)
    session.back()
    var saved = SavedSession(
      model: "plain", precision: .float32, prompt: nil, promptIDs: [1, 2, 3], following: [],
      lanes: [SavedLane(session)])
    saved.server = SavedServer(model: "plain", vocabularySize: 40, kind: .vLLM, name: "plain")
    let head =
      #"{"type":"head","lane":0,"depth":1,"ids":[3,1],"logprobs":[-0.5,-1.5],"rest_mass":[0.1,0.2]}"#
    return Array((saved.lines + head + "\n").utf8)
  }()
}
