import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

/// Texts that leave the screen stay in the list.
@Suite struct EarlierTextsTests {
  /// Three steps of one prompt, then two of another.
  private func twoPrompts(_ size: Size = Size(columns: 110, rows: 34)) -> AppHarness {
    var app = AppHarness(size: size, prompt: [3, 1, 4])
    app.press(.right, .right, .right)
    app.state.prompt = .ids([7, 8])
    app.restart()
    app.press(.right, .right)
    return app
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func anEarlierPromptIsListedBelowItsOwnHeading(columns: Int, rows: Int) {
    var app = twoPrompts(Size(columns: columns, rows: rows))
    app.press(.character("b"))
    #expect(app.picture.contains("2 branches, 2 prompts"), "\(app.picture)")
    #expect(app.picture.contains("[7][8]"))
    #expect(app.picture.contains("[3][1][4]"))
  }

  @Test func goingThereAndBackLosesNothing() {
    var app = AppHarness(prompt: [3, 1, 4])
    app.press(.right, .right, .right, .left)
    let first = app.lane
    app.state.prompt = .ids([7, 8])
    app.restart()
    app.press(.right, .right)
    let second = app.lane
    app.press(.character("b"), .end, .enter)
    #expect(app.lane.steps == first.steps)
    #expect(app.state.prompt == .ids([3, 1, 4]))
    app.press(.right)
    #expect(app.lane.depth == 4)
    app.press(.character("b"), .end, .enter)
    #expect(app.lane.steps == second.steps)
    #expect(app.lane.promptIDs == [7, 8])
    // What was gone to is off the shelf, so nothing is listed twice.
    app.press(.character("b"))
    #expect(app.state.branchTree.rows.count == 2)
  }

  @Test func bothTextsOfAComparisonAreKept() {
    var app = AppHarness()
    app.press(.right, .character("c"), .right, .right)
    let lanes = app.state.lanes.map { $0.steps.map(\.id) }
    app.state.prompt = .ids([7, 8])
    app.restart()
    app.press(.character("c"), .character("b"))
    let listed = app.state.branchTree.rows.map { $0.branch.steps.map(\.id) }
    for text in lanes { #expect(listed.contains(text)) }
    app.press(.end, .enter)
    #expect(app.state.lanes.count == 1)
    #expect(app.state.focus == 0)
  }

  @Test func anEarlierTextIsNamedAndDeleted() {
    var app = twoPrompts()
    app.press(.character("b"), .end, .character("n"), .paste("old"), .enter)
    #expect(app.picture.contains("old: "))
    app.press(.character("d"), .character("y"))
    #expect(app.state.branchTree.promptCount == 1)
    #expect(app.lane.promptIDs == [7, 8])
  }

  @Test func aPromptWithoutAStepIsNoText() {
    var app = AppHarness(prompt: [3, 1, 4])
    app.state.prompt = .ids([7, 8])
    app.restart()
    app.press(.character("b"))
    #expect(app.state.branchTree.rows.count == 1)
  }

  /// What is kept for later does not make the predictor keep more texts ready.
  @Test func theShelfIsNotInUse() {
    var app = twoPrompts()
    #expect(app.predictor.textsInUse == 1)
    app.press(.character("c"))
    #expect(app.predictor.textsInUse == 2)
    app.press(.character("c"), .character("b"), .end, .enter)
    #expect(app.predictor.textsInUse == 1)
  }
}
