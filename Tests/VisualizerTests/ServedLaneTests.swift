import LMCore
import ModelTestSupport
import Presentation
import Testing

@testable import Visualizer

/// The screen over a source that tells the first ranks only.
@Suite struct ServedLaneTests {
  private func opened(
    _ change: (inout SamplingSettings) -> Void, size: Size = Size(columns: 110, rows: 34), ranks: Int = 12
  ) -> AppHarness {
    AppHarness(size: size, settings: .with(change), predictor: FakePredictor(knownRanks: ranks))
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func openSharesAreMarked(columns: Int, rows: Int) throws {
    let app = opened({ $0.temperature = 1.6 }, size: Size(columns: columns, rows: rows))
    let distribution = try #require(app.lane.decision?.distribution)
    let first = try #require(distribution.row(atRank: 1)?.afterBounds)
    #expect(first.upperBound - first.lowerBound > 0.002)
    let (both, one) = (
      RangeText.percent(first), RangeText.leastPercent(first, glyphs: app.state.appearance.glyphs)
    )
    let row = app.picture.split(separator: "\n").first { $0.contains("  1 ") && $0.contains("%") } ?? ""
    #expect(row.contains(both) || row.contains(one), "\(row)")
    let rest =
      app.picture.split(separator: "\n").first { $0.contains("more") || $0.contains("not told") } ?? ""
    #expect(rest.contains("≤") || rest.contains("<=") || rest.contains(" to "), "\(rest)")
  }

  @Test func theChainPanelMarksTheLeast() throws {
    var app = opened { $0.topP = 0.99 }
    app.press(.character("C"))
    let line = app.picture.split(separator: "\n").last { $0.contains("top-p") && $0.contains("0.99") } ?? ""
    let sign = app.state.appearance.glyphs.atLeast
    let bounds = try #require(app.lane.decision?.stages.first { $0.name == .topP }?.keptBounds)
    #expect(bounds.lowerBound >= 12 && bounds.count > 1)
    #expect(line.contains(sign + "\(bounds.lowerBound) "), "\(line)")
    let removed = try #require(app.lane.decision?.stages.first { $0.name == .topP }?.removedBounds)
    #expect(removed == 40 - bounds.upperBound...40 - bounds.lowerBound)
    #expect(line.contains("removes "), "\(line)")
  }

  /// A bound in ASCII takes a column more, and loses its unit before its digits.
  @Test func aBoundInASCIIIsWhole() throws {
    var app = opened { $0.topK = 5 }
    app.press(.right)
    let step = try #require(app.lane.steps.first)
    #expect(step.entropyBounds.lowerBound < step.entropyBounds.upperBound)
    let panel = HistoryPanel(
      points: app.lane.steps.map { HistoryPoint($0) }, cursor: 0, step: step, perplexity: 2,
      vocabularySize: 40
    )
    let text = ScreenBuffer.picture(of: panel, columns: 110, rows: 4, with: Samples.ascii).text
    let least = RangeText.leastBits(step.entropyBounds, glyphs: .ascii).replacing(" bits", with: "")
    #expect(least.hasPrefix(">=") && text.contains(" \(least)") && !text.contains(".."), "\(text)")
  }

  /// In a wide window a stage has both bounds.
  @Test func aWideChainPanelHasBothBounds() throws {
    var app = opened({ ($0.temperature, $0.topP) = (1.3, 0.97) }, size: Size(columns: 200, rows: 50))
    app.press(.character("C"))
    let stage = try #require(app.lane.decision?.stages.first { $0.name == .topP })
    #expect(stage.keptBounds.count > 1)
    let line = app.picture.split(separator: "\n").last { $0.contains("top-p") && $0.contains("0.97") } ?? ""
    for text in [
      RangeText.count(stage.keptBounds), RangeText.percent(stage.massBounds),
      RangeText.fixed(stage.entropyBounds, decimals: 2),
    ] {
      #expect(line.contains(" \(text) "), "\(line)")
    }
    #expect(app.picture.contains("repeated 4-grams") || !app.picture.contains("rep-4"))
  }

  /// What is open of a step stays open in its history.
  @Test func theHistoryMarksTheLeast() throws {
    var app = opened { $0.topP = 0.99 }
    while app.lane.decision?.drawn == nil { app.press(.character("r")) }
    app.press(.right)
    let step = try #require(app.lane.steps.first)
    #expect(step.keptBounds.count > 1)
    let glyphs = app.state.appearance.glyphs
    let (sign, bits) = (glyphs.atLeast, RangeText.leastBits(step.entropyBounds, glyphs: glyphs))
    let lines = app.picture.split(separator: "\n")
    #expect(lines.contains { $0.contains(" entropy ") && $0.contains(bits) }, "\(app.picture)")
    #expect(lines.contains { $0.contains(" kept ") && $0.contains("\(sign)\(step.kept) ") }, "\(app.picture)")
  }

  /// A trace keeps fewer ranks than the server told: the others are "more", not "not told".
  @Test func whatATraceLeftOutWasTold() throws {
    let app = opened { $0.topP = 0.99 }
    let decision = try #require(app.lane.decision)
    let recording = TraceDecision(decision, chosen: nil, rowCount: 5, tokenizer: nil)
    let read = Decision(recording, vocabularySize: decision.distribution.vocabularySize).distribution
    #expect(read.knownRanks < 12 && read.belief.toldRanks == 12)
  }

  /// The sentence of the library, and the keys of the screen.
  @Test func aDrawThatNobodyToldNamesTheKeys() throws {
    var app = opened({ _ in }, ranks: 2)
    while app.lane.decision?.drawn != nil { app.press(.character("r")) }
    app.press(.right)
    #expect(
      app.state.message?.hasSuffix("below rank 2: r draws again, Down and Enter choose a token.") == true,
      "\(app.state.message ?? "none")")
    let decision = try #require(app.lane.decision)
    let speech = SpokenText(glyphs: .ascii)
    #expect(
      PlainDecision(decision: decision, card: app.state.card, speech: speech).lines().last?.hasSuffix(
        "r draws again, Down and Enter choose a token.") == true)
    // As told: a row, and its token.
    app.press(.down, .enter)
    #expect(app.lane.depth == 1)
    #expect(
      PlainDecision(decision: decision, card: app.state.card, speech: speech, isReplay: true).lines().last?
        .hasSuffix("below rank 2.") == true)
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func aServerThatDoesNotAnswerIsNamed(columns: Int, rows: Int) {
    var app = opened({ $0.topK = 5 }, size: Size(columns: columns, rows: rows))
    var clock = WaitClock()
    #expect(clock.pause(for: app.state) == nil)
    app.pressUnanswered(.right)
    #expect(clock.pause(for: app.state).map { (1...WaitClock.patience).contains($0) } == true)
    #expect(app.state.waitingSentence == nil)
    app.sendUnanswered(.waits)
    let last = app.picture.split(separator: "\n").last ?? ""
    #expect(last.contains("waiting for fake … Esc or Ctrl-C stops"), "\(last)")
    #expect(clock.pause(for: app.state) == nil)
    app.deliver()
    #expect(app.state.waitingSentence == nil && !app.picture.contains("waiting"))
  }

  /// A model on this machine needs no such word.
  @Test func aLocalModelIsNotWaitedFor() {
    var app = AppHarness()
    app.pressUnanswered(.right)
    var clock = WaitClock()
    #expect(clock.pause(for: app.state) == nil)
  }

  @Test(
    arguments: [
      (PredictorError.source("It broke off.", mayPass: true), "It broke off; the next key tries again."),
      (.source("It is another model.", mayPass: false), "It is another model."),
      (.textTooLong(tokens: 3, limit: 2), "the text has 3 tokens, but the model reads at most 2"),
    ] as [(PredictorError, String)])
  func whatMayPassIsTriedAgain(error: PredictorError, sentence: String) {
    #expect(KeyAdvice.sentence(for: error) == sentence)
  }
}
