@testable import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

/// A followed text of an author, on the screen.
@Suite struct HumanTextTests {
  private func storyteller() throws -> LoadedModel { try LoadedModel.load(.builtIn, threads: 1) }
  private static let tale = "There was once a hare. It ran over the hills and met an old fox, who was asleep."

  private func open(_ text: String = tale, size: Size = Size(columns: 110, rows: 34)) throws -> AppHarness {
    AppHarness(size: size, prompt: .human(text), storyteller: try storyteller())
  }

  private func picture(_ app: AppHarness) -> String {
    RootView(state: app.state, appearance: Samples.blocks).picture().buffer.text
  }

  private func text(_ app: AppHarness, lane: Int = 0) -> String {
    app.state.card!.tokenizer!.decode(app.state.lanes[lane].textIDs)
  }

  @Test func theTextIsFollowedFromItsFirstToken() throws {
    var app = try open()
    #expect(app.lane.promptIDs == [app.state.card!.promptReader.begin])
    #expect(picture(app).contains("text 0/"))
    let first = try #require(app.lane.decision?.followed)
    #expect(app.state.card!.bytes(of: first) == Array("There".utf8))
    while app.lane.decision?.followed != nil { app.press(.right) }
    #expect(text(app) == "<|endoftext|>" + Self.tale)
    #expect(app.lane.followedCount == app.lane.following.count)
  }

