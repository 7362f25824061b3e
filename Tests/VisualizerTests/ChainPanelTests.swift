import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// The chain, stage by stage, and changing it there.
@Suite struct ChainPanelTests {
  private let own = SamplingSettings.with { ($0.temperature, $0.topK) = (2, 12) }

  private func opened(
    _ settings: SamplingSettings? = nil, size: Size = Size(columns: 110, rows: 34)
  ) -> AppHarness {
    var app = AppHarness(size: size, settings: settings ?? own)
    app.press(.right, .character("C"))
    return app
  }

  /// Chooses the row of a setting.
  private func choose(_ name: String, _ app: inout AppHarness) throws {
    // The rows of a step's further settings come and go with the choice.
    app.press(.home)
    while app.state.chain?.chosen != name, app.state.chosenChainRow < app.state.chainRows.count - 1 {
      app.press(.down)
    }
    try #require(app.state.chain?.chosen == name)
  }

  private func type(_ text: String, _ app: inout AppHarness) {
    for scalar in text.unicodeScalars { app.press(.character(scalar)) }
    app.press(.enter)
  }

  private func line(_ text: String, _ app: AppHarness) -> String {
    app.picture.split(separator: "\n").map(String.init).last { $0.contains(text) } ?? ""
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func itCoversTheHistoryAndNeverTheBars(columns: Int, rows: Int) {
    var app = opened(size: Size(columns: columns, rows: rows))
    for text in ["Text", "Next token", "Draw", "Chain: 2 stages on", "order: transformers", "logits"] {
      #expect(app.picture.contains(text), "\(text)")
    }
    #expect(!app.picture.contains("History"))
    #expect(line("top-k 12 cut: kept 12", app) != "")
    #expect(line("✓ top-k", app).contains("removes 28"))
    app.press(.escape)
    #expect(app.state.chain == nil)
    #expect(app.picture.contains("History"))
  }

  /// What an engineer does who wonders about min-p: on, 0.05, before the temperature, and back.
  @Test func minPByKeysOnly() throws {
    var app = opened()
    try choose("min_p", &app)
    app.press(.character(" "))
    #expect(app.state.settings[0] == .with(own) { $0.minP = 0.05 })
    type("0.4", &app)
    #expect(app.state.settings[0].minP == 0.4)
    let behind = app.lane.decision?.distribution.keptCount
    app.press(.character("K"), .character("K"))
    #expect(
      app.state.settings[0].order.steps.firstIndex(of: .minP)! < app.state.settings[0].order.steps.firstIndex(
        of: .temperature)!)
    #expect(app.lane.stages.map(\.name) == [.minP, .temperature, .topK])
    #expect(app.lane.decision!.distribution.keptCount < behind!)
    #expect(app.picture.contains("order: your own"))
    app.press(.character("u"))
    #expect(app.state.settings[0] == own)
    #expect(app.lane.settings == own)
  }

  @Test func goingBackTwiceEndsAtTheOwnSettings() throws {
    var app = opened()
    try choose("top_k", &app)
    for _ in 0..<2 {
      app.press(.right)
      #expect(app.state.settings[0].topK == 15)
      app.press(.character("u"))
      #expect(app.state.settings[0] == own)
    }
  }

  /// Opening the panel leaves no row chosen that Enter would append; one that is chosen in it is appended.
  @Test func enterAppendsWhatTheScreenSays() throws {
    var app = AppHarness(settings: own)
    for _ in 0..<9 { app.press(.down) }
    app.press(.character("C"))
    let drawn = try #require(app.lane.decision?.id)
    #expect(app.picture.contains("Enter next token"))
    app.press(.enter)
    #expect(app.lane.steps.last?.id == drawn)
    app.state.table.chosenRank = 3
    let third = try #require(app.lane.decision?.distribution.row(atRank: 3)?.id)
    #expect(app.picture.contains("Enter append the row"))
    app.press(.enter)
    #expect(app.lane.steps.last?.id == third)
  }

  @Test func aStepComesBackWithItsValues() throws {
    var app = opened(.with { ($0.xtcProbability, $0.xtcThreshold) = (0.7, 0.05) })
    try choose("xtc_probability", &app)
    app.press(.character(" "))
    #expect(app.state.settings[0].xtcProbability == 0)
    app.press(.character(" "))
    #expect(app.state.settings[0].xtcProbability == 0.7)
    #expect(app.state.settings[0].xtcThreshold == 0.05)
    #expect(line("XTC threshold", app).contains("0.05"))
  }

