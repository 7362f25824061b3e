import LMCore
import ModelTestSupport
import TestSupport
import Testing

@testable import Visualizer

/// Replay of a trace: the same keys give the same pictures, without a model.
@Suite struct TraceReplayTests {
  /// A session with draws, filters, a forced token, another seed and greedy steps.
  private static let recording: [Key] = [
    .right, .character("n"), .right, .right, .character("t"), .character(","), .right, .down, .down, .down,
    .down,
    .enter, .character("r"), .right, .character("S"), .control("u"), .character("7"), .enter, .right, .right,
    .character("g"), .right, .character("s"),
  ]

  private func recorded(_ keys: [Key] = recording, predictor: FakePredictor = FakePredictor()) throws -> (
    AppHarness, Trace
  ) {
    var app = AppHarness(predictor: predictor)
    for key in keys { app.press(key) }
    let folder = try TemporaryFolder()
    let path = folder.path + "/trace"
    app.write(to: path)
    try #require(app.state.notice?.hasPrefix("9 steps written to ") == true, "\(app.picture)")
    return (app, try Trace(parsing: folder.read("trace")))
  }

  private func rows(_ app: AppHarness) -> [[Cell]] {
    let frame = RootView(state: app.state, appearance: app.state.appearance).picture().buffer
    // The title marks a replay, and the last line lists other keys.
    return (1..<frame.size.rows - 1).map { y in (0..<frame.size.columns).map { frame[Point($0, y)] } }
  }

  @Test(arguments: [40, 900])
  func everyStepBackAndForwardIsTheSameFrame(vocabularySize: Int) throws {
    let (session, trace) = try recorded(predictor: FakePredictor(vocabularySize: vocabularySize))
    var original = session
    original.press(.home)
    var replay = AppHarness(replaying: trace)
    // Afterwards all steps count as shown.
    replay.press(.end, .home)
    for _ in 0..<9 {
      #expect(rows(replay) == rows(original), "\(replay.picture)\n\(original.picture)")
      original.press(.right)
      replay.press(.right)
    }
    #expect(original.lane.depth == 9)
    #expect(rows(replay) == rows(original))
  }

  /// Random keys that move or change the view; all rows of the small vocabulary are recorded.
  @Test(arguments: 0..<12)
  func anyKeysThatOnlyLookShowTheSameFrames(seed: UInt64) throws {
    var settings = SamplingSettings()
    settings.topP = 0.8
    var writer = AppHarness(settings: settings)
    for _ in 0..<9 { writer.press(.right) }
    let folder = try TemporaryFolder()
    writer.write(to: folder.path + "/trace")
    var replay = AppHarness(replaying: try Trace(parsing: folder.read("trace")))
    var original = AppHarness(settings: settings)
    var random = RandomSource(seed: seed)
    let keys: [Key] = [
      .left, .home, .up, .down, .pageUp, .pageDown, .character("x"), .character("m"), .escape,
      .character("/"), .character("3"), .character("N"), .tab, .backspace, .character("L"),
    ]
    for _ in 0..<150 {
      let key = Bool.random(using: &random) ? Key.right : keys.randomElement(using: &random)!
      // At the last step only the session can advance, and a replay has no second lane.
      guard key != .right || original.lane.depth < 9, key != .tab || original.state.overlay != nil else {
        continue
      }
      original.press(key)
      replay.press(key)
      #expect(rows(replay) == rows(original), "\(key)\n\(replay.picture)\n\(original.picture)")
    }
  }

  @Test func theTitleSaysReplay() throws {
    let (_, trace) = try recorded()
    let replay = AppHarness(replaying: trace)
    #expect(replay.picture.hasPrefix(" gpt2-viz  replay  fake "))
    #expect(!AppHarness().picture.contains("replay "))
  }

  @Test func keysThatNeedAModelSaySoAndChangeNothing() throws {
    let (_, trace) = try recorded()
    var replay = AppHarness(replaying: trace)
    replay.press(.right)
    let before = rows(replay)
    for binding in KeyMap.bindings where binding.action != .force {
      guard let need = binding.needs else { continue }
      replay.press(binding.keys[0])
      #expect(replay.state.message == need.refusal, "\(binding.shown)")
      replay.press(.escape)
      #expect(rows(replay) == before, "\(binding.shown)")
    }
  }

