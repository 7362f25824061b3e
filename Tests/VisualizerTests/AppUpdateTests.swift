import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

@Suite struct AppUpdateTests {
  @Test func tenStepsTenBackAndForwardAgainIsTheSameText() {
    var app = AppHarness()
    for _ in 0..<10 { app.press(.right) }
    let text = app.lane.textIDs
    #expect(text.count == 13)
    for _ in 0..<10 { app.press(.left) }
    #expect(app.lane.textIDs == [3, 1, 4])
    for _ in 0..<10 { app.press(.character("l")) }
    #expect(app.lane.textIDs == text)
    #expect(app.predictor.stepCalls == 10)
  }

  @Test func arrowsAndEnterForceAToken() {
    var app = AppHarness()
    app.press(.down, .down, .down)
    #expect(app.state.table.chosenRank == 3)
    let chosen = Int(app.lane.decision!.distribution.ranking[2])
    app.press(.enter)
    #expect(app.lane.steps.last?.id == chosen)
    #expect(app.lane.steps.last?.isForced == true)
    #expect(app.state.table.chosenRank == nil)
  }

  @Test func enterWithoutAChosenRowSteps() {
    var app = AppHarness()
    let drawn = app.lane.decision!.id
    app.press(.enter)
    #expect(app.lane.textIDs.last == drawn)
    #expect(app.lane.steps.last?.isForced == false)
  }

  @Test func homeAndEndTravel() {
    var app = AppHarness()
    for _ in 0..<5 { app.press(.right) }
    app.press(.home)
    #expect(app.lane.depth == 0)
    app.press(.end)
    #expect(app.lane.depth == 5)
  }

  @Test func knobsRefilterWithoutTheModel() {
    var app = AppHarness()
    app.press(.character("n"), .character("p"), .character("t"), .character(","), .character("o"))
    let settings = app.lane.settings
    #expect(settings.topP == 0.92)
    #expect(settings.temperature == 0.9)
    #expect(settings.topK == 30)
    #expect(settings.order == .llamaCpp)
    #expect(app.lane.decision!.distribution.keptCount <= 30)
    #expect(app.predictor.stepCalls == 0)
    app.press(.character("g"))
    #expect(app.lane.settings.isGreedy)
    #expect(app.lane.settings.order == .llamaCpp)
  }

  @Test func aKnobTurnedInThePastKeepsTheOldBranch() {
    var app = AppHarness()
    for _ in 0..<4 { app.press(.right) }
    app.press(.left, .left, .character("g"), .right, .right)
    #expect(app.lane.branchCount == 2)
  }

  @Test func keysPressedWhileTheModelRunsAreKeptInOrder() {
    var app = AppHarness()
    for _ in 0..<6 { app.pressUnanswered(.right) }
    app.pressUnanswered(.character("g"))
    app.pressUnanswered(.right)
    app.deliver()
    #expect(app.lane.depth == 7)
    #expect(app.lane.steps.last?.settings.isGreedy == true)
    #expect(app.lane.steps[5].settings.isGreedy == false)
  }

  @Test func aStepBackTakesAWaitingStepForwardAway() {
    var app = AppHarness()
    for _ in 0..<5 { app.pressUnanswered(.right) }
    for _ in 0..<3 { app.pressUnanswered(.left) }
    app.deliver()
    #expect(app.lane.depth == 2)
    #expect(app.predictor.stepCalls == 2)
  }

  @Test func escapeForgetsWaitingSteps() {
    var app = AppHarness()
    for _ in 0..<5 { app.pressUnanswered(.right) }
    app.pressUnanswered(.escape)
    app.deliver()
    #expect(app.lane.depth == 1)
  }

  @Test func quickTurnsOfAKnobAddUp() {
    var app = AppHarness()
    app.pressUnanswered(.right)
    for _ in 0..<5 { app.pressUnanswered(.character("t")) }
    app.deliver()
    #expect(app.lane.settings.temperature == 0.5)
  }

  @Test func redrawDrawsTheNextNumberUnlessGreedy() {
    var app = AppHarness()
    let u = app.lane.draw.u
    app.press(.character("r"))
    #expect(app.lane.draw.u != u)
    app.press(.character("g"), .character("r"))
    #expect(app.state.message?.contains("greedy") == true)
  }

