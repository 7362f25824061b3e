import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

@Suite struct CompareTests {
  @Test func opensGreedyBesideNucleusBeforeThereIsATextOfOnesOwn() {
    var app = AppHarness()
    app.press(.character("c"))
    #expect(
      app.state.lanes.map(\.settings) == [SamplingPreset.greedy.settings, SamplingPreset.nucleus95.settings])
    #expect(app.state.focus == 1)
  }

  @Test func myTextAndMyChainStandBesideGreedyDecoding() {
    var settings = SamplingSettings()
    (settings.minP, settings.repetitionPenalty) = (0.05, 1.3)
    var app = AppHarness(settings: settings)
    for _ in 0..<4 { app.press(.right) }
    app.press(.down, .down, .enter)
    let text = app.lane
    let decodes = app.predictor.stepCalls
    app.press(.character("c"))
    #expect(app.state.lanes.map(\.depth) == [5, 5])
    #expect(app.state.lanes[1].steps == text.steps)
    #expect(app.state.lanes.map(\.settings) == [SamplingPreset.greedy.settings, settings])
    #expect(app.predictor.stepCalls == decodes + 5, "only the greedy text is new")
  }

  // MARK: Two models

  private func opened(beside other: FakePredictor) -> AppHarness {
    let state = AppState(
      size: Size(columns: 110, rows: 34), modelName: "fake", prompt: .ids([3, 1, 4]),
      settings: [SamplingSettings(), SamplingSettings()], seed: 42)
    let predictor = FakePredictor()
    return AppHarness(state, counting: predictor, running: predictor, tokenizer: nil, beside: other)
  }

  @Test func theSecondTextIsAnotherModels() throws {
    let other = FakePredictor(name: "other", knownRanks: 20)
    var app = opened(beside: other)
    #expect(app.state.lanes.map(\.modelName) == ["fake", "other (server)"])
    #expect(app.picture.contains(" A fake ") && app.picture.contains(" B other (server) "))
    let asked = (app.predictor.stepCalls, other.stepCalls)
    app.press(.right, .right, .left, .right)
    #expect(app.predictor.stepCalls - asked.0 <= 2 && other.stepCalls - asked.1 <= 2)
    #expect(app.state.lanes[0].steps.map(\.id).count == 2)
    // One lane closed, the key c brings the other model back.
    app.press(.character("c"), .character("c"))
    #expect(Set(app.state.lanes.map(\.modelName)) == ["fake", "other (server)"])
  }

  @Test func aModelWithOtherTokensIsRefused() {
    let app = opened(beside: FakePredictor(vocabularySize: 41, name: "other"))
    #expect(app.state.lanes.isEmpty)
    #expect(app.effects.contains { "\($0)".contains("other has 41 tokens and fake 40") })
  }

  /// A lane's title has room for a part of nine filters; the window's title has room for all.
  @Test func theWholeChainOfTheLaneIsInTheWindowsTitle() {
    var settings = SamplingPreset.nucleus95.settings
    (settings.minP, settings.repetitionPenalty, settings.typicalP) = (0.05, 1.3, 0.9)
    (settings.topK, settings.temperature, settings.noRepeatNgram) = (60, 0.7, 3)
    var app = AppHarness(size: Size(columns: 200, rows: 50), settings: settings)
    app.press(.right, .character("c"))
    let whole = ChainDescription(settings).brief
    let title = app.picture.split(separator: "\n")[0]
    #expect(title.contains("compare · B \(whole)"), "\(title)")
    app.press(.tab)
    #expect(app.picture.split(separator: "\n")[0].contains("compare · A greedy: argmax"))
  }

  @Test func aGreedyTextOfOnesOwnIsOnTheLeft() {
    var app = AppHarness(settings: SamplingPreset.greedy.settings)
    app.press(.right, .right, .character("c"))
    #expect(
      app.state.lanes.map(\.settings) == [SamplingPreset.greedy.settings, SamplingPreset.nucleus95.settings])
    #expect(app.state.focus == 0)
  }

  @Test func oneKeyStepsBothAndMyTextGoesOn() {
    var app = AppHarness()
    for _ in 0..<3 { app.press(.right) }
    let text = app.lane.textIDs
    app.press(.character("c"), .right, .right, .left)
    #expect(app.state.lanes.map(\.depth) == [4, 4])
    let own = app.state.lanes[1].textIDs
    app.press(.character("c"))
    #expect(app.state.lanes.count == 1)
    #expect(app.lane.textIDs == own)
    #expect(app.lane.textIDs.starts(with: text))
    // The other text is in the list, and its strategy is compared again.
    app.press(.character("b"))
    #expect(app.picture.contains("greedy: argmax"))
  }

  @Test func theStrategyComparedLastIsComparedAgain() {
    var app = AppHarness(settings: SamplingPreset.nucleus95.settings)
    app.press(.right, .character("c"), .tab, .character("v"))
    app.press(.home, .down, .down, .down, .enter, .character("c"), .character("c"))
    #expect(
      app.state.lanes.map(\.settings) == [SamplingPreset.nucleus95.settings, SamplingPreset.topK40.settings])
  }

  /// A second press before the lanes have come does not make the other text longer.
  @Test func impatienceChangesNothing() {
    var app = AppHarness()
    for _ in 0..<3 { app.press(.right) }
    app.pressUnanswered(.character("c"))
    app.pressUnanswered(.character("c"))
    app.deliver()
    #expect(app.state.lanes.map(\.depth) == [3, 3])
  }

  @Test func bothLanesDrawTheSameNumbers() {
    var app = AppHarness()
    app.press(.character("c"))
    for _ in 0..<8 {
      #expect(app.state.lanes[0].draw.u == app.state.lanes[1].draw.u)
      app.press(.right)
    }
  }

  @Test func lanesEqualSeparateSessions() throws {
    var app = AppHarness(seed: 9)
    app.press(.character("c"))
    for _ in 0..<40 { app.press(.right) }
    for lane in app.state.lanes {
      let alone = try GenerationSession(
        predictor: FakePredictor(), promptIDs: lane.promptIDs, settings: lane.settings, seed: 9)
      for _ in 0..<40 { try alone.advance() }
      #expect(alone.steps == lane.steps)
    }
  }

  @Test func theFirstDifferenceIsFound() {
    var app = AppHarness()
    app.press(.character("c"))
    #expect(app.state.firstDivergence == nil)
    for _ in 0..<20 { app.press(.right) }
    let texts = app.state.lanes.map { $0.steps.map(\.id) }
    let expected = zip(texts[0], texts[1]).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    #expect(expected != nil)
    #expect(app.state.firstDivergence == expected)
  }

  @Test func knobsAndForceActOnTheFocusedLane() {
    var app = AppHarness()
    app.press(.character("c"), .character("t"), .down, .enter)
    #expect(app.state.lanes[0].settings == SamplingPreset.greedy.settings)
    #expect(app.state.lanes[1].settings.temperature == 0.9)
    #expect(app.state.lanes.map(\.depth) == [0, 1])
    #expect(app.state.lanes[1].steps[0].isForced)
  }

  @Test func aLaneStepsAloneAndIsBroughtBack() {
    var app = AppHarness()
    app.press(.character("c"), .tab, .right, .character("f"), .character("f"))
    #expect(app.state.lanes.map(\.depth) == [3, 1])
    app.press(.character("y"))
    #expect(app.state.lanes.map(\.depth) == [3, 3])
    app.press(.character("d"), .character("d"), .character("y"))
    #expect(app.state.lanes.map(\.depth) == [1, 1])
  }

  @Test func aNewPromptWhileComparingIsKeptAfterwards() {
    var app = AppHarness()
    app.press(.character("c"))
    app.state.prompt = .ids([7, 8])
    app.send(.key(.tab))
    app.restart()
    app.press(.right, .character("c"))
    #expect(app.state.lanes.count == 1)
    #expect(app.lane.promptIDs == [7, 8])
  }

  @Test(arguments: [(80, 24), (80, 40), (110, 34), (200, 50)])
  func framesFitAndShowBothLanes(columns: Int, rows: Int) {
    var app = AppHarness(size: Size(columns: columns, rows: rows))
    app.press(.character("c"), .right, .right)
    let frame = RootView(state: app.state, appearance: Appearance(depth: .none, glyphs: .blocks)).picture()
      .buffer
    #expect(frame.text.contains("A greedy: argmax"))
    #expect(frame.text.contains("B nucleus"))
    #expect(frame.text.components(separatedByText: "loop ").count == 3)
  }
}

extension String {
  fileprivate func components(separatedByText mark: String) -> [Substring] {
    split(separator: mark, omittingEmptySubsequences: false)
  }
}
