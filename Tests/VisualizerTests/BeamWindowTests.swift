import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// Beam search on the screen.
@Suite struct BeamWindowTests {
  private func opened(
    _ settings: BeamSettings = BeamSettings(width: 4), steps: Int = 0,
    size: Size = Size(columns: 110, rows: 34)
  ) -> AppHarness {
    var app = AppHarness(size: size)
    app.state.beamSettings = settings
    app.press(.character("B"))
    for _ in 0..<steps { app.press(.right) }
    return app
  }

  private func window(_ app: AppHarness) -> BeamWindow? {
    guard case .beams(let window) = app.state.overlay else { return nil }
    return window
  }

  /// The same search without a screen.
  private func run(_ settings: BeamSettings, steps: Int, prompt: [Int] = [3, 1, 4]) throws -> BeamRun {
    let run = try BeamRun(
      FakePredictor(), promptIDs: prompt, settings: settings, limit: 62, endOfText: [])
    for _ in 0..<steps { try run.advance() }
    return run
  }

  @Test func keysStepThroughTheSearch() throws {
    var app = opened()
    #expect(app.state.beams?.search.depth == 0)
    let settings = app.state.fullBeamSettings
    for depth in 1...5 {
      app.press(.right)
      #expect(app.state.beams?.search.live == (try run(settings, steps: depth)).search.live)
    }
    app.press(.left, .character("h"))
    #expect(app.state.beams?.search.depth == 3)
    app.press(.home)
    #expect(app.state.beams?.search.depth == 0)
    app.press(.end)
    // The step that stands next was made as well.
    #expect(app.state.beams?.search.depth == 6)
    app.press(.escape)
    #expect(app.state.overlay == nil && app.state.beams == nil && app.lane.depth == 0)
  }

  @Test func theStepThatStandsNextIsShown() throws {
    let app = opened(steps: 3)
    let expected = try run(app.state.fullBeamSettings, steps: 4)
    #expect(app.state.beams?.next?.candidates == expected.steps.last?.candidates)
    let text = app.picture
    #expect(text.contains("Step 4: the best 8 continuations"))
    for word in ["Beam 1", "step 3/62", "beam search: 4 beams", "→ beam 1", "cut"] {
      #expect(text.contains(word), "\(word)\n\(text)")
    }
  }

  @Test func settingsStartTheSearchAnewAtTheSameStep() throws {
    var app = opened(steps: 4)
    app.press(.character("]"), .character("P"), .character("o"))
    let settings = try #require(app.state.beams?.search.settings)
    #expect((settings.width, settings.lengthPenalty, settings.earlyStopping) == (5, 1.5, .immediate))
    #expect(app.state.beams?.search.depth == 4)
    #expect(app.state.beams?.search.live == (try run(settings, steps: 4)).search.live)
    app.press(.character("s"))
    #expect(app.state.beams?.search.settings.choice == .sampled)
    #expect(app.picture.contains("beam sampling"))
    for _ in 0..<30 { app.press(.character("[")) }
    #expect(app.state.beamSettings.width == 1)
    for _ in 0..<30 { app.press(.character("]")) }
    #expect(app.state.beamSettings.width == 16)
  }

  /// Enter goes on with the chosen text, and the search behind the new text begins there.
  @Test func aTextIsTaken() throws {
    var app = opened(steps: 5)
    app.press(.down, .down)
    #expect(window(app)?.chosen == 2)
    let ids = try #require(app.state.beams?.search.live[2].ids)
    app.press(.enter)
    #expect(app.state.overlay == nil && app.lane.depth == 5)
    #expect(app.lane.steps.map(\.id) == ids)
    app.press(.character("B"))
    #expect(app.state.beams?.promptIDs == [3, 1, 4] + ids && app.state.beams?.search.depth == 0)
    app.press(.escape, .left, .character("B"))
    #expect(app.state.beams?.promptIDs == [3, 1, 4] + ids.dropLast())
  }

