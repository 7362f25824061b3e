import Testing

@testable import LMCore

@Suite struct VocabularyTests {
  private func insert(_ text: String, _ id: Int, into vocabulary: inout Vocabulary, isLiteral: Bool = false)
    -> Vocabulary.Insertion
  {
    vocabulary.insert(Array(text.utf8)[...], id: id, isLiteral: isLiteral)
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
    #expect(!vocabulary.isAlphabetToken(0, Array("▁".utf8)[...]))
    #expect(vocabulary.isAlphabetToken(1, Array("▁".utf8)[...]))
  }

  /// An added token stands for its own text: `é` is not the byte E9.
  @Test func literalsOfAlphabetCharacters() {
    var vocabulary = Vocabulary(reservingBytes: 0)
    #expect(insert("é!", 0, into: &vocabulary, isLiteral: true) == .done)
    #expect(vocabulary.bytes(of: 0).elementsEqual("é!".utf8))
    #expect(id("é!", in: vocabulary) == 0)
    #expect(vocabulary.text(of: 0) == "é!")
  }
}
