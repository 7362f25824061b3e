import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// The reports of plain mode, with the same harness as the screen.
@Suite struct PlainReportTests {
  private static let speech = SpokenText(glyphs: .blocks)

  /// Presses a key and returns its report.
  private func press(_ key: Key, _ app: inout AppHarness) -> [String] {
    let before = app.state
    app.press(key)
    return PlainReport(before: before, after: app.state, key: key, speech: Self.speech).lines
  }

  private func opened(_ settings: SamplingSettings = SamplingSettings()) -> AppHarness {
    AppHarness(size: Size(columns: 80, rows: 24), settings: settings)
  }

  @Test func theFirstReportSaysWhereOneIs() {
    let app = opened()
    let lines = PlainReport(before: nil, after: app.state, key: nil, speech: Self.speech).lines
    #expect(lines[0] == "fake: 1.23K parameters in f32, 40 tokens, reads up to 64.")
    #expect(lines[1] == "Text: [3][1][4]")
    #expect(lines[2] == "Sampler: pure: T 1.00 then top-k off then top-p off.")
    #expect(lines[3] == "Next: all 40 tokens are kept.")
    #expect(lines[4].hasPrefix("Entropy ") && lines[4].hasSuffix(" bits."))
    #expect(lines.count == 5 + PlainDecision.rowCount + 3)
    #expect(lines.last?.hasPrefix("l appends the token, h steps back, ") == true)
  }

