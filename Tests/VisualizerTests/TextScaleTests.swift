import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

@Suite struct TextScaleTests {
  private func steps() throws -> [GenerationStep] {
    let session = try GenerationSession(
      predictor: FakePredictor(vocabularySize: 3000), promptIDs: [1], seed: 1)
    // Tokens of every band of ranks.
    for rank in [1, 2, 10, 11, 100, 101, 1000, 1001, 3000] {
      try session.force(Int(session.decision.distribution.ranking[rank - 1]))
    }
    return session.steps
  }

  @Test func ranksFallIntoGLTRsSteps() throws {
    #expect(try steps().map { TextScale.rank.step(of: $0) } == [0, 1, 1, 2, 2, 3, 3, 4, 4])
  }

  @Test func numbersFallBetweenTheirLabels() throws {
    for step in try steps() {
      let probability = try #require(TextScale.probability.step(of: step))
      #expect((probability == 0) == (step.before >= 0.5))
      #expect((probability == 4) == (step.before < 0.001))
      let surprisal = try #require(TextScale.surprisal.step(of: step))
      #expect((surprisal == 0) == (step.surprisalBits < 1))
      #expect((surprisal == 4) == (step.surprisalBits >= 10))
      let entropy = try #require(TextScale.entropy.step(of: step))
      #expect((entropy == 4) == (step.entropyBits >= 7))
      #expect(TextScale.off.step(of: step) == nil)
    }
  }

  /// A token that a server did not tell has the colour of none, unless its bounds fall into one.
  @Test func whatIsNotToldHasNoColour() throws {
    let predictor = FakePredictor(knownRanks: 12)
    let session = try GenerationSession(predictor: predictor, promptIDs: [3, 1, 4], seed: 1)
    let known = Set(try session.decision.distribution.belief.knownIDs)
    try session.force(try #require((0..<40).first { !known.contains($0) }))
    let step = session.steps[0]
    #expect(step.isUntold && step.rank == 13)
    for scale in [TextScale.rank, .probability, .surprisal] { #expect(scale.step(of: step) == nil) }
    for step in session.steps {
      let ends = [step.entropyBounds.lowerBound, step.entropyBounds.upperBound].map { bits in
        [1, 3, 5, 7].firstIndex { bits < $0 } ?? 4
      }
      #expect(TextScale.entropy.step(of: step) == (ends[0] == ends[1] ? ends[0] : nil))
    }
  }

  @Test func everyScaleNamesItsSteps() {
    for scale in TextScale.allCases where scale != .off {
      #expect(scale.labels.count == TextScale.stepCount)
      #expect(!scale.title.isEmpty)
    }
    #expect(TextScale.off.labels.isEmpty)
  }
}

@Suite struct ScaleLegendTests {
  private let legend = ScaleLegend(title: TextScale.rank.title, labels: TextScale.rank.labels)

  @Test func eachStepStandsInItsStyle() {
    let theme = Samples.blocks.theme
    let names = Dictionary(uniqueKeysWithValues: (0..<5).map { (theme.scale($0), String($0)) })
    let screen = ScreenBuffer.picture(of: legend, columns: 34, rows: 1, with: Samples.blocks)
    #expect(
      screen.styledText { names[$0] ?? "" } == "     rank {0|1} {1|≤10} {2|≤100} {3|≤1000} {4|beyond}")
  }

  @Test func withoutColoursTheAttributesDiffer() {
    let screen = ScreenBuffer.picture(of: legend, columns: 40, rows: 1, with: Samples.ascii)
    #expect(screen.text.hasSuffix("rank 1 <=10 <=100 <=1000 beyond"))
    let styles = Set(
      screen.cells.filter { $0.scalar.properties.isAlphabetic || $0.scalar == "0" }.map(\.style))
    #expect(styles.count >= 4)
  }

  @Test func nothingIsDrawnWhereItDoesNotFit() {
    #expect(ScreenBuffer.picture(of: legend, columns: 20, rows: 1, with: Samples.blocks).text.isEmpty)
  }
}

@Suite struct ScaleKeysTests {
  @Test func mGoesThroughTheScales() {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    app.press(.right, .right)
    #expect(app.picture.contains(" rank 1 ≤10 ≤100 ≤1000 beyond ─"))
    app.press(.character("m"))
    #expect(app.picture.contains(" p ≥50% ≥10% ≥1% ≥0.1% below ─"))
    app.press(.character("m"))
    #expect(app.picture.contains(" surprisal <1 <3 <6 <10 more bits ─"))
    app.press(.character("m"))
    #expect(app.picture.contains(" entropy <1 "))
    app.press(.character("m"))
    #expect(app.state.text.scale == .off)
    #expect(!app.picture.contains(" rank 1 "))
    app.press(.character("m"))
    #expect(app.state.text.scale == .rank)
  }

  @Test func theLegendLeavesRoomForWhatIsAhead() {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    app.press(.right, .right, .left)
    #expect(app.picture.contains("≤1000 beyond ─ 1 ahead: → replays ─"))
  }

  /// Two narrow texts share one legend, on the last line.
  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func comparedTextsHaveTheirLegend(columns: Int, rows: Int) throws {
    var app = AppHarness(size: Size(columns: columns, rows: rows))
    app.press(.character("c"))
    let lines = app.picture.split(separator: "\n")
    #expect(lines.last?.hasSuffix(" rank 1 ≤10 ≤100 ≤1000 beyond") == (columns < 160))
    #expect(lines[1].contains("beyond") == (columns >= 160))
    #expect(lines.last?.contains("? help") == true)
  }

  @Test func tokensHaveTheStyleOfTheirStep() throws {
    var app = AppHarness()
    for _ in 0..<3 { app.press(.right) }
    app.press(.character("m"))
    let frame = RootView(state: app.state, appearance: app.state.appearance).picture().buffer
    // The prompt's "[3][1][4]", then three tokens; the last is marked as the newest.
    let row = app.state.layout.lanes[0].text.y + 1
    var x = 2 + "[3][1][4]".count
    for (index, step) in app.lane.steps.enumerated() {
      let wanted = app.state.appearance.theme.scale(try #require(TextScale.probability.step(of: step)))
      let style = frame[Point(x, row)].style
      #expect(style.foreground == wanted.foreground)
      #expect(style.attributes.contains(.reverse) == (index == 2))
      x += "[\(step.id)]".count
    }
  }
}
