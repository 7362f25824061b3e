import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// The history over the whole window.
@Suite struct HistoryWindowTests {
  private func opened(steps: Int, size: Size = Size(columns: 110, rows: 34)) -> AppHarness {
    var app = AppHarness(size: size)
    for _ in 0..<steps { app.press(.right) }
    return app
  }

  private func cursor(_ app: AppHarness) -> Int? {
    guard case .history(let window) = app.state.overlay else { return nil }
    return app.state.cursor(of: window)
  }

  /// Appends this token, whatever its rank.
  private func force(_ id: Int, _ app: inout AppHarness) {
    app.state.table.chosenRank = app.lane.decision!.distribution.rank(of: id)
    app.press(.enter)
  }

  @Test func withoutAStepThereIsNothingToShow() {
    var app = opened(steps: 0)
    app.press(.character("H"))
    #expect(app.state.overlay == nil)
    #expect(app.state.message?.hasPrefix("no step yet") == true)
  }

  @Test func theCursorMovesAndTheTextStaysUntilEnter() {
    var app = opened(steps: 30)
    app.press(.character("H"))
    #expect(cursor(app) == 29)
    let moves: [(Key, Int)] = [
      (.left, 28), (.character("h"), 27), (.pageUp, 17), (.home, 0), (.left, 0), (.right, 1),
      (.character("l"), 2), (.pageDown, 12), (.end, 29), (.right, 29), (.pageUp, 19),
    ]
    for (key, place) in moves {
      app.press(key)
      #expect(cursor(app) == place, "\(key)")
      #expect(app.lane.depth == 30)
    }
    app.press(.escape)
    #expect(app.state.overlay == nil)
    #expect(app.lane.depth == 30)
    app.press(.character("H"), .home, .right, .enter)
    #expect(app.state.overlay == nil)
    #expect(app.lane.depth == 2)
    #expect(app.lane.steps.count == 30)
    app.press(.character("H"), .character("H"))
    #expect(app.state.overlay == nil)
  }

  @Test(arguments: [(80, 24, 2), (110, 34, 3), (200, 50, 5)])
  func everyQuantityIsInReach(columns: Int, rows: Int, charts: Int) {
    var app = opened(steps: 12, size: Size(columns: columns, rows: rows))
    app.press(.character("H"))
    let titles = app.state.historyQuantities.map(\.title)
    var seen: Set<String> = []
    for _ in titles {
      let shown = titles.filter { title in app.picture.contains("│ \(title) ") }
      #expect(shown.count == charts, "\(shown)")
      seen.formUnion(shown)
      app.press(.down)
    }
    #expect(seen.count == titles.count)
    #expect(app.picture.contains("Esc close"))
  }

  /// The values under the cursor are those of the step.
  @Test func theReadingsAreTheStepsNumbers() {
    var app = opened(steps: 20, size: Size(columns: 200, rows: 50))
    app.press(.character("H"))
    for _ in 0..<6 {
      app.press(.left)
      let step = app.lane.steps[cursor(app)!]
      for text in [
        "p(chosen)  \(NumberFormat.percent(step.before))",
        "surprisal  \(NumberFormat.fixed(step.surprisalBits, decimals: 1)) bits",
        "entropy  \(NumberFormat.fixed(step.entropyBits, decimals: 1)) bits", "kept  \(step.kept) ",
        "History, step \(cursor(app)! + 1) of 20: [\(step.id)]",
      ] {
        #expect(app.picture.contains(text), "\(text)\n\(app.picture)")
      }
    }
    let mean = app.lane.steps.reduce(0) { $0 + $1.before } / 20
    #expect(app.picture.contains("mean \(NumberFormat.percent(mean))"))
  }

  @Test func bothLanesHaveTheSameAxes() {
    var app = opened(steps: 10)
    app.press(.character("c"), .character("H"))
    let line = app.picture.split(separator: "\n").first { $0.contains("p(chosen)") } ?? ""
    let values = app.state.lanes.map { NumberFormat.percent($0.steps[9].before) }
    #expect(line.contains("██ A greedy \(values[0])  ⠒⠒ B pure \(values[1])"), "\(line)")
  }

  /// Figure 4 of arXiv 1904.09751: the mean probability of each copy.
  @Test func theCopiesOfALoopAreAChart() {
    var app = opened(steps: 3, size: Size(columns: 200, rows: 50))
    for id in [7, 8, 7, 8, 7, 8, 7, 8, 20] { force(id, &app) }
    app.press(.character("H"), .left, .left)
    let steps = app.lane.steps
    let means = (0..<4).map { copy in (steps[3 + 2 * copy].before + steps[4 + 2 * copy].before) / 2 }
    let history = LaneHistory(app.lane)
    #expect(history.values(of: .copies).map { $0! } == means)
    #expect(history.phrase == [7, 8])
    #expect((2...11).map(history.copy(ofStep:)) == [nil, 0, 0, 1, 1, 2, 2, 3, 3, nil])
    #expect(app.picture.contains("p of each copy  copy 4 \(NumberFormat.percent(means[3]))"))
    #expect(app.picture.contains("[7][8] ×4"))
    app.press(.home)
    #expect(app.picture.contains("p of each copy  "))
    #expect(!app.picture.contains("copy 1"))
  }