  /// A token that begins texts by the word of the files alone is named: it decides what the first token costs.
  @Test func aBeginningThatNobodyWroteIsTold() throws {
    let tokenizer = try #require(try storyteller().tokenizer)
    func message(endOfText: [Int]) -> String? {
      let predictor = FakePredictor(vocabularySize: 4096, endOfText: endOfText)
      let state = AppState(
        size: Size(columns: 110, rows: 34), modelName: "fake", prompt: .human(Self.tale),
        settings: [SamplingSettings()], seed: 1)
      let app = AppHarness(state, running: predictor, tokenizer: tokenizer)
      #expect(app.lane.promptIDs == [4095])
      return app.state.message
    }
    #expect(
      message(endOfText: [])
        == "<|endoftext|> stands before the text, since this model's files name it to begin texts: the first token may seem unlikely behind it"
    )
    #expect(message(endOfText: [4095]) == nil)
  }

  /// The end is told, where it is reached and as long as one is behind it; play mode stops there.
  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func theEndOfTheTextIsTold(columns: Int, rows: Int) throws {
    var app = try open("A fox.", size: Size(columns: columns, rows: rows))
    let count = app.lane.following.count
    app.press(.character(" "))
    for _ in 0..<count + 3 { app.send(.tick) }
    #expect(!app.state.play.isRunning)
    #expect(app.lane.depth == count)
    #expect(picture(app).contains("the author's text ends here; → goes on with what the model chooses"))
    let before = app.state
    app.press(.left)
    #expect(!picture(app).contains("ends here"))
    let back = app.state
    app.press(.right)
    let speech = SpokenText(glyphs: .blocks)
    #expect(
      PlainReport(before: back, after: app.state, key: .right, speech: speech).lines
        .contains("The author's text ends here; Right goes on with what the model chooses."))
    #expect(before.lanes[0].isAtEndOfFollowedText)
    app.press(.right)
    #expect(picture(app).contains("text \(count)/\(count), ended"))
    #expect(!picture(app).contains("ends here"))
  }

  /// For a model without a token that begins texts.
  @Test func withoutATokenThatBeginsTextsTheFirstTokenIsThePrompt() throws {
    var state = AppState(
      size: Size(columns: 110, rows: 34), modelName: "fake", prompt: .human("abc"),
      settings: [SamplingSettings()], seed: 1)
    state.appearance = Samples.blocks
    let app = AppHarness(state, running: FakePredictor(vocabularySize: 256), tokenizer: ByteTokenizer())
    #expect(app.lane.promptIDs == [97])
    #expect(app.lane.following == [98, 99])
    #expect(app.state.message?.contains("this model has no token that begins a text") == true)
  }

  @Test func theScreenSaysWhereTheAuthorsTokenStands() throws {
    var app = try open()
    while text(app) != "<|endoftext|>There was once a hare." { app.press(.right) }
    let decision = try #require(app.lane.decision)
    let id = try #require(decision.followed)
    let rank = decision.distribution.rank(of: id)
    let percent = NumberFormat.percent(decision.distribution.before[id])
    #expect(picture(app).contains("The author: ␣It, rank \(rank), \(percent)"))
    let row = picture(app).split(separator: "\n").first { $0.contains("◀ author") }
    #expect(row?.contains("\(rank) ␣It") == true, "\(row ?? "no row")")
  }

  @Test func aTokenBelowTheTableIsMarkedAmongTheRest() throws {
    var app = try open("There was once a hare. It xylophone")
    while text(app) != "<|endoftext|>There was once a hare. It" { app.press(.right) }
    let rank = app.lane.decision!.distribution.rank(of: app.lane.decision!.followed!)
    #expect(rank > 30)
    let row = picture(app).split(separator: "\n").first { $0.contains("◀ author") }
    #expect(row?.contains("more") == true, "\(row ?? "no row")")
  }

  @Test func anotherTokenLeavesTheTextAndBackReturnsToIt() throws {
    var app = try open()
    app.press(.right, .right)
    let other = app.lane.decision!.distribution.ranking.first { Int($0) != app.lane.decision!.followed }!
    app.state.table.chosenRank = app.lane.decision!.distribution.rank(of: Int(other))
    app.press(.enter)
    #expect(app.lane.decision?.followed == nil)
    #expect(picture(app).contains("text 2/\(app.lane.following.count), left"))
    app.press(.left)
    let author = try #require(app.lane.decision?.followed)
    // → replays the other token; Enter, with no row chosen, appends the author's.
    app.press(.right)
    #expect(app.lane.textIDs.last != author)
    app.press(.left, .enter)
    #expect(app.lane.textIDs.last == author)
    #expect(app.lane.decision?.followed != nil)
    #expect(app.lane.branchCount == 2)
  }

  /// → appends the author's token, so no other row is marked as the one that it appends.
  @Test func noRowIsMarkedDrawnWhileATextIsFollowed() throws {
    var app = try open(size: Size(columns: 110, rows: 50))
    for _ in 0..<12 {
      #expect(app.lane.decision?.followed != nil)
      #expect(!picture(app).contains("◀ drawn"), "\(picture(app))")
      app.press(.right)
    }
  }

  /// Figure 2 of arXiv 1904.09751: the author's text beside the model's own.
  @Test func compareSetsTheGreedyTextBesideTheAuthors() throws {
    var app = try open()
    for _ in 0..<5 { app.press(.right) }
    app.press(.character("c"))
    #expect(app.state.lanes.count == 2)
    #expect(app.state.lanes[1].settings.isGreedy)
    #expect(app.state.lanes[0].textIDs == app.state.lanes[1].textIDs, "both have read the same")
    for _ in 0..<8 { app.press(.right) }
    #expect(("<|endoftext|>" + Self.tale).hasPrefix(text(app)))
    // From there on the model goes on by itself.
    let own = app.state.lanes[1]
    #expect(own.following.count == 5)
    #expect(own.steps.dropFirst(5).allSatisfy { $0.rank == 1 && !$0.isForced })
    #expect(picture(app).contains("A author"))
    #expect(picture(app).contains("B greedy"))
    let perplexities = app.state.lanes.map { perplexity(of: $0.steps[5..<$0.depth])! }
    #expect(perplexities[0] > 3 * perplexities[1])
    app.press(.tab)
    #expect(!picture(app).contains("text 5/5"))
    app.press(.character("H"))
    #expect(picture(app).contains("██ A author "))
    #expect(picture(app).contains("B greedy "))
  }

  @Test func aLongTextIsCutAndThatIsSaid() throws {
    let app = try open(String(repeating: "The hare ran on and on. ", count: 120))
    #expect(app.lane.promptIDs.count + app.lane.following.count == 513)
    #expect(app.state.message?.contains("beyond the context of 512") == true)
  }

  @Test func aTextThatIsTooShortIsRefusedInWords() throws {
    let app = try open("")
    #expect(app.effects.contains(.fail("\(SessionError.textTooShort(tokens: 0))")))
  }

  @Test func aTextIsTypedOrPastedInside() throws {
    var app = AppHarness(storyteller: try storyteller())
    app.press(.character("a"), .paste(Self.tale), .enter)
    #expect(text(app) == "<|endoftext|>")
    #expect(app.lane.decision?.followed != nil)
    while !text(app).hasSuffix(".") { app.press(.right) }
    app.press(.character("e"), .enter)
    #expect(text(app) == "There was once a hare.", "as far as it was read")
    #expect(app.lane.decision?.followed == nil, "the prompt editor begins a text of the model's own")
  }

  /// Under random keys, with a fast or slow engine, each lane is equal to a new session with the same steps, and the
  /// steps marked as the author's are those of the text.
  @Test(arguments: 0..<6)
  func randomKeysNeverLoseTheText(seed: UInt64) throws {
    var random = RandomSource(seed: seed &+ 4711)
    let loaded = try storyteller()
    var app = AppHarness(prompt: .human(Self.tale), storyteller: loaded)
    let keys: [Key] =
      "lhgstTpPcfdyrx<>".unicodeScalars.map { .character($0) } + [.up, .down, .enter, .home, .end, .tab]
    for _ in 0..<120 {
      app.pressUnanswered(Bool.random(using: &random) ? .right : keys.randomElement(using: &random)!)
      if Bool.random(using: &random) { app.deliver() }
    }
    app.deliver()
    for lane in app.state.lanes {
      let fresh = try GenerationSession(
        predictor: loaded.predictor, promptIDs: lane.promptIDs, following: lane.following, seed: 42)
      try replay(Array(lane.steps[..<lane.depth]), thenSettings: lane.settings, draw: lane.draw, on: fresh)
      let shown = LaneSnapshot(of: fresh)
      #expect(shown.textIDs == lane.textIDs)
      #expect(shown.decision?.id == lane.decision?.id)
      #expect(shown.decision?.followed == lane.decision?.followed)
      #expect(shown.decision?.distribution.after == lane.decision?.distribution.after)
      #expect(
        lane.steps.prefix(lane.followedCount).map(\.id) == Array(lane.following.prefix(lane.followedCount)))
    }
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func theRankIsOnEveryScreenAlsoBesideAnotherText(columns: Int, rows: Int) throws {
    var app = try open(size: Size(columns: columns, rows: rows))
    app.press(.character("c"))
    let decision = app.state.lanes[0].decision!
    #expect(picture(app).contains("rank \(decision.distribution.rank(of: decision.followed!)), "))
  }
}

/// Bytes as tokens, without a token that begins texts.
private struct ByteTokenizer: Tokenizer {
  let special = SpecialTokens()
  let vocabularySize = 256

  func encode(_ text: String, _ options: EncodingOptions) throws -> [Int] { text.utf8.map { Int($0) } }
  func bytes(of id: Int) -> [UInt8]? { UInt8(exactly: id).map { [$0] } }
  func isSpecial(_ id: Int) -> Bool { false }
  func name(of id: Int) -> String? { nil }
}
