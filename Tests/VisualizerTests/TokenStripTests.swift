import Testing

@testable import Visualizer

@Suite struct TokenStripTests {
  private static let tokens = [("Once", 512), ("␣upon", 9), ("␣日本", 70123), ("⏎", 3), ("␣time", 40)]
    .map { TokenStrip.Token(label: $0.0, id: $0.1) }

  private func picture(_ columns: Int, _ rows: Int) -> String {
    ScreenBuffer.picture(
      of: TokenStrip(tokens: Self.tokens), columns: columns, rows: rows, with: Samples.blocks
    )
    .text
  }

  @Test func eachTokenStandsOverItsID() {
    #expect(
      picture(40, 2) == """
        Once ␣upon ␣日本 ⏎ ␣time
        512  9     70123 3 40
        """)
  }

  @Test func linesBreakBetweenTokens() {
    #expect(
      picture(17, 4) == """
        Once ␣upon ␣日本
        512  9     70123
        ⏎ ␣time
        3 40
        """)
    #expect(TokenStrip(tokens: Self.tokens).rowCount(columns: 17) == 4)
    #expect(TokenStrip(tokens: []).rowCount(columns: 17) == 0)
  }

  @Test func theEndIsShownWhereNotAllFits() {
    #expect(
      picture(17, 2) == """
        ⏎ ␣time
        3 40
        """)
  }
}
