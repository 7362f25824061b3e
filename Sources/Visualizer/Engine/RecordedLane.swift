import LMCore

/// A lane that replays a trace: the same keys give the same pictures as the recorded session.
struct RecordedLane: Lane {
  /// All other abilities need a model.
  static func abilities(of traces: [Trace]) -> Set<LaneAbility> {
    traces.count > 1 ? [.otherLane] : traces[0].contrastive == nil ? [] : [.contrastive]
  }

  let abilities: Set<LaneAbility>
  private let trace: Trace
  private let steps: [GenerationStep]
  private(set) var depth = 0
  /// The number of steps shown so far. Later ones are hidden, as in a session, where they do not exist yet.
  private var shown = 0

  init(_ trace: Trace, abilities: Set<LaneAbility>) {
    (self.trace, self.abilities) = (trace, abilities)
    steps = trace.steps.map(\.step)
  }

  var session: GenerationSession? { nil }

  mutating func advance() throws {
    guard depth < steps.count else { throw LaneError.traceEnded }
    depth += 1
    shown = max(shown, depth)
  }

  /// Appends the recorded token; refuses any other one.
  mutating func force(_ id: Int) throws {
    guard depth == steps.count || steps[depth].id == id else { throw LaneError.lacks(.otherToken) }
    try advance()
  }

  mutating func back() { depth = max(depth - 1, 0) }

  mutating func jump(toDepth target: Int) {
    // From the last shown step, End goes to the end of the trace; from an earlier one, to the last shown step.
    depth = min(max(target, 0), depth == shown ? steps.count : shown)
    shown = max(shown, depth)
  }

  var snapshot: LaneSnapshot {
    let recording = trace.decision(atDepth: depth)
    let last = trace.steps[..<depth].last?.decision
    let decision = recording.map {
      Decision($0, vocabularySize: trace.start.model.vocabularySize)
    }
    return LaneSnapshot(
      abilities: abilities, promptIDs: trace.start.tokens.map(\.id), steps: Array(steps[..<shown]),
      depth: depth,
      settings: recording?.settings ?? last?.settings ?? trace.start.settings,
      draw: recording?.draw ?? last?.draw ?? Draw(seed: trace.start.seed, redraws: 0, u: 0),
      decision: decision, problem: decision == nil ? problem : nil, branchCount: 1,
      following: trace.start.following,
      followedCount: zip(steps[..<shown], trace.start.following).prefix { $0.id == $1 }.count)
  }

  private var problem: String {
    trace.end?.reason == .context
      ? "\(SessionError.contextFull(limit: trace.start.model.contextLength))"
      : "\(LaneError.traceEnded)"
  }
}

extension ModelCard {
  /// The model of traces, as the first one recorded it.
  init(of traces: [Trace]) {
    self.init(traces[0].start.model, tokenizer: nil)
    profile.endOfText = traces.compactMap { $0.end?.reason == .eos ? $0.steps.last?.token.id : nil }
    if traces.allSatisfy(\.start.hasVocabulary) {
      recordedBytes = Dictionary(traces.flatMap(Self.bytes)) { first, _ in first }
    }
  }

  private static func bytes(in trace: Trace) -> [(Int, [UInt8])] {
    let decisions = trace.steps.map(\.decision) + (trace.end?.next.map { [$0] } ?? [])
    let tokens = trace.start.tokens + trace.steps.map(\.token) + decisions.flatMap { $0.rows.map(\.token) }
    let tried = trace.steps.flatMap { $0.contrast?.tokens ?? [] }.filter { $0.text != nil }
    return (tokens + tried).map { ($0.id, $0.shownBytes) }
  }
}
