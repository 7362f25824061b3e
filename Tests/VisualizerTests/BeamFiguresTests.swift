import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// What the window of beam search calls its numbers, and how it shares out its lines.
@Suite struct BeamFiguresTests {
  private static let sizes = [Size(columns: 80, rows: 24), Size(columns: 110, rows: 34)]

  private func opened(
    _ settings: BeamSettings = BeamSettings(width: 4), of sampling: SamplingSettings = SamplingSettings(),
    steps: Int = 0, size: Size = Size(columns: 110, rows: 34)
  ) -> AppHarness {
    var app = AppHarness(size: size, settings: sampling)
    app.state.beamSettings = settings
    app.press(.character("B"))
    for _ in 0..<steps { app.press(.right) }
    return app
  }

  private func plain(_ app: AppHarness) -> [String] {
    PlainPanel(app.state, SpokenText(glyphs: .ascii))?.lines ?? []
  }

  /// What the search ranks by behind a chain has another name than the model's own sum, and each row adds up.
  @Test(arguments: sizes)
  func sumsBehindAChainHaveANameOfTheirOwn(size: Size) throws {
    let sampling = SamplingSettings.with { ($0.temperature, $0.topK) = (0.5, 20) }
    var app = opened(BeamSettings(width: 4, choice: .sampled), of: sampling, steps: 6, size: size)
    let beams = try #require(app.state.beams)
    let text = app.picture
    for words in ["Beams: search sum, score", "p, counted ln p, search sum"] {
      #expect(text.contains(words), "\(words)\n\(text)")
    }
    #expect(!text.contains("sum of ln p"), "\(text)")
    let step = try #require(beams.next)
    let first = try #require(step.candidates.first)
    #expect(abs(step.parents[first.parent].sum + first.token.logProbability - first.sum) < 1e-12)
    let figures = [first.token.logProbability, first.sum].map(BeamDescription.number)
    let row = try #require(text.split(separator: "\n").first { $0.contains(figures[0]) })
    #expect(row.contains(figures[1]), "\(row)")
    #expect(
      plain(app).contains {
        $0.hasPrefix("Beam 1: search sum \(BeamDescription.number(beams.search.live[0].sum)), score ")
      })
    // The comparison speaks of the model's own numbers.
    app.press(.character("c"))
    let own = BeamDescription.number(beams.search.live[0].ownSum)
    #expect(own != BeamDescription.number(beams.search.live[0].sum))
    #expect(
      app.picture.contains("sum of ln p \(own)") || app.picture.contains(", sum \(own)"), "\(app.picture)")
    #expect(app.picture.contains("Beams: search sum, score"))
  }

  @Test func sumsWithoutAChainAreTheModelsOwn() throws {
    let app = opened(steps: 6)
    #expect(app.picture.contains("p, sum of ln p") && !app.picture.contains("search sum"))
    let live = try #require(app.state.beams?.search.live)
    for beam in live { #expect(abs(beam.ownSum - beam.sum) < 1e-12) }
    for settings in [
      BeamSettings(width: 4, choice: .diverse, groups: 2), BeamSettings(width: 4, choice: .best),
    ] {
      let isOther = settings.choice == .diverse
      #expect(settings.hasSearchSums == isOther)
    }
    // A filter has no part where nothing is drawn; a penalty has.
    func search(_ change: (inout SamplingSettings) -> Void) -> BeamSettings {
      BeamSettings(width: 4, sampling: .with(change))
    }
    #expect(!search { $0.topP = 0.5 }.hasSearchSums && search { $0.repetitionPenalty = 1.5 }.hasSearchSums)
  }

  /// At 80 columns too.
  @Test(arguments: sizes)
  func everyComparedTextHasItsSum(size: Size) throws {
    var app = opened(steps: 9, size: size)
    app.press(.character("c"))
    let beams = try #require(app.state.beams)
    let comparison = try #require(
      BeamComparison(beams, chosen: beams.texts.first, named: "Beam 1", glyphs: .blocks))
    for entry in comparison.entries {
      #expect(app.picture.contains(BeamDescription.number(entry.sum)), "\(app.picture)")
    }
  }

  /// What stochastic beams rank by is a column, and the rows stand in its order.
  @Test(arguments: sizes)
  func perturbedNumbersAreShown(size: Size) throws {
    let app = opened(BeamSettings(width: 3, choice: .stochastic), steps: 4, size: size)
    let (beams, text) = (try #require(app.state.beams), app.picture)
    for words in [
      "Beams: sum of ln p, score, perturbed ln p", "Step 5: 6 drawn continuations",
      "p, sum of ln p, perturbed ln p",
    ] { #expect(text.contains(words), "\(words)\n\(text)") }
    #expect(!text.contains("early stopping") && !text.contains("the best"), "\(text)")
    for beam in beams.search.live { #expect(text.contains(BeamDescription.number(beam.number)), "\(text)") }
    let numbers = try #require(beams.next).candidates.map(\.number)
    #expect(numbers == numbers.sorted(by: >))
    let places = numbers.prefix(4).compactMap { text.firstRange(of: BeamDescription.number($0))?.lowerBound }
    #expect(places.count == 4, "\(text)")
    let lines = plain(app)
    #expect(!lines[0].contains("early stopping"), "\(lines)")
    #expect(lines.contains { $0.hasPrefix("Next, rank 1") && $0.contains("perturbed ln p") }, "\(lines)")
  }

  @Test func stochasticBeamsHaveNoRuleToStop() {
    var app = opened(BeamSettings(width: 3, choice: .stochastic), steps: 2)
    let before = app.state.beams?.search.settings
    app.press(.character("o"))
    #expect(app.state.beams?.search.settings == before)
    #expect(app.state.message == "stochastic beams end when all of them have ended")
    #expect(!app.picture.contains("o when to stop"))
  }

  /// The rule to stop and the penalties can be seen whatever the header has room for.
  @Test(arguments: sizes)
  func whatRunsIsSeen(size: Size) {
    let penalties = SamplingSettings.with { ($0.repetitionPenalty, $0.noRepeatNgram) = (1.5, 2) }
    for choice in [BeamSettings.Choice.best, .sampled, .diverse] {
      var app = opened(BeamSettings(width: 4, choice: choice, groups: 2), of: penalties, steps: 2, size: size)
      for rule in ["false", "true", "never"] {
        #expect(app.picture.contains("early stopping \(rule)"), "\(app.picture)")
        app.press(.character("o"))
      }
      let title = String(app.picture.prefix(size.columns))
      #expect(title.contains("1.5"), "\(title)")
    }
  }

  /// Drawn beams need a temperature: the key passes over them, and says so.
  @Test func greedyTextsHaveNoDrawnBeams() {
    var app = opened(of: SamplingPreset.greedy.settings, steps: 2)
    app.press(.character("s"))
    #expect(app.state.beams?.search.settings.choice == .diverse)
    #expect(app.state.message == "\(SamplingError.drawnBeamsNeedTemperature)")
    app.press(.character("s"))
    #expect(app.state.beams?.search.settings.choice == .best && app.state.message == nil)
    app.press(.escape)
    app.state.beamSettings.choice = .sampled
    app.press(.character("B"))
    #expect(app.state.beams?.search.settings.choice == .best)
    #expect(app.state.message?.contains("a temperature above 0") == true)
  }

  @Test func plainModeTellsTheScoreOfLiveBeams() {
    var app = opened(steps: 4)
    let before = plain(app).first { $0.hasPrefix("Beam 1: ") }
    app.press(.character("P"))
    #expect(before?.contains(", score -") == true && plain(app).first { $0.hasPrefix("Beam 1: ") } != before)
  }

  @Test func numbersAreToldApart() {
    #expect(BeamDescription.numbers(-0.6553, -0.6549) == ("-0.6553", "-0.6549"))
    #expect(BeamDescription.numbers(-1, -2) == ("-1.000", "-2.000"))
    #expect(BeamDescription.numbers(-1, -1) == ("-1.000", "-1.000"))
  }

  // MARK: Lines

  /// No line stands empty in one panel while another has rows to show.
  @Test(arguments: [22, 32, 48], [1, 4, 16])
  func linesGoToWhoNeedsThem(height: Int, beams: Int) {
    for (text, finished) in [(2, 1), (9, 5), (30, 17)] {
      let lines = BeamPanelLines(
        height: height, text: text, beams: beams, candidates: 2 * beams, finished: finished)
      #expect(lines.text + lines.beams + lines.candidates + lines.finished == height - 5)
      let wanted = [
        (lines.text, text), (lines.beams, beams), (lines.candidates, 2 * beams), (lines.finished, finished),
      ]
      if wanted.contains(where: { $0 < $1 }) {
        // The two that the screen is about come first; the least of text and finished ones are two lines.
        #expect(lines.candidates <= 2 * beams && lines.finished <= max(finished, 1))
        #expect(lines.beams <= beams && lines.text <= max(text, 2))
      }
    }
  }

  @Test(arguments: sizes)
  func whatHasNoRoomIsSaid(size: Size) throws {
    var app = opened(BeamSettings(width: 16), steps: 7, size: size)
    let text = app.picture
    #expect(text.contains(/Beams: \d+ of 16: sum of ln p, score/), "\(text)")
    #expect(text.contains(/the best 32 continuations: 1-\d+ of \d+/), "\(text)")
    app.press(.pageDown)
    #expect(app.picture.contains("continuations: 6-"), "\(app.picture)")
    let few = opened(BeamSettings(width: 4), steps: 7).picture
    #expect(
      few.contains("Beams: sum of ln p") && few.contains("Step 8: the best 8 continuations ─"), "\(few)")
  }

  @Test func aTextOfAnotherGroupIsNamed() {
    let settings = BeamSettings(width: 4, choice: .diverse, groups: 4, diversity: 1e-6)
    let app = opened(settings, steps: 4)
    #expect(app.picture.contains("the same text as beam 1"), "\(app.picture)")
  }

  // MARK: Leaving

  @Test func controlCStopsWhatRunsAlone() {
    var app = opened(steps: 3)
    app.press(.character(" "))
    app.send(.tick)
    app.press(.interrupt)
    #expect(app.state.hasBeams && !app.state.play.isRunning && app.state.beams?.search.depth == 4)
    app.pressUnanswered(.right)
    app.pressUnanswered(.interrupt)
    #expect(app.effects.last == .interruptEngine && app.state.hasBeams)
    app.deliver()
    #expect(app.state.beams != nil)
    app.press(.right)
    #expect(app.state.notice == nil)
    app.press(.interrupt)
    #expect(app.state.overlay == nil && !app.effects.contains(.quit))
  }

  @Test func escapeLeavesTheComparisonFirst() {
    var app = opened(steps: 3)
    app.press(.character("c"), .escape)
    #expect(app.state.hasBeams && app.state.beams?.rivals == nil && app.state.beams?.search.depth == 3)
    app.press(.escape)
    #expect(app.state.overlay == nil)
  }

  /// Closed and opened again behind the same text with the same settings, the search is where it was.
  @Test func itComesBackWhereItWas() throws {
    var app = opened(steps: 5)
    let live = try #require(app.state.beams?.search.live)
    app.press(.escape, .character("B"))
    #expect(app.state.beams?.search.live == live && app.state.beams?.next != nil)
    app.press(.escape)
    app.state.beamSettings.width = 3
    app.press(.character("B"))
    #expect(app.state.beams?.search.depth == 0)
    app.press(.escape, .right, .character("B"))
    #expect(app.state.beams?.search.depth == 0 && app.state.beams?.promptIDs.count == 4)
  }

  /// The table says it too, so that the key would seem to do nothing.
  @Test func atAFullContextTheKeysSaySo() {
    var app = AppHarness(predictor: FakePredictor(contextLength: 8))
    for _ in 0..<10 { app.press(.right) }
    #expect(app.lane.decision == nil)
    for key in "AB".unicodeScalars {
      app.press(.character(key))
      #expect(app.state.overlay == nil)
      #expect(app.picture.contains("the context is full, so no search can go on"), "\(app.picture)")
    }
  }

  @Test func theHelpIsNamedOnTheNarrowestScreen() {
    let app = opened(steps: 1, size: Self.sizes[0])
    let line = app.picture.split(separator: "\n").last.map(String.init) ?? ""
    #expect(line.contains("? help") && line.contains("Esc close"), "\(line)")
  }
}
