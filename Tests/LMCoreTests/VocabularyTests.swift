import Testing

@testable import LMCore

@Suite struct VocabularyTests {
  private func insert(_ text: String, _ id: Int, into vocabulary: inout Vocabulary)
    -> Vocabulary.Insertion
  {
    vocabulary.insert(Array(text.utf8)[...], id: id)
  }

  private func id(_ text: String, in vocabulary: Vocabulary) -> Int? {
    vocabulary.id(ofText: Array(text.utf8)[...])
  }

  @Test func growsAsNeeded() {
    var vocabulary = Vocabulary(reservingBytes: 0)
    for number in 0..<5000 { #expect(insert("Ġt\(number)", 2 * number, into: &vocabulary) == .done) }
    #expect(vocabulary.count == 9999)
    for number in 0..<5000 {
      #expect(id("Ġt\(number)", in: vocabulary) == 2 * number)
      #expect(Array(vocabulary.bytes(of: 2 * number)) == Array(" t\(number)".utf8))
      #expect(!vocabulary.contains(2 * number + 1))
    }
    #expect(id("Ġt5000", in: vocabulary) == nil)
  }

  @Test func clashesChangeNothing() {
    var vocabulary = Vocabulary(reservingBytes: 0)
    #expect(insert("ab", 1, into: &vocabulary) == .done)
    #expect(insert("ab", 2, into: &vocabulary) == .duplicateToken)
    #expect(insert("cd", 1, into: &vocabulary) == .duplicateID)
    #expect(id("ab", in: vocabulary) == 1)
    #expect(id("cd", in: vocabulary) == nil)
    #expect(!vocabulary.contains(2))
    #expect(insert("cd", 2, into: &vocabulary) == .done)
    #expect(vocabulary.text(of: 2) == "cd")
  }

  /// `▁` is not of the alphabet and stands for its UTF-8, which `âĸģ` stands for too.
  @Test func literalsAndAlphabetTokensOfTheSameBytes() {
    var vocabulary = Vocabulary(reservingBytes: 0)
    #expect(insert("▁", 0, into: &vocabulary) == .done)
    #expect(insert("âĸģ", 1, into: &vocabulary) == .done)
    #expect(vocabulary.bytes(of: 0).elementsEqual(vocabulary.bytes(of: 1)))
    #expect(id("▁", in: vocabulary) == 0)
    #expect(id("âĸģ", in: vocabulary) == 1)
    #expect(vocabulary.id(ofBytes: Array("▁".utf8)[...]) == 1)
    #expect(vocabulary.text(of: 0) == "▁")
    #expect(vocabulary.text(of: 1) == "âĸģ")
    #expect(!Array("▁".utf8).withUnsafeBytes { vocabulary.isAlphabetToken(0, $0) })
    #expect(Array("▁".utf8).withUnsafeBytes { vocabulary.isAlphabetToken(1, $0) })
  }

  @Test func plainTokensAreTheirOwnText() {
    var vocabulary = Vocabulary(reservingBytes: 0, .plain)
    for (id, text) in ["é!", "Ġ", "", "##é"].enumerated() {
      #expect(insert(text, id, into: &vocabulary) == .done)
    }
    #expect(vocabulary.bytes(of: 0).elementsEqual("é!".utf8) && vocabulary.text(of: 1) == "Ġ")
    #expect(id("##é", in: vocabulary) == 3 && id("", in: vocabulary) == 2 && vocabulary.tokenCount == 4)
    vocabulary.insertReplacing(Array("Ġ".utf8)[...], id: 6)
    #expect(id("Ġ", in: vocabulary) == 6 && !vocabulary.contains(1) && vocabulary.tokenCount == 4)
    #expect(vocabulary.count == 7)
  }
}