  @Test(arguments: [Size(columns: 80, rows: 24), Size(columns: 110, rows: 34)])
  func onlyKeysThatServeAReplayAreOffered(size: Size) throws {
    let (_, trace) = try recorded()
    var replay = AppHarness(replaying: trace, size: size)
    let line = try #require(replay.picture.split(separator: "\n").last)
    #expect(
      line.hasPrefix(" → step  ← back  ↓ choose  Space play  / find  H history  "))
    #expect(line.hasSuffix("  ? help  q quit"))
    replay.press(.character("?"))
    let help = replay.picture
    #expect(help.contains("append the drawn token"))
    #expect(!help.contains(KeyBinding.Group.compare.rawValue))
    // Of the sampler, only what it did.
    #expect(help.contains("the chain, stage by stage") && !help.contains("nucleus sampling"))
    for word in ["edit the prompt", "branches", "lesson", "to a file"] {
      #expect(!help.contains(word), "\(word)")
    }
    let spoken = PlainPanel(replay.state, SpokenText(glyphs: .blocks))?.lines ?? []
    #expect(spoken.contains("Step through the text:"))
    #expect(!spoken.contains("Compare two strategies:"))
  }

  @Test func theCutOfAReplayIsNotDragged() throws {
    let (_, trace) = try recorded()
    var replay = AppHarness(replaying: trace)
    replay.press(.right)
    let cut = try #require(replay.shown.hits.first { $0.target == .cut(lane: 0) })
    replay.press(.mouse(.press, cut.area.origin))
    #expect(!replay.state.table.isDraggingCut)
    #expect(replay.state.message == LaneAbility.sampler.refusal)
  }

  @Test func onlyTheRecordedTokenCanBeTaken() throws {
    let (_, trace) = try recorded()
    var replay = AppHarness(replaying: trace)
    for _ in 0..<4 { replay.press(.right) }
    // The fifth token was forced: the row that the user chose.
    replay.press(.down, .enter)
    #expect(replay.state.message == "\(LaneError.lacks(.otherToken))")
    #expect(replay.lane.depth == 4)
    replay.press(.down, .down, .down, .enter)
    #expect(replay.lane.depth == 5)
    #expect(replay.lane.steps[4].isForced)
  }

  @Test func playEndsWithTheTrace() throws {
    let (_, trace) = try recorded()
    var replay = AppHarness(replaying: trace)
    replay.press(.character(" "))
    for _ in 0..<20 { replay.send(.tick) }
    #expect(replay.lane.depth == 9)
    #expect(!replay.state.play.isRunning)
    #expect(replay.state.message == "\(LaneError.traceEnded)")
  }

  @Test func aTraceThatWasCutOffEndsWithASentence() throws {
    var (_, trace) = try recorded()
    trace.end = nil
    var replay = AppHarness(replaying: trace)
    replay.press(.end)
    #expect(replay.lane.depth == 9)
    #expect(replay.lane.decision == nil)
    #expect(replay.picture.contains("the trace ends here"))
    replay.press(.left)
    #expect(replay.lane.decision != nil)
  }

  @Test func aFullContextSaysWhatTheSessionSaid() throws {
    var original = AppHarness(predictor: FakePredictor(contextLength: 5))
    for _ in 0..<3 { original.press(.right) }
    let folder = try TemporaryFolder()
    original.write(to: folder.path + "/trace")
    var replay = AppHarness(replaying: try Trace(parsing: folder.read("trace")))
    for _ in 0..<3 { replay.press(.right) }
    replay.press(.character("m"))
    original.press(.character("m"))
    #expect(replay.picture.contains("the context of 5 positions is full"))
    #expect(rows(replay) == rows(original))
  }

  /// A trace without rows is shown without them.
  @Test func aTraceWithoutRowsIsShown() throws {
    var (_, trace) = try recorded()
    for index in trace.steps.indices { trace.steps[index].decision.rows = [] }
    trace.end?.next?.rows = []
    var replay = AppHarness(replaying: trace)
    for key in [
      Key.right, .down, .up, .pageDown, .enter, .character("x"), .character("/"), .character("1"), .enter,
    ] {
      replay.press(key)
      #expect(!replay.picture.isEmpty)
    }
    #expect(replay.picture.contains("no row was recorded of this decision"))
  }

  /// A damaged trace that can still be read does not crash the screen.
  @Test(arguments: 0..<8)
  func nonsenseIsShown(seed: UInt64) throws {
    let (_, trace) = try recorded()
    let whole = Array(trace.lines.utf8)
    let digits = whole.indices.filter { (48...57).contains(whole[$0]) }
    var random = RandomSource(seed: seed)
    let keys: [Key] = [
      .right, .end, .home, .left, .down, .up, .pageDown, .enter, .character("x"), .character("m"),
      .character("L"), .character("/"), .character("3"), .escape, .character("N"),
    ]
    var shownCount = 0
    for _ in 0..<40 {
      var bytes = whole
      for _ in 0..<12 {
        bytes[digits.randomElement(using: &random)!] = 48 + .random(in: 0...9, using: &random)
      }
      guard let damaged = try? Trace(parsing: bytes) else { continue }
      shownCount += 1
      var replay = AppHarness(replaying: damaged)
      for _ in 0..<12 {
        replay.press(keys.randomElement(using: &random)!)
        #expect(!replay.picture.isEmpty)
      }
    }
    #expect(shownCount > 3)
  }

  // MARK: Writing

  @Test func theNameIsMadeOfTheTextSeedAndStep() {
    var app = AppHarness()
    app.press(.right, .right, .character("w"))
    #expect(
      app.state.overlay == .trace(TextInput("3-1-4-seed42-step2.jsonl", isSelected: true), isTaken: false))
    #expect(app.picture.contains("write a trace to: 3-1-4-seed42-step2.jsonl"))
    app.press(.escape)
    #expect(app.state.overlay == nil)
  }

  @Test func whatExistsIsLeftAndAnotherNameOffered() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/trace.jsonl"
    var app = AppHarness()
    app.press(.right)
    app.write(to: path)
    let first = try folder.read("trace.jsonl")
    app.press(.right)
    app.write(to: path)
    let free = String(path.dropLast(6)) + "-2.jsonl"
    #expect(app.state.overlay == .trace(TextInput(free, isSelected: true), isTaken: true))
    #expect(app.picture.contains("that file exists; another name: "))
    #expect(try folder.read("trace.jsonl") == first)
    app.press(.enter)
    #expect(app.state.notice?.hasPrefix("2 steps written to \(free)") == true)
    #expect(try Trace(parsing: folder.read("trace-2.jsonl")).steps.count == 2)
  }

  @Test func whatCannotBeWrittenIsOneSentence() {
    var app = AppHarness()
    app.write(to: "/nonexistent/folder/trace.jsonl")
    #expect(app.state.message == "cannot write /nonexistent/folder/trace.jsonl: No such file or directory")
    app.write(to: "")
    #expect(app.state.message == "no name, so no trace was written")
  }
}

extension AppHarness {
  /// Writes a trace under a unique name.
  mutating func write(to path: String) {
    press(.character("w"), .control("u"), .paste(path), .enter)
  }
}
