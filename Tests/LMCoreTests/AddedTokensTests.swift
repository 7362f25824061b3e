import Testing

@testable import LMCore

@Suite struct AddedTokensTests {
  /// The segments as text, tokens as `[id]`.
  private func split(_ text: String, _ tokens: [AddedToken]) -> [String] {
    Array(text.utf8).withUnsafeBytes { bytes in
      var parts: [String] = []
      AddedTokens(tokens).forEachSegment(in: bytes) { segment in
        switch segment {
        case .token(let id): parts.append("[\(id)]")
        case .text(let range): parts.append(String(decoding: bytes[range], as: UTF8.self))
        }
      }
      return parts
    }
  }

  private func token(_ text: String, _ id: Int) -> AddedToken { AddedToken(text: Array(text.utf8), id: id) }

  @Test(arguments: [
    ("", []), ("abc", ["abc"]), ("<e>", ["[1]"]), ("a <e> b", ["a ", "[1]", " b"]),
    ("<e><e>", ["[1]", "[1]"]),
    ("<<e>", ["<", "[1]"]), ("<e", ["<e"]), ("<e>x", ["[2]"]), ("<e>xx<e>", ["[2]", "x", "[1]"]),
    ("é<e>日", ["é", "[1]", "日"]),
  ])
  func longestFromTheLeft(_ text: String, _ expected: [String]) {
    #expect(split(text, [token("<e>", 1), token("<e>x", 2), token("", 3)]) == expected)
  }

  @Test func withoutTokens() {
    #expect(split("a<e>", []) == ["a<e>"])
  }

  @Test func theSecondRoundSearchesWhatIsLeft() {
    var late = token("x<e>", 2)
    #expect(split("x<e>", [token("<e>", 1), late]) == ["[2]"])
    late.comesSecond = true
    #expect(split("x<e>", [token("<e>", 1), late]) == ["x", "[1]"])
    var word = token("b", 3)
    word.comesSecond = true
    #expect(split("ab<e>abc", [token("<e>", 1), word]) == ["a", "[3]", "[1]", "a", "[3]", "c"])
  }

  @Test func stripping() {
    var left = token("<m>", 1)
    left.stripsLeft = true
    #expect(split("a \u{3000}\n<m> b", [left]) == ["a", "[1]", " b"])
    #expect(split(" <m>", [left]) == ["[1]"])
    var right = token("<m>", 1)
    right.stripsRight = true
    #expect(split("a <m> \u{A0}\tb", [right]) == ["a ", "[1]", "b"])
    // What the first took, the second cannot take again.
    var both = right
    both.stripsLeft = true
    #expect(split("<m> <m>", [both]) == ["[1]", "[1]"])
  }

  @Test(arguments: [
    ("the", ["[1]"]), ("the end", ["[1]", " end"]), ("(the)", ["(", "[1]", ")"]), ("then", ["then"]),
    ("bathe", ["bathe"]),
    ("the_", ["the_"]), ("the1", ["the1"]), ("éthe", ["éthe"]), ("the\u{301}", ["the\u{301}"]),
    ("the日", ["the日"]),
    ("the…", ["[1]", "…"]), ("then the", ["then ", "[1]"]),
  ])
  func singleWords(_ text: String, _ expected: [String]) {
    var word = token("the", 1)
    word.isSingleWord = true
    #expect(split(text, [word]) == expected)
  }
}