  @Test func moreStepsThanColumnsShareThemOrScroll() {
    var app = AppHarness(
      size: Size(columns: 80, rows: 24), predictor: FakePredictor(contextLength: 256))
    for _ in 0..<200 { app.press(.right) }
    #expect(app.picture.contains(", H shows all"))
    app.press(.character("H"))
    #expect(app.picture.contains("steps 1-200, 3 a column: means"))
    app.press(.character("z"))
    #expect(app.picture.contains("steps 133-200 of 200"))
    app.press(.home)
    #expect(app.picture.contains("steps 1-68 of 200"))
  }

  @Test func theTextFollowsTheCursor() {
    var app = AppHarness(
      size: Size(columns: 80, rows: 24), predictor: FakePredictor(contextLength: 256))
    for _ in 0..<200 { app.press(.right) }
    app.press(.character("H"), .home)
    let first = "[\(app.lane.steps[0].id)]"
    #expect(app.picture.split(separator: "\n")[2].contains("[3][1][4]\(first)"))
    app.press(.end)
    #expect(!app.picture.contains("[3][1][4]\(first)"))
    let marked = app.shown.buffer.cells.filter { $0.style.attributes.contains([.bold, .reverse]) }
    let token = String(String.UnicodeScalarView(marked.map(\.scalar)))
    #expect(token == "[\(app.lane.steps[199].id)]")
  }

  @Test func aClickChoosesTheStep() throws {
    var app = opened(steps: 30)
    app.press(.character("H"))
    for target in [3, 17, 29] {
      let places = app.shown.hits.filter { $0.target == .step(target, lane: 0) }
      #expect(places.count >= 4, "in the text and in three charts")
      for place in places {
        app.press(.home, .mouse(.press, place.area.origin))
        #expect(cursor(app) == target)
      }
    }
    #expect(app.lane.depth == 30)
  }

  @Test func itGrowsWhilePlaying() {
    var app = opened(steps: 5)
    app.press(.character("H"), .home, .character(" "))
    #expect(app.state.play.isRunning)
    for _ in 0..<4 { app.send(.tick) }
    #expect(app.lane.depth == 9)
    #expect(cursor(app) == 8)
    #expect(app.picture.contains("History, step 9 of 9"))
    app.press(.character(" "), .escape)
    #expect(!app.state.play.isRunning)
  }

  @Test func stepsAheadStayInThePicture() {
    var app = opened(steps: 20)
    app.press(.home, .right, .right, .right, .character("H"))
    #expect(cursor(app) == 2)
    #expect(app.picture.contains("History, step 3 of 20"))
    #expect(app.picture.contains("┄┄┄"))
    app.press(.end, .enter)
    #expect(app.lane.depth == 20)
  }

  @Test func plainModeSaysItInSentences() {
    var app = opened(steps: 3)
    for id in [7, 8, 7, 8, 7, 8] { force(id, &app) }
    app.press(.left)
    let speech = SpokenText(glyphs: .blocks)
    func press(_ key: Key) -> [String] {
      let before = app.state
      app.press(key)
      return PlainReport(before: before, after: app.state, key: key, speech: speech).lines
    }
    let lines = press(.character("H"))
    let steps = app.lane.steps
    let values = steps.map(\.before)
    let (low, high) = (values.min()!, values.max()!)
    let mean = values.reduce(0, +) / 9
    #expect(lines[0].hasPrefix("History of 9 steps, 1 of them ahead. "))
    #expect(
      lines[1] == "p(chosen): from \(speech.percent(low)) at step \(values.firstIndex(of: low)! + 1) to "
        + "\(speech.percent(high)) at step \(values.firstIndex(of: high)! + 1), mean \(speech.percent(mean))."
    )
    #expect(lines[5].hasPrefix("Loop: \"[7][8]\", 3 times in a row, with mean probabilities of "))
    #expect(lines.count == 7)
    let moved = press(.home)
    #expect(moved.count == 1)
    #expect(
      moved[0].hasPrefix("Chosen: step 1: \"[\(steps[0].id)]\", \(speech.percent(steps[0].before)), rank "))
    #expect(press(.escape) == ["Closed."])
  }
}
