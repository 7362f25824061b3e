import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

@Suite struct MouseTests {
  /// The position of a text's first character on screen.
  private func place(of text: String, in app: AppHarness) throws -> Point {
    for (y, line) in app.picture.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let range = line.range(ofText: text) { return Point(range, y) }
    }
    throw NotOnScreen(text: text)
  }

  private struct NotOnScreen: Error { let text: String }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func aClickOnARowChoosesIt(columns: Int, rows: Int) throws {
    var app = AppHarness(size: Size(columns: columns, rows: rows))
    let third = Int(try #require(app.lane.decision).distribution.ranking[2])
    let point = try place(of: " 3 [\(third)]", in: app)
    app.press(.mouse(.press, point), .mouse(.release, point))
    #expect(app.state.table.chosenRank == 3)
    #expect(app.picture.contains("▸ 3 [\(third)]"))
    // A second click chooses the same row again.
    app.press(.mouse(.press, point))
    #expect(app.state.table.chosenRank == 3)
    #expect(app.lane.depth == 0)
  }

  @Test func aClickOnATokenTravelsThere() throws {
    var app = AppHarness()
    for _ in 0..<6 { app.press(.right) }
    let ids = app.lane.textIDs
    let start = try place(of: "[3][1][4]", in: app)
    let before = ids[..<5].map { "[\($0)]" }.joined().count
    app.press(.mouse(.press, Point(start.x + before + 1, start.y)))
    #expect(app.lane.textIDs == Array(ids[...5]))
    #expect(app.lane.steps.count == 6)
    app.press(.mouse(.press, start))
    #expect(app.lane.depth == 0)
    #expect(app.predictor.stepCalls == 6)
  }

  @Test(arguments: [SamplingPreset.nucleus95, .topK40])
  func theCutIsDraggedToARow(preset: SamplingPreset) throws {
    var settings = preset.settings
    settings.topK = min(settings.topK, 12)
    var app = AppHarness(settings: settings)
    let cut = try place(of: " cut: kept", in: app)
    let sixth = Int(try #require(app.lane.decision).distribution.ranking[5])
    let row = try place(of: " 6 [\(sixth)]", in: app)
    app.press(.mouse(.press, cut), .mouse(.release, row))
    #expect(app.lane.decision?.distribution.keptCount == 6)
    #expect(app.predictor.stepCalls == 0)
    app.press(.mouse(.release, try place(of: " 2 [", in: app)))
    #expect(app.lane.decision?.distribution.keptCount == 6, "nothing is dragged any more")
  }

  @Test func aClickInTheHistoryTravelsThere() throws {
    var app = AppHarness()
    for _ in 0..<6 { app.press(.right) }
    let name = try place(of: "p(chosen)", in: app)
    app.press(.mouse(.press, Point(name.x + 20 + 2, name.y)))
    #expect(app.lane.depth == 3)
    app.press(.mouse(.press, Point(name.x, name.y)))
    #expect(app.lane.depth == 3)
  }

  @Test func theWheelScrollsTheTableToItsEnds() throws {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    let table = Point(20, app.state.layout.lanes[0].table.y + 3)
    app.press(.mouse(.wheelDown, table))
    #expect(app.state.table.firstRank == 4)
    for _ in 0..<30 { app.press(.mouse(.wheelDown, table)) }
    #expect(app.picture.contains("│ 40 ["))
    for _ in 0..<30 { app.press(.mouse(.wheelUp, table)) }
    #expect(app.state.table.firstRank == 1)
  }

  /// Scrolling skips no row and stops at the last one, also with hidden rows.
  @Test func theWheelKeepsToTheRowsThatAreShown() {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    app.press(.character("s"), .character("["), .character("x"), .character("x"))
    let table = Point(20, app.state.layout.lanes[0].table.y + 3)
    for _ in 0..<30 { app.press(.mouse(.wheelDown, table)) }
    #expect(app.state.visibleRanks(lane: 0, count: 50).count >= 8)
    #expect(app.picture.contains("│ 30 ["))
  }

  @Test func theWheelScrollsTheTextUntilTheNextStep() throws {
    var app = AppHarness(
      size: Size(columns: 80, rows: 24), prompt: [39, 17] + (0..<150).map { ($0 * $0 + $0 / 7) % 39 },
      predictor: FakePredictor(contextLength: 200))
    let text = Point(20, 3)
    #expect(!app.picture.contains("│ [39][17]"))
    for _ in 0..<9 { app.press(.mouse(.wheelUp, text)) }
    #expect(app.picture.contains("│ [39][17]"))
    app.press(.mouse(.wheelDown, text), .mouse(.wheelDown, text), .mouse(.wheelDown, text))
    #expect(app.state.text.scroll == nil)
    app.press(.mouse(.wheelUp, text))
    #expect(app.state.text.scroll != nil)
    app.press(.right)
    #expect(app.state.text.scroll == nil)
  }

  @Test func aClickOnTheOtherLaneTakesTheFocus() throws {
    var app = AppHarness()
    app.press(.right, .character("c"))
    #expect(app.state.focus == 1)
    app.press(.mouse(.press, Point(20, app.state.layout.lanes[0].table.y + 1)))
    #expect(app.state.focus == 0)
    #expect(app.state.table.chosenRank == 1)
  }

  /// A click refers to the picture on screen; its target may no longer exist when the click is handled.
  @Test func aLaneThatWasClosedIsNotPointedAt() {
    var app = AppHarness()
    app.press(.right, .character("c"))
    let other = Point(90, app.state.layout.lanes[1].table.y + 2)
    app.pressUnanswered(.character("c"))
    app.deliver()
    #expect(app.state.lanes.count == 1)
    app.pressUnanswered(.mouse(.press, other))
    #expect(app.state.focus == 0)
    #expect(app.state.table.chosenRank == nil)
  }

  @Test func aWheelTurnedFurtherBeforeTheNextPictureCounts() {
    var app = AppHarness(
      size: Size(columns: 80, rows: 24), prompt: (0..<400).map { ($0 * $0 + $0 / 7) % 39 },
      predictor: FakePredictor(contextLength: 500))
    let last = app.state.metrics.lastTextLine
    for _ in 0..<2 { app.pressUnanswered(.mouse(.wheelUp, Point(20, 3))) }
    #expect(app.state.text.scroll == last - 6)
  }

  @Test func nothingHappensOutsideThePanels() {
    var app = AppHarness()
    for point in [Point(0, 0), Point(5, 33), Point(-1, -1), Point(500, 500)] {
      app.press(.mouse(.press, point), .mouse(.wheelDown, point))
    }
    #expect(app.state.table.chosenRank == nil)
    #expect(app.state.table.firstRank == 1)
  }
}

extension StringProtocol {
  /// The column of a text of narrow characters in this line.
  fileprivate func range(ofText text: String) -> Int? {
    let characters = Array(self)
    let wanted = Array(text)
    guard characters.count >= wanted.count else { return nil }
    return (0...characters.count - wanted.count).first { Array(characters[$0..<$0 + wanted.count]) == wanted }
  }
}
