import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// The keys of the last line.
@Suite struct KeyHintsTests {
  private static let widths = [80, 81, 95, 110, 200]

  private func line(_ app: AppHarness) -> String {
    app.picture.split(separator: "\n", omittingEmptySubsequences: false).last.map(String.init) ?? ""
  }

  /// The hints of a state, and those on its last line: a first part of them, none cut off, then help and quit.
  private func check(_ app: AppHarness, _ place: String, alwaysShows first: [String]) {
    let hints = KeyHints(state: app.state, glyphs: .blocks).shown.map { "\($0.keys) \($0.what)" }
    var text = line(app)
    if let legend = text.firstRange(of: " rank 1 ") { text = String(text[..<legend.lowerBound]) }
    text = String(text.reversed().drop { $0 == " " }.reversed())
    let shown = hints.filter { (text + "  ").contains(" \($0)  ") }
    #expect(text == " " + shown.joined(separator: "  "), "\(place)")
    let always = shown.filter { ["? help", "q quit"].contains($0) }
    let others = shown.filter { !always.contains($0) }
    #expect(others == Array(hints.prefix(others.count)), "\(place): \(text)")
    #expect(shown.starts(with: first), "\(place): \(text)")
    #expect(text.count <= app.state.size.columns)
  }

  @Test(arguments: widths) func oneText(columns: Int) {
    var app = AppHarness(size: Size(columns: columns, rows: 34))
    check(app, "start", alwaysShows: ["→ step", "← back", "↓ choose", "Space play", "g greedy"])
    app.press(.down)
    check(app, "row", alwaysShows: ["Enter append it", "↓ choose", "Esc deselect", "→ step"])
    app.press(.escape, .character(" "))
    check(app, "play", alwaysShows: ["Space pause", "+ faster", "- slower"])
    app.press(.character(" "), .right, .character("H"))
    check(app, "history", alwaysShows: ["←→ step", "↑↓ chart", "Enter go there", "Esc close"])
    app.press(.escape, .character("?"), .tab)
    check(app, "legend", alwaysShows: ["→ the next sign", "← the one before", "Esc close"])
  }

  /// Keys pressed while the model loads are kept.
  @Test func whileTheModelLoads() {
    let state = AppState(
      size: Size(columns: 80, rows: 24), modelName: "fake", prompt: .ids([1]), settings: [SamplingSettings()],
      seed: 1)
    #expect(KeyHints(state: state, glyphs: .blocks).shown.first?.what == "step")
  }

  @Test(arguments: widths) func twoTexts(columns: Int) {
    var app = AppHarness(size: Size(columns: columns, rows: 34))
    app.press(.character("c"))
    check(app, "compare", alwaysShows: ["→ both", "← back", "Tab other"])
  }

  @Test(arguments: widths) func aFullContext(columns: Int) {
    var app = AppHarness(
      size: Size(columns: columns, rows: 34), predictor: FakePredictor(contextLength: 6))
    for _ in 0..<5 { app.press(.right) }
    app.press(.escape)
    #expect(app.lane.decision == nil)
    check(app, "full", alwaysShows: ["← back", "Home start", "H history"])
  }

  @Test(arguments: widths) func aLesson(columns: Int) throws {
    let lesson = try #require(try Lesson.builtIn().first)
    let app = AppHarness(
      size: Size(columns: columns, rows: 34), lesson: lesson,
      storyteller: try LoadedModel.load(.builtIn, threads: 1))
    check(app, "lesson", alwaysShows: ["→ step", "← back", "Space play", "> next caption"])
  }

  @Test(arguments: widths) func aFollowedText(columns: Int) throws {
    let app = AppHarness(
      size: Size(columns: columns, rows: 34), prompt: .human("A fox ran."),
      storyteller: try LoadedModel.load(.builtIn, threads: 1))
    check(app, "author", alwaysShows: ["→ author's", "← back", "↓ choose"])
  }
}
