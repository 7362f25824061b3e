import Testing

@testable import LMCore

@Suite struct AddedVocabularyTests {
  /// The segments as text, tokens as `[place in the list]`.
  private func split(_ text: String, _ tokens: [AddedToken]) -> [String] {
    var added = AddedVocabulary()
    added.add(tokens, to: Vocabulary(reservingBytes: 0))
    return Array(text.utf8).withUnsafeBytes { bytes in
      var parts: [String] = []
      added.forEachPart(of: bytes, TextNormalizer(), parsesSpecial: false) { part in
        switch part {
        case .token(let id): parts.append("[\(id)]")
        case .text(let text, _): parts.append(String(decoding: text, as: UTF8.self))
        }
      }
      return parts
    }
  }

  private func token(_ text: String) -> AddedToken { AddedToken(special: text) }

  @Test(arguments: [
    ("", []), ("abc", ["abc"]), ("<e>", ["[1]"]), ("a <e> b", ["a ", "[1]", " b"]),
    ("<e><e>", ["[1]", "[1]"]),
    ("<<e>", ["<", "[1]"]), ("<e", ["<e"]), ("<e>x", ["[2]"]), ("<e>xx<e>", ["[2]", "x", "[1]"]),
    ("é<e>日", ["é", "[1]", "日"]),
  ])
  func longestFromTheLeft(_ text: String, _ expected: [String]) {
    #expect(split(text, [token("<f>"), token("<e>"), token("<e>x"), token("")]) == expected)
  }

  @Test func withoutTokens() {
    #expect(split("a<e>", []) == ["a<e>"])
  }

  @Test func theSecondRoundSearchesWhatIsLeft() {
    var late = token("x<e>")
    #expect(split("x<e>", [token("<e>"), late]) == ["[1]"])
    late.isNormalized = true
    #expect(split("x<e>", [token("<e>"), late]) == ["x", "[0]"])
    var word = token("b")
    word.isNormalized = true
    #expect(split("ab<e>abc", [token("<e>"), word]) == ["a", "[1]", "[0]", "a", "[1]", "c"])
  }

  @Test func stripping() {
    var left = token("<m>")
    left.stripsLeft = true
    #expect(split("a \u{3000}\n<m> b", [left]) == ["a", "[0]", " b"])
    #expect(split(" <m>", [left]) == ["[0]"])
    var right = token("<m>")
    right.stripsRight = true
    #expect(split("a <m> \u{A0}\tb", [right]) == ["a ", "[0]", "b"])
    // What the first took, the second cannot take again.
    var both = right
    both.stripsLeft = true
    #expect(split("<m> <m>", [both]) == ["[0]", "[0]"])
  }

  /// Ids follow from the order of adding; known tokens keep theirs, and a gap of the vocabulary is filled.
  @Test func newIDs() {
    var vocabulary = Vocabulary(reservingBytes: 0, .plain)
    for (text, id) in [("a", 0), ("b", 1), ("c", 3), ("d", 4)] {
      _ = vocabulary.insert(Array(text.utf8)[...], id: id)
    }
    var added = AddedVocabulary()
    added.add(["c", "n", "m", "d", "o"].map(token), to: vocabulary)
    #expect(["c", "n", "m", "d", "o"].map { added.id(of: Array($0.utf8)) } == [3, 4, 5, 4, 6])
    // The later one of two with the same id counts.
    #expect(added.text(of: 4) == Array("d".utf8) && added.text(of: 1) == nil && added.endOfIDs == 7)
    added.add([token("p"), token("n")], to: vocabulary)
    #expect(added.id(of: Array("p".utf8)) == 7 && added.text(of: 4) == Array("n".utf8))
  }

  @Test func manyTokensAreFoundLikeFew() {
    let words = (0..<3000).map { String($0, radix: 5) }
    let tokens = words.map { token("<\($0)>") } + words.map { token("<\($0)") }
    #expect(split("<4444><4444 <43", tokens) == ["[624]", "[3624]", " ", "[3023]"])
  }

  @Test(arguments: [
    ("the", ["[0]"]), ("the end", ["[0]", " end"]), ("(the)", ["(", "[0]", ")"]), ("then", ["then"]),
    ("bathe", ["bathe"]),
    ("the_", ["the_"]), ("the1", ["the1"]), ("éthe", ["éthe"]), ("the\u{301}", ["the\u{301}"]),
    ("the日", ["the日"]),
    ("the…", ["[0]", "…"]), ("then the", ["then ", "[0]"]),
  ])
  func singleWords(_ text: String, _ expected: [String]) {
    var word = token("the")
    word.isSingleWord = true
    #expect(split(text, [word]) == expected)
  }
}
