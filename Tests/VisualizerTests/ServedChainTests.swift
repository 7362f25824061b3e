import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// The chain over a source that tells the first ranks only: what it cannot run, and what it is asked for.
@Suite struct ServedChainTests {
  private static let sizes = [(80, 24), (110, 34), (200, 50)]

  private func opened(
    _ change: (inout SamplingSettings) -> Void = { _ in }, size: Size = Size(columns: 110, rows: 34),
    ranks: Int = 12, further: [Int] = []
  ) -> AppHarness {
    AppHarness(
      size: size, settings: .with(change), predictor: FakePredictor(knownRanks: ranks, furtherRanks: further))
  }

  private func words(_ picture: String) -> String {
    picture.split { " │┃\n".contains($0) }.joined(separator: " ")
  }

  /// Typical sampling looks at all tokens: nothing of what it would leave is on the screen.
  @Test(arguments: sizes)
  func aRefusedStepHasNoNumbers(columns: Int, rows: Int) throws {
    var app = opened({ $0.typicalP = 0.9 }, size: Size(columns: columns, rows: rows))
    let problem = try #require(app.lane.decision?.distribution.chainProblem)
    #expect(problem.step == .typicalP)
    let picture = app.picture
    for absent in ["nothing removed", "renormalised", "u = ", " bits → ", "u="] {
      #expect(!picture.contains(absent), "\(absent) in\n\(picture)")
    }
    let glyphs = app.state.appearance.glyphs
    let first = picture.split(separator: "\n").first { $0.contains("  1 ") && $0.contains("%") } ?? ""
    #expect(first.split(separator: "%").count <= 3, "\(first)")
    #expect(words(picture).contains("needs all tokens"), "\(picture)")
    let row = try #require(app.lane.decision?.distribution.row(atRank: 2))
    for scalar in "/#\(row.id)".unicodeScalars { app.press(.character(scalar)) }
    #expect(app.state.searchFinding?.sentence.contains(glyphs.arrowRight) == false)
  }

  @Test func aRefusedStepIsNamedInTheChain() throws {
    var app = opened({ ($0.topK, $0.typicalP, $0.minP, $0.epsilon) = (0, 0.9, 0, 0.01) })
    app.press(.character("C"))
    let lines = app.picture.split(separator: "\n")
    #expect(lines.contains { $0.contains("typical") && $0.contains("cannot run") }, "\(app.picture)")
    #expect(lines.contains { $0.contains("epsilon") && $0.contains("not reached") }, "\(app.picture)")
    // The steps before it have run, and can be looked at.
    let decision = try #require(app.lane.decision)
    let lines2 = PlainDecision(decision: decision, card: app.state.card, speech: SpokenText(glyphs: .ascii))
      .lines()
    #expect(lines2[0] == "Next: the sampler chain did not run.")
    #expect(!lines2[1].contains("then") && lines2.last?.contains("needs all tokens") == true, "\(lines2)")
  }

  /// The other lane of a comparison runs.
  @Test func aRefusedLaneIsNotTheOther() {
    var app = opened()
    app.state.rival = .with { $0.typicalP = 0.9 }
    app.press(.character("c"))
    #expect(app.state.lanes.count == 2)
    let refused = app.state.lanes.filter { $0.decision?.distribution.chainProblem != nil }
    #expect(refused.count == 1)
    #expect(words(app.picture).contains("typical-p needs all"), "\(app.picture)")
  }