  @Test(arguments: StepName.allCases.map(\.rawValue))
  func everyStepIsSwitchedOnTurnedAndOff(name: String) throws {
    let step = try #require(StepName(rawValue: name))
    var app = opened(SamplingSettings())
    try choose(try #require(step.knobs.first?.name), &app)
    app.press(.character(" "))
    #expect(step.isOn(app.state.settings[0]))
    #expect(app.lane.stages.map(\.name) == [step])
    for knob in step.knobs {
      try choose(knob.name, &app)
      let before = app.state.settings[0]
      app.press(.left)
      if app.state.settings[0] == before { app.press(.right) }
      #expect(app.state.settings[0] != before, "\(knob.name)")
    }
    app.state.chain?.chosen = step.knobs[0].name
    if !step.isOn(app.state.settings[0]) { app.press(.character(" ")) }
    app.press(.character(" "))
    #expect(!step.isOn(app.state.settings[0]))
    app.press(.character("u"))
    #expect(app.state.settings[0] == SamplingSettings())
  }

  @Test func aWrongValueIsAnswered() throws {
    var app = opened()
    try choose("top_p", &app)
    type("1.5", &app)
    #expect(app.state.message?.contains("top-p must be between 0 and 1") == true)
    #expect(app.state.chain?.typed?.text == "1.5")
    #expect(app.state.settings[0] == own)
    type("0.5", &app)
    #expect(app.state.settings[0].topP == 0.5)
    #expect(app.state.chain?.typed == nil)
    app.press(.character("9"), .escape)
    #expect(app.state.chain?.typed == nil)
    #expect(app.state.settings[0].topP == 0.5)
  }

  @Test func inAComparisonItBelongsToTheFocusedLane() throws {
    var app = AppHarness(settings: own)
    app.press(.character("c"), .character("C"))
    #expect(app.picture.contains("Chain of B: 2 stages on"))
    let other = app.state.settings[0]
    try choose("top_k", &app)
    app.press(.right)
    #expect(app.state.settings[1].topK == 15)
    #expect(app.state.settings[0] == other)
    app.press(.character("y"))
    #expect(app.state.settings[0] == app.state.settings[1])
    #expect(app.state.focus == 1)
    app.press(.tab)
    #expect(app.picture.contains("Chain of A: 2 stages on"))
    app.press(.character("u"))
    #expect(app.state.settings[0] == other)
  }

  @Test func theMouseChoosesSwitchesAndTurns() throws {
    var app = opened()
    func place(_ text: String) throws -> Point {
      let lines = app.picture.split(separator: "\n", omittingEmptySubsequences: false)
      // Above the explanation, which names the setting too.
      let y = try #require(lines.dropLast(5).lastIndex { $0.contains(text) })
      let x = try #require(lines[y].firstRange(of: text)).lowerBound
      return Point(lines[y].distance(from: lines[y].startIndex, to: x), y)
    }
    app.press(.mouse(.press, try place("min-p")))
    #expect(app.state.chain?.chosen == "min_p")
    #expect(app.state.settings[0] == own)
    let row = try place("min-p")
    app.press(.mouse(.press, Point(row.x - 1, row.y)))
    #expect(app.state.settings[0].minP == 0.05)
    app.press(.mouse(.wheelUp, try place("min-p")))
    #expect(app.state.settings[0].minP == 0.1)
    app.press(.mouse(.press, try place("tokens, mass")))
    #expect(app.state.settings[0].minP == 0.1)
  }

  @Test func theBarsStepThroughTheChain() throws {
    var app = AppHarness(settings: .with(own) { $0.topP = 0.3 })
    let last = try #require(app.lane.decision?.distribution)
    #expect(app.lane.stages.count == 3)
    for (count, title) in [(1, "after temperature"), (2, "after top-k")] {
      app.press(.character("z"))
      let shown = try #require(app.lane.shownDistribution)
      #expect(app.lane.partial?.stepCount == count)
      #expect(shown.keptCount == app.lane.stages[count - 1].kept)
      #expect(abs(shown.entropyAfter - app.lane.stages[count - 1].entropyBits) < 1e-9)
      #expect(app.picture.contains(title))
      // The draw stays that of the whole chain.
      #expect(app.lane.decision?.distribution.keptCount == last.keptCount)
    }
    app.press(.right)
    #expect(app.lane.partial?.stepCount == 2)
    app.press(.character("z"))
    #expect(app.lane.partial == nil)
    app.press(.character("Z"))
    #expect(app.lane.partial?.stepCount == 2)
    app.press(.escape)
    #expect(app.lane.partial == nil)
    app.press(.character("g"), .character("z"))
    #expect(app.lane.partial == nil)
    #expect(app.state.notice?.contains("one stage") == true)
  }

  @Test func greedyDecodingPassesStagesOver() {
    let app = opened(.with(own) { ($0.temperature, $0.minP) = (0, 0.1) })
    #expect(line("✓ min-p", app).contains("has no part: greedy decoding"))
    #expect(line("✓ temperature", app).contains("takes the most probable token"))
  }

  @Test func plainModeHasASentenceAStage() throws {
    let speech = SpokenText(glyphs: .blocks)
    var app = AppHarness(settings: own)
    let before = app.state
    app.press(.character("C"))
    let lines = PlainReport(before: before, after: app.state, key: .character("C"), speech: speech).lines
    #expect(lines[0].hasPrefix("Chain. Up and Down choose"))
    #expect(lines[1].hasPrefix("Logits: 40 tokens, entropy "))
    #expect(lines[2].hasPrefix("1, temperature 2.00: 40 tokens and 100% left, "))
    #expect(lines[3].hasPrefix("2, top-k 12: 12 tokens and "))
    #expect(lines[3].contains("removes 28 tokens"))
    #expect(lines[4].hasPrefix("Off: top-p, min-p, "))
    #expect(lines.last?.hasPrefix("Chosen: top-k 12, a whole number of at least 0") == true)
  }

  @Test func aReplayShowsWhatWasRecorded() throws {
    let session = try GenerationSession(
      predictor: FakePredictor(), promptIDs: [3, 1, 4], settings: own, seed: 42)
    for _ in 0..<3 { try session.advance() }
    let trace = try session.trace(
      of: FakePredictor().profile, promptBytes: nil, tokenizer: nil, endsText: { _ in false })
    let read = try Trace(parsing: Array(trace.lines.utf8))
    #expect(read == trace)
    var app = AppHarness(replaying: read)
    app.press(.right, .character("C"))
    #expect(line("✓ top-k", app).contains("removes 28 tokens"))
    app.press(.character(" "))
    #expect(app.state.message == LaneAbility.sampler.refusal)
  }
}
