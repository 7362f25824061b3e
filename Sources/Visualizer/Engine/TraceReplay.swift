import LMCore

/// Steps through a trace where a session would run the model: the same keys lead to the same frames.
struct TraceReplay: Sendable {
  private let trace: Trace
  private let steps: [GenerationStep]
  private var depth = 0
  /// How many steps were shown so far. Those behind them are not told of, as a session does not know them either.
  private var shown = 0

  init(_ trace: Trace) {
    self.trace = trace
    steps = trace.steps.map(\.step)
  }

  var card: ModelCard {
    let model = trace.start.model
    var card = ModelCard(
      name: model.name, parameterCount: model.parameterCount, dtype: model.dtype,
      vocabularySize: model.vocabularySize, contextLength: model.contextLength, tokenizer: nil)
    if trace.start.hasVocabulary { card.recordedBytes = recordedBytes }
    return card
  }

  private var recordedBytes: [Int: [UInt8]] {
    let decisions = trace.steps.map(\.decision) + (trace.end?.next.map { [$0] } ?? [])
    let tokens = trace.start.tokens + trace.steps.map(\.token) + decisions.flatMap { $0.rows.map(\.token) }
    return Dictionary(tokens.map { ($0.id, $0.bytes) }) { first, _ in first }
  }

  mutating func perform(_ command: EngineCommand) throws(TraceReplayError) {
    switch command {
    case .start: (depth, shown) = (0, 0)
    case .advance: try advance()
    case .force(let id, _):
      guard depth == steps.count || steps[depth].id == id else { throw .otherToken }
      try advance()
    case .back: depth = max(depth - 1, 0)
    case .jump(let target, _):
      // Where all that was shown is behind, the end is that of the trace.
      depth = min(max(target, 0), depth == shown ? steps.count : shown)
    case .listBranches: break
    case .setSettings, .setSeed, .redraw, .compare, .endComparison, .synchronize, .goTo, .renameBranch,
      .deleteBranch, .writeTrace, .resume:
      throw .needsModel
    }
    shown = max(shown, depth)
  }

  private mutating func advance() throws(TraceReplayError) {
    guard depth < steps.count else { throw .ended }
    depth += 1
  }

  var snapshot: LaneSnapshot {
    let recording = trace.decision(atDepth: depth)
    let last = trace.steps[..<depth].last?.decision
    let decision = recording.map {
      Decision($0, vocabularySize: trace.start.model.vocabularySize)
    }
    return LaneSnapshot(
      promptIDs: trace.start.tokens.map(\.id), steps: Array(steps[..<shown]), depth: depth,
      settings: recording?.settings ?? last?.settings ?? trace.start.settings,
      draw: recording?.draw ?? last?.draw ?? Draw(seed: trace.start.seed, redraws: 0, u: 0),
      decision: decision, problem: decision == nil ? problem : nil, branchCount: 1,
      following: trace.start.following,
      followedCount: zip(steps[..<shown], trace.start.following).prefix { $0.id == $1 }.count)
  }

  private var problem: String {
    trace.end?.reason == .context
      ? "\(SessionError.contextFull(limit: trace.start.model.contextLength))"
      : "\(TraceReplayError.ended)"
  }
}

/// What a replay cannot do.
enum TraceReplayError: Error, Equatable, Sendable, CustomStringConvertible {
  case ended
  case otherToken
  case needsModel

  var description: String {
    switch self {
    case .ended: "the trace ends here; Home goes back to its beginning"
    case .otherToken: "a replay has no model: another token than the recorded one cannot be appended"
    case .needsModel: "a replay has no model: it shows what was recorded, and this key needs one"
    }
  }
}
