import LMCore
import ModelTestSupport
import TestSupport
import Testing

@testable import Visualizer

/// Traces of a beam search: the window writes one, and shows it again without a model.
@Suite struct BeamReplayTests {
  private func searched(
    _ settings: BeamSettings = BeamSettings(width: 4), steps: Int, ends: [Int] = [],
    size: Size = Size(columns: 110, rows: 34)
  ) -> AppHarness {
    var app = AppHarness(size: size, predictor: FakePredictor(endOfText: ends))
    app.state.beamSettings = settings
    app.press(.character("B"))
    for _ in 0..<steps { app.press(.right) }
    return app
  }

  private func written(by app: inout AppHarness) throws -> BeamTrace {
    let folder = try TemporaryFolder()
    app.write(to: folder.path + "/trace")
    try #require(app.state.notice?.contains(" written to ") == true, "\(app.picture)")
    let content = try TraceContent(parsing: folder.read("trace"))
    guard case .beams(let trace) = content else { throw TraceError.empty(type: "beam") }
    return trace
  }

  private func rows(_ app: AppHarness) -> [[Cell]] {
    let frame = RootView(state: app.state, appearance: app.state.appearance).picture().buffer
    // The title marks a replay, and the last line lists other keys.
    return (1..<frame.size.rows - 1).map { y in (0..<frame.size.columns).map { frame[Point($0, y)] } }
  }

  /// The window stays open, and writes what the run without a screen writes.
  @Test func theWindowWritesTheSearch() throws {
    var app = searched(steps: 62)
    let settings = app.state.fullBeamSettings
    let trace = try written(by: &app)
    #expect(app.state.hasBeams && app.state.windowBehind == nil)
    let run = try BeamRun(
      FakePredictor(), promptIDs: [3, 1, 4], settings: settings, limit: 62, endOfText: [])
    while try run.advance() != nil {}
    var profile = FakePredictor().profile
    (profile.name, profile.parameterCount, profile.dtype) = ("fake", 1234, "f32")
    #expect(trace == run.trace(of: profile, promptBytes: nil, tokenizer: nil))
    #expect(trace.steps.count == 62 && trace.end?.reason == .length && trace.end?.cursor == nil)
  }

  /// A search under way has the step that stands next, and says where the cursor is.
  @Test func theStepThatStandsNextIsWrittenToo() throws {
    var app = searched(steps: 4)
    app.press(.character("w"))
    #expect(app.picture.contains("write a trace to: 3-1-4-beams4-step4.jsonl"), "\(app.picture)")
    // The window stays in view behind the line.
    #expect(app.picture.contains("Beams: sum of ln p, score"))
    app.press(.escape)
    #expect(app.state.hasBeams)
    let trace = try written(by: &app)
    #expect(trace.steps.count == 5 && trace.end?.cursor == 4 && trace.end?.reason == nil)
  }

  @Test func anExistingFileIsAskedForAgain() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("trace", "mine")
    var app = searched(steps: 2)
    app.write(to: path)
    #expect(app.picture.contains("that file exists; another name:"), "\(app.picture)")
    app.press(.enter)
    #expect(app.state.hasBeams && app.state.notice?.hasPrefix("3 steps written to ") == true)
    #expect(try folder.read("trace") == Array("mine".utf8))
  }

  @Test(
    arguments: [
      BeamSettings(width: 4), BeamSettings(width: 3, lengthPenalty: -0.5),
      BeamSettings(width: 4, choice: .diverse), BeamSettings(width: 3, choice: .sampled),
      BeamSettings(width: 3, choice: .stochastic),
    ], [Size(columns: 80, rows: 24), Size(columns: 110, rows: 34)])
  func everyStepIsTheSameFrame(settings: BeamSettings, size: Size) throws {
    var original = searched(settings, steps: 30, ends: [0, 1, 2, 3], size: size)
    let trace = try written(by: &original)
    var replay = AppHarness(replaying: trace, size: size)
    original.press(.home)
    for step in 0...trace.steps.count {
      #expect(rows(replay) == rows(original), "\(step)\n\(replay.picture)\n\(original.picture)")
      original.press(.right, .down)
      replay.press(.right, .down)
    }
    for key in [Key.end, .left, .pageDown, .up, .character("h"), .home, .character("l"), .pageUp] {
      original.press(key)
      replay.press(key)
      guard key != .end else { continue }
      #expect(rows(replay) == rows(original), "\(key)\n\(replay.picture)\n\(original.picture)")
    }
  }

  @Test func keysThatNeedAModelSaySo() throws {
    var original = searched(steps: 6)
    var replay = AppHarness(replaying: try written(by: &original))
    replay.press(.right, .right)
    let before = rows(replay)
    let needs: [(String, LaneAbility)] = [
      ("[],.pPosgGdD", .beamSettings), ("c", .beamComparison), ("w", .trace),
    ]
    for (letters, need) in needs {
      for letter in letters.unicodeScalars {
        replay.press(.character(letter))
        #expect(replay.state.message == need.refusal, "\(letter)")
        #expect(rows(replay) == before, "\(letter)")
      }
    }
    replay.press(.enter)
    #expect(replay.state.message == LaneAbility.beamText.refusal)
    for key in [Key.escape, .character("B")] {
      replay.press(key)
      #expect(replay.state.hasBeams && replay.state.message?.contains("q quits") == true)
    }
    replay.press(.end, .right)
    #expect(replay.state.notice == "\(LaneError.traceEnded)")
    #expect(replay.state.beams?.search.depth == 7)
    replay.press(.character("q"))
    #expect(replay.effects.last == .quit)
    replay.press(.interrupt)
    #expect(replay.effects.filter { $0 == .quit }.count == 2)
  }

  /// A key that plays, as on a model, and stops at the end of the recording.
  @Test func playStopsAtTheEnd() throws {
    var original = searched(steps: 3)
    var replay = AppHarness(replaying: try written(by: &original))
    replay.press(.character(" "))
    for _ in 0..<9 { replay.send(.tick) }
    #expect(replay.state.beams?.search.depth == 4 && !replay.state.play.isRunning)
  }

  @Test(arguments: [Size(columns: 80, rows: 24), Size(columns: 110, rows: 34)])
  func theHelpOfTheWindowListsItsKeys(size: Size) throws {
    var original = searched(steps: 3, size: size)
    original.press(.character("?"))
    for words in [
      "beside greedy and sampled texts", "write the search to a file", "go on with the chosen text",
    ] {
      #expect(original.picture.contains(words), "\(original.picture)")
    }
    #expect(!original.picture.contains("lower top-p"))
    original.press(.tab)
    #expect(original.state.hasBeams)
    var replay = AppHarness(replaying: try written(by: &original), size: size)
    #expect(replay.picture.contains(" replay  "))
    let line = try #require(replay.picture.split(separator: "\n").last)
    #expect(line.hasPrefix(" → step  ← back  ↑↓ choose  Space play ") && !line.contains("Enter"), "\(line)")
    replay.press(.function(1))
    #expect(replay.picture.contains("a step of the search") && !replay.picture.contains("length penalty"))
    replay.press(.escape)
    #expect(replay.state.hasBeams)
    let spoken = PlainPanel(replay.state, SpokenText(glyphs: .blocks))?.lines ?? []
    #expect(spoken.first?.hasPrefix("Beam search, step 0 of at most 62: 4 beams") == true, "\(spoken)")
  }
}
