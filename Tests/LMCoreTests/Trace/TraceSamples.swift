import LMCore
import ModelTestSupport
import Testing

/// Sessions worth recording.
enum TraceSamples {
  static let model = FakePredictor().profile

  /// Every kind of step: drawn, drawn again, forced, from another seed, with other settings, greedy.
  static func session(contextLength: Int = 64) throws -> GenerationSession {
    let session = try GenerationSession(
      predictor: FakePredictor(contextLength: contextLength), promptIDs: [3, 1, 4], seed: 42)
    try session.advance()
    session.redraw()
    session.redraw()
    try session.advance()
    var settings = SamplingSettings()
    settings.topP = 0.8
    settings.temperature = 0.7
    try session.setSettings(settings)
    try session.advance()
    // A token that the filters have removed.
    try session.force(Int(session.decision.distribution.ranking[30]))
    session.setSeed(.max)
    settings.order = .llamaCpp
    settings.temperature = .infinity
    settings.repetitionPenalty = 1.3
    try session.setSettings(settings)
    try session.advance()
    try session.setSettings(SamplingPreset.greedy.settings)
    try session.advance()
    try session.setSettings(SamplingSettings())
    return session
  }

  /// Over a server that tells twelve ranks: a drawn token, one that nobody told, a stage that is not certain.
  static func servedSession() throws -> GenerationSession {
    let session = try GenerationSession(
      predictor: FakePredictor(knownRanks: 12), promptIDs: [3, 1, 4],
      settings: .with { ($0.temperature, $0.topK) = (1.3, 30) }, seed: 42)
    for _ in 0..<4 {
      while try session.decision.drawn == nil { session.redraw() }
      try session.advance()
    }
    // Two tokens that nobody told: one that the user chooses, one that is drawn.
    let known = Set(try session.decision.distribution.belief.knownIDs)
    try session.force(try #require((0..<40).first { !known.contains($0) }))
    while try session.decision.drawn != nil { session.redraw() }
    return session
  }

  static func servedTrace(rowCount: Int = Trace.defaultRowCount) throws -> Trace {
    try servedSession().trace(
      of: FakePredictor(knownRanks: 12).profile, promptBytes: nil, tokenizer: nil, rowCount: rowCount,
      endsText: { _ in false })
  }

  static func trace(rowCount: Int = Trace.defaultRowCount) throws -> Trace {
    try session().trace(
      of: model, promptBytes: nil, tokenizer: nil, rowCount: rowCount, endsText: { _ in false })
  }

  /// The lines of a short trace, each alone.
  static func lines(rowCount: Int = 3) throws -> [String] {
    try trace(rowCount: rowCount).lines.split(separator: "\n").map(String.init)
  }
}

extension Trace {
  init(parsing text: String) throws(TraceError) { try self.init(parsing: Array(text.utf8)) }
}