  @Test func theEndIsSaidAndCanBeLeft() {
    var app = opened(BeamSettings(width: 2), steps: 62)
    #expect(app.state.beams?.search.stop == .length)
    #expect(app.picture.contains("the texts have their length"))
    app.press(.right)
    #expect(app.state.notice?.hasPrefix("the search has ended") == true)
    #expect(app.state.beams?.texts.count == 2)
    app.press(.left)
    #expect(app.state.beams?.search.stop == nil)
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)], [1, 4, 16])
  func everySizeShowsTheBeams(size: (Int, Int), width: Int) throws {
    let app = opened(
      BeamSettings(width: width), steps: 7, size: Size(columns: size.0, rows: size.1))
    let text = app.picture
    let beams = try #require(app.state.beams)
    let sums = beams.search.live.map { BeamDescription.number($0.sum) }
    let shown = sums.count { text.contains($0) }
    #expect(shown >= min(width, size.1 < 30 ? 4 : 8), "\(text)")
    for title in [": sum of ln p, score", "Finished, best first", "loop none"] {
      #expect(text.contains(title), "\(title)\n\(text)")
    }
    #expect(text.contains("Step 8: the best"))
  }

  /// Beams stay divisible by the groups, whatever key is pressed.
  @Test func groupsAreTurnedAndShown() throws {
    var app = opened(BeamSettings(width: 4, choice: .diverse, groups: 2, diversity: 1), steps: 3)
    var beams = try #require(app.state.beams)
    #expect(beams.search.live.map(\.group) == [0, 0, 1, 1])
    #expect(beams.search.live == (try run(app.state.fullBeamSettings, steps: 3)).search.live)
    for words in [
      "diverse beams: 4 beams in 2 groups, diversity 1", "Beam 1, group 1", "1  g1 ", "4  g2 ", "g1  beam 1",
      "0 of 2 groups have ended",
    ] {
      #expect(app.picture.contains(words), "\(words)\n\(app.picture)")
    }
    app.press(.character("]"), .character("G"), .character("D"))
    beams = try #require(app.state.beams)
    #expect((beams.search.settings.width, beams.search.settings.groups) == (6, 3))
    #expect(beams.search.settings.diversity == 1.5 && beams.search.depth == 3)
    app.press(.character("g"), .character("["), .character("["), .character("["), .character("d"))
    #expect((app.state.beamSettings.width, app.state.beamSettings.groups) == (2, 2))
    // Groups that no longer fit become one beam each, and one beam makes none.
    app.state.beamSettings = BeamSettings(width: 3, choice: .stochastic)
    app.press(.character("s"))
    #expect(app.state.beams?.search.settings.groups == 3)
    app.state.beamSettings = BeamSettings(width: 1, choice: .stochastic)
    app.press(.character("s"))
    #expect(app.state.beams?.search.settings.choice == .best)
    let keys = Array("gGdD[]s".unicodeScalars)
    var source = RandomSource(seed: 5)
    for _ in 0..<100 {
      app.press(.character(keys.randomElement(using: &source) ?? "s"))
      #expect(app.state.beamSettings.choice != .diverse || app.state.beamSettings.hasEqualGroups)
      #expect(
        app.state.message == nil && app.state.beams?.search.settings.choice == app.state.beamSettings.choice)
    }
  }

  /// Two groups may have the same text: both have a row.
  @Test func equalTextsOfGroupsHaveARowEach() throws {
    let app = opened(BeamSettings(width: 4, choice: .diverse, groups: 4, diversity: 1e-6), steps: 4)
    let beams = try #require(app.state.beams)
    #expect(Set(beams.search.live.map(\.ids)).count == 1)
    let tree = BeamTree(beams.search, beams.steps, columns: 6, limit: 10)
    #expect(
      Set(tree.rows.compactMap { if case .live(let place) = $0.leaf { place } else { nil } }) == [0, 1, 2, 3])
  }

  @Test func theTreeJoinsWhatTextsShare() throws {
    let beams = try #require(opened(steps: 9).state.beams)
    let tree = BeamTree(beams.search, beams.steps, columns: 6, limit: 10)
    #expect(tree.rows.count <= 10)
    #expect(
      Set(tree.rows.compactMap { if case .live(let place) = $0.leaf { place } else { nil } }) == [0, 1, 2, 3])
    // Each live text is read along its row and the rows above it.
    for row in tree.rows {
      guard case .live(let place) = row.leaf else { continue }
      let index = try #require(tree.rows.firstIndex(of: row))
      let tail = Array(beams.search.live[place].ids.suffix(6))
      for column in 0..<6 {
        let above = tree.rows[...index].last { $0.cells[column].id != nil }
        #expect(above?.cells[column].id == tail[column])
      }
      #expect(row.cells.last?.id == tail.last)
    }
  }
}
