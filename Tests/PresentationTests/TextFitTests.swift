import Testing

@testable import Presentation

@Suite struct TextFitTests {
  @Test(arguments: [
    ("hello", 5, "hello"), ("hello", 4, "hel…"), ("hello", 2, "h…"), ("hello", 1, "h"), ("hello", 0, ""),
    ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
  ])
  func cutsByColumns(text: String, columns: Int, fitted: String) {
    #expect(TextFit.fit(text, columns: columns, glyphs: .blocks) == fitted)
  }

  @Test func padsToTheColumn() {
    #expect(TextFit.pad("日", columns: 4, glyphs: .blocks) == "日  ")
    #expect(TextFit.padLeft("日", columns: 4, glyphs: .blocks) == "  日")
    #expect(TextFit.pad("hello world", columns: 8, glyphs: .ascii) == "hello ..")
  }

  @Test(arguments: [
    ("the quick brown fox", 9, ["the quick", "brown fox"]), ("a\n\nb", 5, ["a", "", "b"]),
    ("extraordinary", 5, ["extra", "ordin", "ary"]),
    ("is extraordinary", 6, ["is", "extrao", "rdinar", "y"]),
    ("日本語", 3, ["日", "本", "語"]), ("", 4, [""]), ("text", 0, []),
  ])
  func wrapsBetweenWords(text: String, columns: Int, lines: [String]) {
    #expect(TextFit.wrap(text, columns: columns) == lines)
  }

  @Test func aCharacterWiderThanTheLineIsNoEndlessLoop() {
    #expect(TextFit.wrap("日本", columns: 1).count >= 2)
  }
}
