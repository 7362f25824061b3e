import LMCore
import ModelTestSupport
import TestSupport
import Testing

@testable import Visualizer

/// A recorded contrastive search on the screen: what chose each token is told, and no draw is.
@Suite struct ContrastiveReplayTests {
  private func original(steps: Int, size: Size = Size(columns: 110, rows: 34)) -> AppHarness {
    let state = AppState(
      size: size, modelName: "fake", prompt: .ids([3, 1, 4]), settings: [SamplingSettings()], seed: 42)
    var app = AppHarness(state, running: FakeStateSource(), tokenizer: nil)
    app.press(.character("A"))
    for _ in 0..<steps { app.press(.right) }
    return app
  }

  /// As `generate --contrastive 0.6 -k 4` writes it.
  private func trace(steps: Int) throws -> Trace {
    let settings = ContrastiveSettings()
    let source = FakeStateSource()
    let run = try ContrastiveRun(source, promptIDs: [3, 1, 4], settings: settings)
    var recorder = TraceRecorder(
      model: source.profile, promptBytes: nil, ids: [3, 1, 4], settings: settings.shown, seed: 0,
      contrastive: settings, tokenizer: nil)
    var recorded: [TraceStep] = []
    for _ in 0..<steps {
      let made = try run.advance()
      recorded.append(recorder.record(made.step, made.decision))
    }
    let trace = Trace(start: recorder.start, steps: recorded, end: recorder.end(.length, next: nil))
    return try Trace(parsing: Array(trace.lines.utf8))
  }

  private func replay(_ trace: Trace, size: Size = Size(columns: 110, rows: 34)) -> AppHarness {
    AppHarness(replaying: trace, size: size)
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func itsWindowOpensAndStepsThroughIt(size: (Int, Int)) throws {
    let size = Size(columns: size.0, rows: size.1)
    var replay = replay(try trace(steps: 6), size: size)
    var original = original(steps: 0, size: size)
    for _ in 0..<6 {
      let (shown, own) = (try #require(replay.state.contrastive), try #require(original.state.contrastive))
      #expect(shown.next == own.next && shown.places == own.places && shown.textIDs == own.textIDs)
      let text = replay.picture
      for words in ["contrastive search: alpha 0.6, k 4", "score = 0.4 p - 0.6 similarity", "4 candidates"] {
        #expect(text.contains(words), "\(words)\n\(text)")
      }
      for words in ["argmax", "greedy", "Greedy", "no draw"] { #expect(!text.contains(words), "\(text)") }
      replay.press(.right)
      original.press(.right)
    }
    #expect(replay.picture.contains("the trace ends here"), "\(replay.picture)")
    replay.press(.right)
    #expect(replay.state.notice == "\(LaneError.traceEnded)" && replay.state.contrastive?.depth == 6)
    replay.press(.home, .down)
    #expect(replay.state.contrastive?.depth == 0 && replay.state.contrastiveWindow?.row != nil)
  }

  @Test func keysThatNeedAModelSaySo() throws {
    var replay = replay(try trace(steps: 3))
    for letter in "[],.pP".unicodeScalars {
      replay.press(.character(letter))
      #expect(replay.state.message == LaneAbility.beamSettings.refusal, "\(letter)")
    }
    replay.press(.enter)
    #expect(replay.state.message == LaneAbility.beamText.refusal)
    for key in [Key.escape, .character("A")] {
      replay.press(key)
      #expect(replay.state.contrastiveWindow != nil && replay.state.message?.contains("q quits") == true)
    }
    replay.press(.character("?"))
    #expect(replay.picture.contains("q Ctrl-C") && !replay.picture.contains("raise alpha"))
    replay.press(.escape, .character("q"))
    #expect(replay.effects.last == .quit)
  }

  @Test func plainModeTellsIt() throws {
    var replay = replay(try trace(steps: 2))
    let lines = PlainPanel(replay.state, SpokenText(glyphs: .ascii))?.lines ?? []
    #expect(lines.first == "Contrastive search: alpha 0.6, k 4, step 0.", "\(lines)")
    #expect(lines.count { $0.hasPrefix("Candidate ") } == 4)
    replay.press(.end)
    let last = PlainPanel(replay.state, SpokenText(glyphs: .ascii))?.lines ?? []
    #expect(last.last?.hasPrefix("The trace ends here") == true && !last.contains { $0.contains("greedy") })
  }

  /// The text that was taken is written with what chose its tokens, and its branch is named by that.
  @Test func aTakenTextKeepsWhatChoseIt() throws {
    var app = original(steps: 3)
    let choices = try #require(app.state.contrastive?.steps.map(\.contrast))
    app.press(.enter, .character("b"))
    #expect(app.picture.contains("contrastive 0.6"), "\(app.picture)")
    app.press(.escape)
    #expect(app.lane.steps.map(\.contrast) == choices && choices.allSatisfy { $0 != nil })
    let folder = try TemporaryFolder()
    app.write(to: folder.path + "/trace")
    let read = try Trace(parsing: folder.read("trace"))
    #expect(read.steps.map(\.contrast?.step) == choices)
  }

  /// Closed and opened again behind the same text, the search is where it was.
  @Test func itComesBackWhereItWas() throws {
    var app = original(steps: 4)
    let text = app.state.contrastive?.textIDs
    app.press(.left, .escape, .character("A"))
    #expect(app.state.contrastive?.depth == 3)
    app.press(.end)
    #expect(app.state.contrastive?.textIDs == text)
    app.press(.escape, .right, .character("A"))
    #expect(app.state.contrastive?.depth == 0)
  }
}
