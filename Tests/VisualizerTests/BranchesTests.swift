import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

@Suite struct BranchTreeTests {
  /// Steps that differ only in their ids.
  private func branches(_ texts: [[Int]]) throws -> [WrittenText] {
    let session = try GenerationSession(predictor: FakePredictor(), promptIDs: [1], seed: 1)
    for text in texts {
      session.jump(toDepth: 0)
      for id in text { try session.force(id) }
    }
    return [WrittenText(prompt: .ids([1]), promptIDs: [1], branches: session.branches)]
  }

  @Test func eachStandsBelowTheOneItLeft() throws {
    let tree = BranchTree(try branches([[1, 2, 3, 4], [1, 2, 9], [7], [1, 2, 9, 8], [1, 2, 9, 5]]))
    // [1, 2, 9] was extended to [1, 2, 9, 8], so it is no branch of its own.
    #expect(
      tree.rows.map { $0.branch.steps.map(\.id) } == [[1, 2, 3, 4], [7], [1, 2, 9, 8], [1, 2, 9, 5]])
    #expect(tree.rows.map(\.fork) == [0, 0, 2, 3])
    #expect(tree.rows.map(\.level) == [0, 1, 1, 2])
    #expect(tree.rows.map(\.continues) == [[], [true], [false], [false, false]])
    #expect(tree.rows[3].ownSteps.map(\.id) == [5])
  }

  @Test func thePromptAloneIsABranch() throws {
    #expect(BranchTree(try branches([])).rows.map(\.ownSteps.count) == [0])
    #expect(BranchTree([]).rows.isEmpty)
  }
}

@Suite struct BranchKeysTests {
  /// Four steps, then another branch from the second step on.
  private func twoBranches(_ size: Size = Size(columns: 110, rows: 34)) -> AppHarness {
    var app = AppHarness(size: size)
    for _ in 0..<4 { app.press(.right) }
    app.press(.left, .left, .character("g"), .right, .right, .right)
    return app
  }

  @Test func listsGoesAndComesBack() {
    var app = twoBranches()
    let second = app.lane.textIDs
    #expect(app.lane.branches == nil)
    app.press(.character("b"))
    #expect(app.lane.branches?.count == 2)
    #expect(app.picture.contains("─ 2 branches ─"))
    #expect(app.picture.contains("└─ 2 "))
    #expect(app.picture.contains("greedy: argmax"))
    app.press(.up, .enter)
    #expect(app.state.overlay == nil)
    #expect(app.lane.textIDs != second)
    #expect(app.lane.depth == 4)
    app.press(.character("b"), .down, .enter)
    #expect(app.lane.textIDs == second)
    app.press(.left)
    #expect(app.lane.branches == nil)
  }

  @Test func aNameIsKept() {
    var app = twoBranches()
    app.press(.character("b"), .character("n"), .character("q"), .paste("ueen é"), .enter)
    #expect(app.lane.branches?[1].name == "queen é")
    #expect(app.picture.contains("queen é: "))
    app.press(.escape, .right, .character("b"))
    // The branch was extended, and kept its name.
    #expect(app.lane.branches?.map(\.name) == [nil, "queen é"])
    app.press(.character("n"), .escape, .escape)
    #expect(app.state.overlay == nil)
  }

  @Test func deletionAsksAndSparesTheTextOnScreen() {
    var app = twoBranches()
    let text = app.lane.textIDs
    app.press(.character("b"), .character("d"))
    #expect(app.state.message?.contains("on screen") == true)
    app.press(.up, .character("d"))
    #expect(app.picture.contains("Delete this branch"))
    app.press(.enter)
    #expect(app.lane.branches?.count == 2)
    app.press(.character("d"), .character("y"))
    #expect(app.lane.branches?.count == 1)
    #expect(app.lane.textIDs == text)
  }

  /// After a change of settings at an earlier step no branch is current, but one can still be selected.
  @Test func aBranchUnderTheCursorIsNotDeleted() {
    var app = AppHarness()
    for _ in 0..<4 { app.press(.right) }
    app.press(.left, .character("g"), .character("b"))
    #expect(app.picture.contains("begins a new branch"))
    app.press(.character("d"), .character("y"))
    #expect(app.lane.branches?.count == 1)
    #expect(app.state.message?.contains("part of this branch") == true)
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func everyColumnFits(columns: Int, rows: Int) {
    var app = twoBranches(Size(columns: columns, rows: rows))
    app.press(.character("b"))
    let line = app.picture.split(separator: "\n").first { $0.contains("└─ 2 ") }
    #expect(line?.contains("5 steps") == true)
    #expect(line?.contains("ppl ") == true)
  }
}
