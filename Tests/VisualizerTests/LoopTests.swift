import LMCore
import Presentation
import Testing

@testable import Visualizer

/// A repeated phrase: marked in the text, measured, and the key that goes to its beginning.
@Suite struct LoopTests {
  /// Forces tokens by their ids, each searched for.
  private func force(_ ids: [Int], on app: inout AppHarness) {
    for id in ids {
      app.press(.character("/"), .paste("#\(id)"), .enter, .enter)
    }
  }

  @Test func everyCopyStandsInBrackets() {
    var app = AppHarness()
    force([7, 8, 9, 8, 9, 8, 9], on: &app)
    #expect(app.picture.contains("│ [3][1][4][7][[8][9]][[8][9]][[8][9]]▏"))
    #expect(app.picture.contains("loop [8][9]  ×3  period 2"))
    app.press(.left)
    #expect(app.picture.contains("│ [3][1][4][7][8][9][8][9][8]▏"))
    #expect(app.picture.contains("loop none"))
  }

  @Test func meansAreThoseOfTheStepsAndNotOfThePrompt() throws {
    var app = AppHarness(prompt: [5, 8, 9, 8])
    force([9, 8, 9], on: &app)
    let repetition = LoopSummary(app.lane)
    let reading = try #require(repetition.reading(of: app.lane, card: app.state.card, glyphs: .blocks))
    #expect(reading.copies == 3)
    let steps = app.lane.steps.map(\.before)
    #expect(reading.copyMeans == [nil, steps[0], (steps[1] + steps[2]) / 2])
    #expect(app.picture.contains("given"))
  }

  @Test func theKeyGoesToTheDecisionThatBeganIt() {
    var app = AppHarness()
    force([7, 8, 9, 8, 9, 8, 9], on: &app)
    app.press(.character("L"))
    // The prompt and [7]: the next decision chose [8].
    #expect(app.lane.textIDs == [3, 1, 4, 7])
    #expect(app.state.notice?.contains("loop of 2 tokens began") == true)
    #expect(app.lane.steps.count == 7)
    app.press(.character("L"))
    #expect(app.lane.textIDs == [3, 1, 4, 7])
    app.press(.end)
    #expect(app.lane.depth == 7)
  }

  @Test func aLoopOfThePromptBeganThere() {
    var app = AppHarness(prompt: [5, 8, 9, 8])
    force([9, 8, 9], on: &app)
    app.press(.character("L"))
    #expect(app.lane.depth == 0)
    #expect(app.state.notice?.contains("prompt") == true)
  }

  @Test func withoutALoopItSaysSo() {
    var app = AppHarness()
    app.press(.character("L"))
    #expect(app.state.message?.contains("no phrase repeats") == true)
  }

  @Test func repetitionAndHumanPerplexityStandBesideTheTexts() {
    var app = AppHarness()
    force([7, 8, 9, 8, 9, 8, 9], on: &app)
    // Of the generated tokens: one of the four runs of four comes twice; of the six pairs three are distinct.
    #expect(app.picture.contains("generated: repeated 4-grams 25.0%  distinct-2 0.50"))
    #expect(!app.picture.contains("human"), "no figure of this model is known")
    #expect(app.picture.contains("surprisal "))
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func comparedLanesSayHowMuchRepeats(columns: Int, rows: Int) {
    var app = AppHarness(size: Size(columns: columns, rows: rows))
    app.press(.character("c"), .right, .right)
    let line = app.picture.split(separator: "\n").first { $0.contains("loop none") }
    #expect(line?.split(separator: "rep-4 0%").count == 3, "\(app.picture)")
  }

  /// The columns of the loop are beside the history in a wide window, below it in a high one.
  @Test(arguments: [(200, 50), (110, 50)])
  func largeWindowsDrawTheCopiesAsColumns(columns: Int, rows: Int) {
    var app = AppHarness(size: Size(columns: columns, rows: rows))
    force([7] + [8, 9, 8, 9, 8, 9, 8, 9], on: &app)
    let lines = app.picture.split(separator: "\n")
    let first = lines.firstIndex { $0.contains("loop [8][9]  ×4  period 2") }
    #expect(first != nil)
    let below = lines[(first ?? 0) + 2]
    #expect(
      (1...8).contains {
        below.contains(String(repeating: Character(GlyphSet.blocks.lowerEighths($0)), count: 2))
      })
    #expect(lines.contains { $0.contains("repeated 4-grams") || $0.contains("rep-4") })
  }
}