  @Test func theSeedIsSetByHand() {
    var app = AppHarness()
    app.press(.character("S"), .control("u"), .character("7"), .enter)
    #expect(app.lane.draw.seed == 7)
    // Typing replaces the seed; a wrong one is said beside the field, which stays open.
    app.press(.character("S"), .character("x"), .enter)
    #expect(app.state.message?.contains("'x'") == true)
    #expect(app.picture.contains("a seed is a whole number from 0 to 18446744073709551615, not 'x'"))
    #expect(app.state.overlay != nil)
    #expect(app.lane.draw.seed == 7)
  }

  @Test func helpClosesWithoutActing() {
    var app = AppHarness()
    app.press(.character("?"), .character("q"))
    #expect(app.state.overlay == nil)
    #expect(!app.effects.contains(.quit))
  }

  @Test func interruptStopsPlayingFirstAndQuitsThen() {
    var app = AppHarness()
    app.press(.character(" "))
    app.send(.tick)
    #expect(app.lane.depth == 1)
    app.press(.interrupt)
    #expect(!app.state.play.isRunning)
    #expect(!app.effects.contains(.quit))
    app.press(.interrupt)
    #expect(app.effects.contains(.quit))
  }

  @Test func playStopsAtTheContextsEnd() {
    var app = AppHarness(predictor: .init(contextLength: 6))
    app.press(.character(" "))
    for _ in 0..<10 { app.send(.tick) }
    #expect(app.lane.textIDs.count == 7)
    #expect(!app.state.play.isRunning)
    #expect(app.lane.problem?.contains("context of 6") == true)
    app.press(.right)
    #expect(app.state.message?.contains("context of 6") == true)
    #expect(app.picture.split(separator: "\n").count { $0.contains("context of 6 positions") } == 1)
    app.press(.left)
    #expect(app.lane.decision != nil)
  }

  @Test func theTableScrollsToTheLastRank() {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    for _ in 0..<20 { app.press(.pageDown) }
    #expect(app.state.visibleRanks(lane: 0, count: 30).last == 40)
    for _ in 0..<20 { app.press(.pageUp) }
    #expect(app.state.table.firstRank == 1)
  }

  @Test func hiddenRowsAreSkipped() {
    var app = AppHarness()
    app.press(.character("n"), .character("x"), .character("x"))
    let kept = app.lane.decision!.distribution.keptCount
    #expect(app.state.visibleRanks(lane: 0, count: 100).count == kept)
    for _ in 0..<60 { app.press(.down) }
    #expect(app.state.table.chosenRank == kept)
  }

  /// The picture, compared with the snapshot.
  private func frame(_ app: AppHarness) -> String {
    RootView(state: app.state, appearance: Appearance(depth: .none, glyphs: .blocks)).picture().buffer.text
  }

  @Test(arguments: [(80, 24), (110, 34)])
  func theChosenRowStaysOnScreen(columns: Int, rows: Int) {
    var app = AppHarness(size: Size(columns: columns, rows: rows))
    app.press(.character("n"))
    for rank in 1...40 {
      app.press(.down)
      #expect(app.state.table.chosenRank == rank)
      #expect(frame(app).contains("[\(app.lane.decision!.distribution.ranking[rank - 1])]"), "rank \(rank)")
    }
  }

  @Test func pagesLeaveNoRankOut() {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    app.press(.character("n"))
    var seen: Set<Int> = []
    for _ in 0..<10 {
      let text = frame(app)
      for rank in 1...40 where text.contains("[\(app.lane.decision!.distribution.ranking[rank - 1])]") {
        seen.insert(rank)
      }
      app.press(.pageDown)
    }
    #expect(seen == Set(1...40))
  }

  @Test func theLastRowSaysRemovedOnlyWhereAllIsRemoved() {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    #expect(!frame(app).contains("✕"))
    app.press(.character("g"))
    #expect(frame(app).contains("✕"))
  }

  @Test func aSeedSetOnTheWayIsShownWithTheFirst() {
    var app = AppHarness(seed: 42)
    app.press(.right, .right, .character("S"), .control("u"), .character("5"), .enter)
    #expect(frame(app).contains("seed 42, then 5"))
    app.press(.home)
    #expect(frame(app).contains("seed 42 "))
  }

  @Test func asciiIsAscii() {
    var app = AppHarness(size: Size(columns: 200, rows: 50))
    app.press(.character("n"), .right, .right, .left, .character("r"))
    for key in [Key.left, .character("?"), .escape, .character("c")] {
      app.press(key)
      let text = RootView(state: app.state, appearance: Appearance(depth: .none, glyphs: .ascii)).picture()
        .buffer.text
      #expect(text.unicodeScalars.allSatisfy { $0.isASCII }, "\(text)")
    }
  }
}
