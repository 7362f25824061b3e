import ModelTestSupport
import Testing

@testable import LMCore

/// Traces of contrastive search tell what chose each token.
@Suite struct ContrastiveTraceTests {
  private static let settings = ContrastiveSettings(
    candidateCount: 5, alpha: 0.7, sampling: .with { $0.repetitionPenalty = 1.1 })

  private static func run(steps: Int) throws -> ContrastiveRun {
    let run = try ContrastiveRun(FakeStateSource(), promptIDs: [3, 1, 4], settings: settings)
    for _ in 0..<steps { try run.advance() }
    return run
  }

  /// As `generate --contrastive` writes it.
  static func trace(steps: Int) throws -> Trace {
    let run = try run(steps: 0)
    var recorder = TraceRecorder(
      model: TraceSamples.model, promptBytes: nil, ids: [3, 1, 4], settings: settings.shown, seed: 0,
      contrastive: settings, tokenizer: nil, rowCount: 3)
    var recorded: [TraceStep] = []
    for _ in 0..<steps {
      let made = try run.advance()
      recorded.append(recorder.record(made.step, made.decision))
    }
    return Trace(start: recorder.start, steps: recorded, end: recorder.end(.length, next: try run.decision))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let trace = try Self.trace(steps: 6)
    let read = try Trace(parsing: Array(trace.lines.utf8))
    #expect(read.lines == trace.lines && read.steps == trace.steps)
    #expect(read.contrastive == Self.settings)
    let made = try Self.run(steps: 6)
    #expect(read.steps.map(\.contrast?.step) == made.choices.map(Optional.some))
    #expect(read.steps.map(\.step.contrast) == made.choices.map(Optional.some))
  }

  /// A text that a session goes on with tells the weight at each step of the search, and is no search as a whole.
  @Test func aTakenTextTellsItsSteps() throws {
    let session = try GenerationSession(predictor: FakeStateSource(), promptIDs: [3, 1, 4], seed: 4)
    let run = try Self.run(steps: 2)
    for step in run.steps { try session.force(step.id, step.contrast) }
    try session.advance()
    let trace = try session.trace(
      of: TraceSamples.model, promptBytes: nil, tokenizer: nil, rowCount: 3, endsText: { _ in false })
    let read = try Trace(parsing: Array(trace.lines.utf8))
    #expect(read.steps.map(\.contrast?.step) == run.choices.map(Optional.some) + [nil])
    #expect(read.steps[0].contrast?.step.alpha == 0.7 && read.contrastive == nil)
  }

  /// Traces from before had no texts of the candidates; others had a member of that name and no weight.
  @Test func olderTracesAreRead() throws {
    let lines = try Self.trace(steps: 2).lines
    let step = try Trace(parsing: Array(lines.utf8)).steps[1]
    let plain = lines.replacing(",\"penalty_alpha\":0.7", with: "")
    let read = try Trace(parsing: Array(plain.utf8))
    #expect(read.contrastive == nil && read.steps[1].contrast == nil && read.steps[1].token == step.token)
  }

  @Test(arguments: [
    (#""similarity":"#, #""similarity":7,"was":"#, "\"contrastive[0].similarity\" must be"),
    (#""nearest":"#, #""nearest":9"#, "\"contrastive[0].nearest\" must be"),
    (#""contrastive":[{"id":"#, #""contrastive":[],"more":[{"id":"#, "\"contrastive\" must be"),
  ])
  func whatIsWrongIsSaid(old: String, new: String, words: String) throws {
    let lines = try Self.trace(steps: 1).lines
    let broken = lines.replacing(old, with: new, maxReplacements: 1)
    #expect(broken != lines)
    #expect { try Trace(parsing: Array(broken.utf8)) } throws: { "\($0)".contains(words) }
  }
}
