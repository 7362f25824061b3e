import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

@Suite struct TokenSearchTests {
  /// The tokens by id; the ranking below is in reverse order.
  private static let tokens: [[UInt8]] =
    ["he", " the", "the", " then", "other", "\n", "日本", " 日"].map { Array($0.utf8) } + [
      [0xE2], [0xE2, 0x80],
    ]

  private func search(_ query: String) -> TokenSearch {
    TokenSearch(query, ranking: (0..<10).reversed()) { Self.tokens[$0] }
  }

  @Test(arguments: [
    // The token itself with and without its space, then beginnings, then parts, each by rank.
    ("the", [2, 1, 3, 4]), ("he", [0, 4, 3, 2, 1]), (" the", [1, 3]), ("␣the", [1, 3]), ("⏎", [5]),
    ("日", [7, 6]),
    ("<E2>", [8, 9]), ("zebra", []), ("", []), ("#3", [3]), ("3", [3]), ("#10", []), ("10", []), ("#", []),
    ("#x", []), ("99999999999999999999", []),
  ])
  func findsByTextAndByID(query: String, matches: [Int]) {
    #expect(search(query).matches == matches)
  }

  @Test func aNumberIsAlsoAText() {
    let tokens = ["7", " 71", "x", "1"].map { Array($0.utf8) }
    let found = TokenSearch("1", ranking: [3, 2, 1, 0]) { tokens[$0] }
    #expect(found.matches == [1, 3])
    #expect(TokenSearch("#1", ranking: [3, 2, 1, 0]) { tokens[$0] }.matches == [1])
  }

  @Test func goesAround() {
    var found = search("the")
    #expect(found.current == 2)
    found.move(by: -1)
    #expect(found.current == 4)
    found.move(by: 5)
    #expect(found.current == 2)
    var nothing = search("zebra")
    nothing.move(by: 1)
    #expect(nothing.current == nil)
  }
}

@Suite struct SearchKeysTests {
  private func type(_ text: String, into app: inout AppHarness) {
    for scalar in text.unicodeScalars { app.press(.character(scalar)) }
  }

  @Test func theTableFollowsTheLine() throws {
    var app = AppHarness(size: Size(columns: 80, rows: 24))
    let distribution = try #require(app.lane.decision?.distribution)
    let last = Int(distribution.ranking[39])
    type("/#\(last)", into: &app)
    #expect(app.state.table.chosenRank == 40)
    #expect(app.picture.contains("▸40 "))
    #expect(app.picture.contains("#\(last): rank 40 of 40"))
    #expect(!app.picture.contains("? help"))
    app.press(.enter)
    #expect(app.state.overlay == nil)
    let notice = try #require(app.state.notice)
    #expect(notice.contains("#\(last): rank 40 of 40"))
    app.press(.enter)
    #expect(app.lane.steps.last?.id == last)
    #expect(app.lane.steps.last?.isForced == true)
  }

  @Test func escapeGoesBackToWhereTheTableStood() {
    var app = AppHarness()
    app.press(.down, .down)
    type("/3", into: &app)
    app.press(.escape)
    #expect(app.state.table.chosenRank == 2)
    #expect(app.state.table.firstRank == 1)
  }

  /// A row that only a shorter query had found is not chosen for a longer one that finds nothing.
  @Test func whatIsNotFoundChoosesNoRow() {
    var app = AppHarness()
    type("/3", into: &app)
    #expect(app.state.table.chosenRank != nil)
    type("x", into: &app)
    #expect(app.state.table.chosenRank == nil)
    app.press(.enter)
    #expect(app.state.table.chosenRank == nil && app.state.notice?.contains("3x") == true)
  }

  @Test func nextGoesThroughTheMatchesByRank() throws {
    var app = AppHarness()
    app.press(.character("N"))
    #expect(app.state.message?.contains("/") == true)
    type("/3]", into: &app)
    app.press(.enter)
    let distribution = try #require(app.lane.decision?.distribution)
    let ranks = [3, 13, 23, 33].map { distribution.rank(of: $0) }.sorted()
    // [3] is not the text itself, so all are parts, by rank.
    #expect(app.state.table.chosenRank == ranks[0])
    app.press(.character("N"), .character("N"))
    #expect(app.state.table.chosenRank == ranks[2])
    #expect(app.state.notice?.contains("match 3 of 4") == true)
    app.press(.character("N"), .character("N"))
    #expect(app.state.table.chosenRank == ranks[0])
  }

  @Test func aHiddenTokenIsShownAgainAndSaysWhichFilterCutIt() throws {
    var app = AppHarness()
    app.press(.character("n"), .character("x"), .character("x"))
    let last = Int(try #require(app.lane.decision?.distribution.ranking[39]))
    type("/#\(last)", into: &app)
    app.press(.enter)
    #expect(app.state.table.removedRows == .shown)
    #expect(app.state.notice?.contains("cut by top-p") == true)
    #expect(app.picture.contains("▸40 "))
  }

  @Test func lettersAreTextInTheLine() {
    var app = AppHarness()
    type("/q", into: &app)
    #expect(!app.effects.contains(.quit))
    #expect(app.state.searchFinding?.sentence == "no token q")
  }
}