  @Test func aStepIsTheTokenThenTheNextDecision() throws {
    var settings = SamplingSettings()
    settings.topK = 5
    var app = opened(settings)
    let decision = try #require(app.lane.decision)
    let distribution = decision.distribution
    let lines = press(.right, &app)
    let id = try #require(decision.id)
    let (before, after) = (distribution.before[id], distribution.after[id])
    #expect(
      lines[0] == "Step 1: \"[\(id)]\", \(NumberFormat.percent(before)), then "
        + "\(NumberFormat.percent(after)), rank \(distribution.rank(of: id)).")
    let next = try #require(app.lane.decision)
    let mass = NumberFormat.percent(next.distribution.keptMass)
    let entropies = [next.distribution.entropyBefore, next.distribution.entropyAfter].map {
      NumberFormat.fixed($0, decimals: 2)
    }
    #expect(
      lines[1] == "Next: 5 of 40 tokens are kept, \(mass) of the probability; top-k makes the cut.")
    #expect(lines[2] == "Entropy \(entropies[0]), then \(entropies[1]) bits.")
    for rank in 1...5 {
      let id = Int(next.distribution.ranking[rank - 1])
      #expect(
        lines[2 + rank].hasPrefix(
          "\(rank): \"[\(id)]\", \(NumberFormat.percent(next.distribution.before[id]))"))
      #expect(lines[2 + rank].hasSuffix(", drawn.") == (id == next.id))
    }
    let drawn = try #require(next.id)
    let u = NumberFormat.fixed(next.draw.u, decimals: 4)
    #expect(lines[8] == "Drawn: \"[\(drawn)]\", rank \(next.distribution.rank(of: drawn)), with u \(u).")
    #expect(lines.count == 9)
  }

  @Test func aStepBackNamesWhatIsGone() {
    var app = opened()
    app.press(.right, .right, .right)
    let last = app.lane.steps[2].id
    #expect(press(.left, &app)[0] == "Step 2: back, without \"[\(last)]\".")
    #expect(press(.home, &app)[0] == "Step 0, the prompt: 2 tokens back.")
    #expect(press(.left, &app) == ["Nothing changes."])
    #expect(press(.end, &app).prefix(2).joined().hasPrefix("Step 3.Text: [3][1][4]["))
  }

  @Test func choosingARowSaysIt() throws {
    var app = opened()
    let distribution = try #require(app.lane.decision?.distribution)
    let lines = press(.down, &app)
    #expect(lines.count == 1)
    #expect(lines[0].hasPrefix("Row 1: \"[\(distribution.ranking[0])]\", "))
    #expect(press(.down, &app)[0].hasPrefix("Row 2: "))
    let chosen = Int(distribution.ranking[1])
    let forced = press(.enter, &app)
    #expect(forced[0].hasPrefix("Step 1: \"[\(chosen)]\", ") && forced[0].hasSuffix(", rank 2, forced."))
    #expect(press(.down, &app)[0].hasPrefix("Row 1: "))
    #expect(press(.escape, &app) == ["No row is chosen."])
    #expect(press(.pageDown, &app).count == PlainDecision.rowCount)
  }

  @Test func aKnobSaysTheChainAndWhatItMeans() {
    var app = opened()
    let lines = press(.character("g"), &app)
    #expect(lines[0] == "Sampler: greedy: argmax.")
    #expect(lines[1] == SamplingPreset.greedy.explanation)
    #expect(lines[2] == "Next: greedy takes the most probable of 40 tokens.")
    // Greedy decoding reports no mass: it is always on one token.
    #expect(!lines.dropFirst(2).contains { $0.contains(", then ") })
    #expect(lines[4].hasSuffix("%, taken."))
    #expect(lines.last?.hasPrefix("Takes: ") == true)
    #expect(press(.character("r"), &app)[0].hasPrefix("Greedy decoding draws no number"))
    #expect(press(.character("s"), &app)[0] == "Sampler: pure: T 1.00 then top-k off then top-p off.")
    let redrawn = press(.character("r"), &app)
    #expect(redrawn[0].hasPrefix("Drew again: u 0."))
    #expect(redrawn[1].hasPrefix("Next: "))
  }

  @Test func playingSaysOneLineAToken() {
    var app = opened()
    #expect(press(.character("+"), &app) == ["Speed 8 tokens a second; Space plays."])
    #expect(press(.character(" "), &app) == ["Playing, 8 tokens a second; Space pauses."])
    let before = app.state
    app.send(.tick)
    let lines = PlainReport(before: before, after: app.state, key: nil, speech: Self.speech).lines
    #expect(lines.count == 1 && lines[0].hasPrefix("Step 1: "))
    #expect(press(.character(" "), &app) == ["Paused."])
  }

  @Test func panelsAreReadOut() {
    var app = opened()
    let help = press(.character("?"), &app)
    for binding in KeyMap.bindings
    where binding.action != .redrawScreen && !PlainPanel.silent.contains(binding.action) {
      #expect(help.contains { $0.hasSuffix(": " + Self.speech.keyHelp(binding.what)) }, "\(binding.what)")
    }
    #expect(help.contains("  Left or h: step back; Right replays"))
    #expect(help.contains("  Ctrl-L: say where things stand"))
    #expect(press(.escape, &app) == ["Closed."])
    let strategies = press(.character("v"), &app)
    #expect(strategies.count == 2 + SamplingPreset.all.count + ExamplePrompt.all.count)
    #expect(
      press(.end, &app).first?.hasPrefix("Chosen: \(SamplingPreset.all.count + ExamplePrompt.all.count): ")
        == true)
    #expect(press(.escape, &app) == ["Closed."])
    let seed = press(.character("S"), &app)
    #expect(seed == ["Seed, a whole number, now: 42", "Type another and Enter; an empty line keeps it."])
    app.press(.control("u"), .paste("7"))
    #expect(press(.enter, &app)[0].hasPrefix("Seed 7: u 0."))
    #expect(press(.character("b"), &app)[0].hasPrefix("1 branch. "))
  }

  @Test func twoLanesAreTold() {
    var app = opened()
    let lines = press(.character("c"), &app)
    #expect(lines[0] == "Two texts, A and B, with the same prompt and draws.")
    #expect(lines.contains("A, Sampler: greedy: argmax."))
    let step = press(.right, &app)
    #expect(step[0].hasPrefix("A, Step 1: ") && step[1].hasPrefix("B, Step 1: "))
    // Only changes are reported.
    let tab = press(.tab, &app)
    #expect(tab[0] == "Lane A." && !tab.contains { $0.hasPrefix("B, ") })
    let alone = press(.character("f"), &app)
    #expect(alone[0].hasPrefix("A, Step 2: ") && !alone.contains { $0.hasPrefix("B, ") })
    #expect(press(.character("c"), &app)[0] == "One text again.")
  }

  @Test func aKeyWithoutMeaningIsSaid() {
    var app = opened()
    #expect(press(.character("X"), &app) == ["This key does nothing; ? lists the keys."])
  }

  @Test func aFullContextIsSaid() {
    var app = AppHarness(prompt: [1, 2], predictor: FakePredictor(contextLength: 3))
    _ = press(.right, &app)
    let lines = press(.right, &app)
    #expect(lines[0].hasPrefix("Step 2: "))
    #expect(lines.count == 2 && lines[1] == app.lane.problem)
  }

  @Test(
    arguments: [
      (" she", "\" she\""), ("\n", "newline"), (" ", "space"), ("   ", "3 spaces"),
      (" a\n", "\" a\" newline"),
      ("", "nothing"), ("\u{1B}[2J", "\"<1B>[2J\""), ("ing", "\"ing\" without a space"), (",", "comma \",\""),
      (" (", "opening parenthesis \" (\""), (".\"", "full stop quote \".\"\""), ("'s", "\"'s\""),
    ])
  func tokensAreSpoken(text: String, spoken: String) {
    #expect(Self.speech.token(Array(text.utf8)) == spoken)
  }

  @Test func severalTokensAreOneQuotation() {
    #expect(Self.speech.phrase("a\n\tb,".utf8) == "\"a\" newline tab \"b,\"")
  }

  @Test(
    arguments: [(0.5, "50.0%"), (0.00001, "under 0.01%"), (0.99999, "over 99.9%"), (1, "100%")]
      as [(Double, String)])
  func probabilitiesAreSpoken(share: Double, spoken: String) {
    #expect(Self.speech.percent(share) == spoken)
  }

  /// The first step at which the two texts differ is reported once.
  @Test func whereTwoTextsPartIsSaid() {
    var app = opened()
    _ = press(.character("c"), &app)
    var said = 0
    for _ in 0..<12 {
      let lines = press(.right, &app)
      let isParted = app.state.lanes[0].steps.map(\.id) != app.state.lanes[1].steps.map(\.id)
      if lines.contains("Here the texts part.") { said += 1 }
      #expect((said == 1) == isParted)
    }
    #expect(said == 1)
  }

  @Test func aLoopSaysHowSureEachCopyWas() {
    var app = opened()
    for id in [7, 8, 9, 8, 9, 8] { app.press(.character("/"), .paste("#\(id)"), .enter, .enter) }
    app.press(.character("/"), .paste("#9"), .enter)
    let lines = press(.enter, &app)
    let steps = app.lane.steps.map(\.before)
    let means = [1, 3, 5].map { Self.speech.percent((steps[$0] + steps[$0 + 1]) / 2) }
    #expect(
      lines[1] == "Loop: \"[8][9]\", 3 times in a row, with mean probabilities of "
        + means.joined(separator: ", ") + ".")
  }

  @Test func whereThingsStandIsSaidOnDemand() {
    var app = opened()
    app.press(.right, .right)
    let lines = press(.control("l"), &app)
    #expect(lines[0].hasPrefix("Text: [3][1][4]["))
    #expect(lines[1].hasPrefix("So far: step 2, perplexity "))
    #expect(lines[2].hasPrefix("Sampler: "))
    #expect(lines[3].hasPrefix("Next: "))
  }

  @Test func whatIsOnlySeenIsNotReadAgain() {
    var app = opened()
    #expect(press(.character("x"), &app) == ["Removed tokens are dimmed."])
  }

  @Test func aSearchSaysTheRow() throws {
    var app = opened()
    app.press(.character("/"))
    app.press(.control("u"), .paste("#7"))
    let lines = press(.enter, &app)
    let rank = try #require(app.lane.decision?.distribution.rank(of: 7))
    #expect(
      lines.count == 1 && lines[0].hasPrefix("Row \(rank): \"[7]\", ") && lines[0].hasSuffix(" Match 1 of 1.")
    )
    app.press(.character("/"))
    app.press(.control("u"), .paste("#4000"))
    #expect(press(.enter, &app) == ["No token #4000."])
  }

  @Test func bytesAreSpoken() {
    #expect(Self.speech.token([0xE2, 0x80]) == "byte E2 byte 80")
    #expect(SpokenText(glyphs: .ascii).token(Array("é".utf8)) == "\"<U+00E9>\" without a space")
  }

  @Test func whatWasPastedCannotCommandTheTerminal() throws {
    var app = opened()
    app.press(.character("S"), .paste("\u{1B}[31m7\u{7}\u{202E}"))
    let lines = press(.enter, &app)
    let line = try #require(lines.first { $0.hasPrefix("A seed is a whole number") })
    #expect(line.hasSuffix("not '<1B>[31m7<07><U+202E>'."))
  }

  @Test func nothingSaidHasASignThatIsNotHeard() {
    var app = opened()
    let keys = KeyMap.bindings.flatMap(\.keys).filter { $0 != .suspend && $0 != .character("q") }
    for key in keys {
      let said = press(key, &app).joined()
      #expect(!said.contains { "→←↑↓␣⏎·×∞✓▸│".contains($0) }, "\(key): \(said)")
      app.press(.escape)
    }
  }
}
