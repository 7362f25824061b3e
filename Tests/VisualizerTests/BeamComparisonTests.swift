import Glibc
import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// The best beam beside greedy decoding and sampling, in the window of the search.
@Suite struct BeamComparisonTests {
  private func compared(
    _ settings: SamplingSettings = SamplingSettings(), steps: Int, predictor: FakePredictor = FakePredictor(),
    size: Size = Size(columns: 110, rows: 34)
  ) -> AppHarness {
    var app = AppHarness(size: size, settings: settings, predictor: predictor)
    app.state.beamSettings = BeamSettings(width: 4)
    app.press(.character("B"), .character("c"))
    for _ in 0..<steps { app.press(.right) }
    return app
  }

  private func session(_ settings: SamplingSettings, steps: Int) throws -> GenerationSession {
    let session = try GenerationSession(
      predictor: FakePredictor(), promptIDs: [3, 1, 4], settings: settings, seed: 42)
    for _ in 0..<steps { try session.advance() }
    return session
  }

  /// The texts are those that the session would write: greedy, and nucleus sampling with the session's seed.
  @Test func theOthersAreAsLongAsTheBeams() throws {
    var app = compared(steps: 7)
    for depth in [7, 6, 5, 8] {
      let beams = try #require(app.state.beams)
      #expect(beams.search.depth == depth)
      let entries = try #require(
        BeamComparison(beams, chosen: beams.texts.first, named: "Beam 1", glyphs: .blocks)
      ).entries
      #expect(entries.map(\.name) == ["Beam 1", "Greedy", "nucleus: top-p 0.95, seed 42"])
      for (entry, settings) in zip(
        entries.dropFirst(), [SamplingPreset.greedy.settings, SamplingPreset.nucleus95.settings])
      {
        let session = try session(settings, steps: depth)
        #expect(entry.ids == session.steps.map(\.id), "\(depth)")
        #expect(entry.logProbabilities == session.steps.map(\.logProbability))
      }
      // Without a chain the beam's sum is that of the search.
      #expect(abs(entries[0].sum - beams.search.live[0].sum) < 1e-12)
      #expect(entries[0].mean.map { abs($0 - entries[0].sum / Double(depth)) < 1e-12 } == true)
      if depth == 5 { for _ in 0..<3 { app.press(.right) } } else { app.press(.left) }
    }
  }

  @Test func cTogglesAndTheWindowSaysSo() {
    var app = compared(steps: 5)
    #expect(app.picture.contains("c beams alone") && app.picture.contains("Greedy"))
    #expect(app.picture.contains("mean ln p -") && app.picture.contains("repeated 4-grams"))
    #expect(app.picture.contains("Beams: sum of ln p, score"))
    app.press(.character("c"))
    #expect(app.state.beams?.rivals == nil)
    #expect(app.picture.contains("c compare") && !app.picture.contains("Greedy"))
    #expect(app.picture.contains("Finished, best first"))
    // Another setting of the search keeps the comparison; another text ends it.
    app.press(.character("c"), .character("]"))
    #expect(app.state.beams?.rivals?.map(\.steps.count) == [5, 5])
    app.press(.enter, .character("B"))
    #expect(app.state.beams != nil && app.state.beams?.rivals == nil)
  }

  /// A chain of the user's own takes the place of nucleus sampling; greedy decoding is not compared twice.
  @Test func theOwnChainIsCompared() throws {
    let own = compared(.with { ($0.topK, $0.temperature) = (5, 0.7) }, steps: 2)
    #expect(own.state.beams?.rivals?.last?.settings.topK == 5)
    #expect(own.picture.contains("top-k 5"), "\(own.picture)")
    let greedy = compared(SamplingPreset.greedy.settings, steps: 2)
    #expect(greedy.state.beams?.rivals?.map(\.settings.topP) == [1, 0.95])
  }

  /// A text that has ended stays as it is.
  @Test func anEndedTextIsNotContinued() throws {
    let ends = Array(0..<20)
    let app = compared(steps: 6, predictor: FakePredictor(endOfText: ends))
    let rivals = try #require(app.state.beams?.rivals)
    let depth = try #require(app.state.beams?.search.depth)
    for rival in rivals {
      let end = rival.steps.firstIndex { ends.contains($0.id) }
      #expect(rival.steps.count == min(depth, (end ?? depth) + 1))
    }
    #expect(rivals.contains { $0.steps.count < depth || $0.steps.last.map { ends.contains($0.id) } == true })
  }

  /// Over a source that tells the first ranks only: what it does not decide is one sentence, and greedy decoding goes on.
  @Test func whatAServerDoesNotTellIsSaid() throws {
    let app = compared(
      .with { $0.temperature = 9 }, steps: 8, predictor: FakePredictor(knownRanks: 12))
    let rivals = try #require(app.state.beams?.rivals)
    let depth = try #require(app.state.beams?.search.depth)
    #expect(rivals[0].steps.count == depth && rivals[0].problem == nil)
    let problem = try #require(rivals[1].problem)
    #expect(rivals[1].steps.count < depth && !problem.contains("\n"))
    #expect(app.picture.contains(problem.prefix(40)), "\(app.picture)")
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func everySizeShowsTheTextsAndTheBeams(size: (Int, Int)) throws {
    let app = compared(steps: 12, size: Size(columns: size.0, rows: size.1))
    let text = app.picture
    let beams = try #require(app.state.beams)
    for word in [
      "Beam 1", "Greedy", "nucleus: top-p 0.95, seed", BeamDescription.number(beams.search.live[0].sum),
    ] {
      #expect(text.contains(word), "\(word)\n\(text)")
    }
    #expect(text.components("loop ") == 3, "\(text)")
    #expect(text.components("mean ln p") + text.components("ln p mean") == 3, "\(text)")
    let area = Rect(x: 0, y: 1, width: size.0, height: size.1 - 2)
    let places = BeamView.comparisonPlaces(area, texts: 3, beams: 6)
    #expect(places.beams.maxY == area.maxY && places.texts.allSatisfy { $0.height >= 5 })
    #expect(places.beams.height >= 4)
  }

  @Test func theLikeliestAndTheMostRepetitiveAreNamed() {
    let loop = [7, 8, 9, 7, 8, 9, 7, 8, 9, 7, 8, 9]
    let comparison = BeamComparison(
      beam: "Beam 1", ids: loop, logProbabilities: loop.map { _ in -0.1 },
      others: [
        ("Greedy", loop, loop.map { _ in -0.2 }, nil), ("Nucleus", Array(0..<12), loop.map { _ in -2 }, nil),
      ])
    #expect(comparison.likeliest == 0 && comparison.mostRepetitive == nil)
    #expect(comparison.distinctions(of: 0) == "likeliest" && comparison.distinctions(of: 2) == "")
    #expect(comparison.figures(of: 2) == "mean ln p -2.000, sum of ln p -24.000, repeated 4-grams 0%")
    let alone = BeamComparison(
      beam: "Beam 1", ids: loop, logProbabilities: loop.map { _ in -0.1 },
      others: [("Nucleus", Array(0..<20), (0..<20).map { _ in -2 }, nil)])
    #expect(alone.distinctions(of: 0) == "likeliest, repeats most" && alone.entries[1].ids.count == 12)
  }

  @Test func plainModeReadsTheComparison() throws {
    let app = compared(steps: 4)
    let lines = PlainPanel(app.state, SpokenText(glyphs: .ascii))?.lines ?? []
    #expect(lines.contains { $0.hasPrefix("The beam") && $0.contains("mean ln p") }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("Greedy") } && lines.contains { $0.hasPrefix("nucleus") })
  }
}

extension String {
  /// How often a word stands in the text.
  fileprivate func components(_ word: String) -> Int {
    split(separator: word, omittingEmptySubsequences: false).count - 1
  }
}