  @Test(arguments: sizes)
  func theKnownTokensAreAStage(columns: Int, rows: Int) {
    let chain = ChainDescription(.with { $0.knownOnly = true })
    #expect(chain.text.hasSuffix(" → known") && chain.brief == "known" && chain.fitting(3) == "known")
    #expect(ChainDescription(.with { ($0.knownOnly, $0.topP) = (true, 0.9) }).fitting(10) == "p.9 known")
    var app = opened({ $0.knownOnly = true }, size: Size(columns: columns, rows: rows))
    #expect(app.picture.split(separator: "\n")[0].contains("known"))
    app.press(.character("C"))
    #expect(app.picture.contains("Chain: 1 stage on"))
    let lines = app.picture.split(separator: "\n")
    #expect(
      lines.contains { $0.contains("✓ known") && $0.contains(" 12 ") && $0.contains("removes 28") },
      "\(app.picture)")
    // Its line stands in the way of no other one.
    let rowCount = app.state.chainRows.count
    for _ in 0..<rowCount {
      let chosen = app.state.chainRows[app.state.chosenChainRow].knob.title
      #expect(app.picture.split(separator: "\n").contains { $0.contains("▸") && $0.contains(chosen) })
      app.press(.down)
    }
    app.press(.escape, .character("c"))
    #expect(app.picture.contains("B known") || app.picture.contains("A known"), "\(app.picture)")
  }

  /// It is switched on where the need for it is met: on the screen, and the keys of the strategies keep it.
  @Test(arguments: sizes)
  func theKnownTokensAreSwitchedOnAndOff(columns: Int, rows: Int) {
    var app = opened(size: Size(columns: columns, rows: rows))
    app.press(.character("C"), .end)
    #expect(app.state.chainRows.last?.step == .known)
    app.press(.character(" "))
    #expect(app.lane.settings.knownOnly && app.lane.decision?.distribution.keptCount == 12)
    #expect(app.lane.settings.order == .huggingFace)
    let line = app.picture.split(separator: "\n").first { $0.contains("▸") && $0.contains("known only") }
    #expect(line?.contains("removes 28") == true, "\(app.picture)")
    app.press(.character("J"))
    #expect(app.state.notice == "known is the last stage in any order")
    app.press(.character("n"))
    #expect(app.lane.settings.topP == 0.95 && app.lane.settings.knownOnly)
    app.press(.character("n"), .left)
    #expect(!app.lane.settings.knownOnly)
    app.press(.right, .escape)
    #expect(app.lane.settings.knownOnly)
    // A model on this machine has no such row.
    var local = AppHarness(size: Size(columns: columns, rows: rows))
    local.press(.character("C"))
    #expect(!local.state.chainRows.contains { $0.step == .known })
  }

  // MARK: More ranks

  /// A token that only the further ranks hold.
  private func idBelow(_ rank: Int) throws -> Int {
    let all = AppHarness(predictor: FakePredictor())
    return try #require(all.lane.decision?.distribution.row(atRank: rank + 5)?.id)
  }

  private func type(_ text: String, into app: inout AppHarness) {
    for scalar in text.unicodeScalars { app.press(.character(scalar)) }
  }

  @Test func aSearchAsksForMore() throws {
    let id = try idBelow(20)
    var app = opened(further: [20, 40])
    type("/#\(id)", into: &app)
    #expect(app.predictor.extendCalls == 2)
    #expect(app.state.table.chosenRank == 25)
    #expect(app.state.searchFinding?.sentence.contains("rank 25 of 40") == true)
    #expect(app.state.message == nil)
    type("9", into: &app)
    #expect(app.state.searchFinding?.sentence == "no token #\(id)9")
    #expect(app.predictor.extendCalls == 2)
  }

  /// A server that tells no more is asked once for a distribution, and no key is advised.
  @Test func aSearchWhereNoMoreIsTold() throws {
    let id = try idBelow(12)
    var app = opened()
    type("/#99\(id)", into: &app)
    #expect(app.predictor.extendCalls == 1)
    #expect(
      app.state.searchFinding?.sentence
        == "none of the first 12 tokens holds '#99\(id)', and the server tells no more")
    #expect(app.state.message == nil)
  }

  @Test func theFindingOfAClosedLineComesLater() throws {
    let id = try idBelow(20)
    var app = opened(further: [40])
    app.press(.character("/"))
    for scalar in "#\(id)".unicodeScalars { app.pressUnanswered(.character(scalar)) }
    #expect(app.state.searchFinding?.sentence.contains("the server is asked for more") == true)
    app.pressUnanswered(.enter)
    app.deliver()
    #expect(app.state.notice?.contains("rank 25 of 40") == true)
  }

  /// PgDn held down while the server answers: one question, and the rows when they come.
  @Test func theRowsComeWithTheAnswer() {
    var app = opened(size: Size(columns: 80, rows: 24), further: [40])
    app.press(.pageDown)
    for _ in 0..<6 { app.pressUnanswered(.pageDown) }
    app.deliver()
    #expect(app.predictor.extendCalls == 1)
    #expect(app.state.message == nil)
    #expect(app.state.visibleRanks(lane: 0, count: app.state.tableRows).contains { $0 > 12 })
  }

  @Test func theEndOfWhatIsToldIsSaid() {
    var app = opened(size: Size(columns: 80, rows: 24))
    for _ in 0..<4 { app.press(.pageDown) }
    #expect(app.state.message == "the server tells no more than the first 12 tokens")
    var whole = opened(size: Size(columns: 80, rows: 24), further: [40])
    for _ in 0..<20 { whole.press(.pageDown) }
    #expect(whole.state.message == nil)
  }

  /// A letter that is the name of a number is no word.
  @Test func namesOfNumbersStaySmall() {
    #expect(SpokenText.capitalized("u = 0.7491 falls") == "u = 0.7491 falls")
    #expect(SpokenText.capitalized("the text ends") == "The text ends")
  }

  // MARK: What is not told

  /// The share of the untold has a row, a part of the ruler, and signs that the legend explains.
  @Test(arguments: sizes)
  func theUntoldIsNoSmallToken(columns: Int, rows: Int) throws {
    let app = opened(size: Size(columns: columns, rows: rows), ranks: 4)
    let glyphs = app.state.appearance.glyphs
    let lines = app.picture.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.contains("… ") && $0.contains("told") && $0.contains("%") }, "\(app.picture)")
    let from = try #require(app.lane.decision?.distribution.untoldFrom)
    #expect(from > 0 && from < 0.9)
    let ruler = try #require(lines.first { $0.contains(String(glyphs.intervalEnd) + " 1") })
    #expect(ruler.contains("··"), "\(ruler)")
    let places = LegendPlaces(
      picture: app.shown, state: app.state, layout: app.state.layout, appearance: app.state.appearance)
    for sign in [LegendSign.untold, .untoldSection] { #expect(!places.cells(of: sign).isEmpty, "\(sign)") }
    #expect(app.picture.contains("entropy "), "\(app.picture)")
    let whole = AppHarness(size: Size(columns: columns, rows: rows))
    let wholePlaces = LegendPlaces(
      picture: whole.shown, state: whole.state, layout: whole.state.layout,
      appearance: whole.state.appearance)
    for sign in [LegendSign.untold, .untoldSection, .bounds] {
      #expect(wholePlaces.cells(of: sign).isEmpty, "\(sign)")
    }
  }

  @Test(arguments: [(110, 34), (200, 50)])
  func theEntropyHasRoom(columns: Int, rows: Int) throws {
    var app = opened({ $0.temperature = 1.6 }, size: Size(columns: columns, rows: rows), ranks: 8)
    while app.lane.decision?.drawn == nil { app.press(.character("r")) }
    let line = try #require(app.picture.split(separator: "\n").first { $0.contains(" Draw ") })
    #expect(line.contains("entropy ") && line.contains(" bits"), "\(app.picture)")
    let places = LegendPlaces(
      picture: app.shown, state: app.state, layout: app.state.layout, appearance: app.state.appearance)
    #expect(!places.cells(of: .bounds).isEmpty)
  }

  @Test func shorterBoundsAreNoNarrower() {
    #expect(RangeText.fixed(4.18...4.27, decimals: 1) == "4.1 to 4.3")
    #expect(RangeText.fixed(4.2...4.2, decimals: 1) == "4.2")
  }

  /// The author's token below what is told has its place in the table and in the title.
  @Test(arguments: sizes)
  func theAuthorsTokenIsNamed(columns: Int, rows: Int) throws {
    let id = try idBelow(20)
    let predictor = FakePredictor(knownRanks: 12)
    var state = AppState(
      size: Size(columns: columns, rows: rows), modelName: "fake", prompt: .ids([3, 1, 4]),
      settings: [SamplingSettings()], seed: 42)
    let app = AppHarness(state, counting: predictor, running: predictor, tokenizer: nil)
    var lane = app.lane
    let session = try GenerationSession(
      predictor: predictor, promptIDs: [3, 1, 4], following: [id], settings: SamplingSettings(), seed: 42)
    lane.decision = try session.decision
    lane.following = [id]
    state = app.state
    state.lanes = [lane]
    let picture = RootView(state: state, appearance: state.appearance).picture().buffer.text
    #expect(picture.contains("The author: ") && picture.contains("rank ≥13, ≤"), "\(picture)")
    let rest = picture.split(separator: "\n").first { $0.contains("… ") && $0.contains("%") } ?? ""
    #expect(rest.contains("◀ author") || rest.contains("◁"), "\(picture)")
  }
}
