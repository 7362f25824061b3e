import Testing

@testable import LMCore

@Suite struct PromptReaderTests {
  private func reader(endOfText: [Int] = [], hasVocabulary: Bool = true) throws -> PromptReader {
    PromptReader(
      modelName: "tiny", modelPath: "/models/tiny", vocabularySize: 4096, endOfText: endOfText,
      tokenizer: hasVocabulary ? try TokenizerTestSupport.makeStoryteller() : nil)
  }

  @Test func aTextAndItsIDsAreReadAlike() throws {
    let ids = try reader().ids(of: .text("Once upon a time"))
    #expect(try reader().ids(of: .ids(ids)) == ids)
    #expect(try reader().ids(of: .human("Once upon a time")) == ids)
    #expect(try reader().textIDs(of: .text("Once upon a time")) == ids)
  }

  @Test(arguments: [.text(""), .ids([]), .human("")] as [Prompt])
  func anEmptyPromptBeginsATextInEveryForm(_ prompt: Prompt) throws {
    #expect(try reader().ids(of: prompt) == [4095])
    #expect(try reader().textIDs(of: prompt) == [])
  }

  @Test(arguments: [([], nil), ([50256, -1], nil), ([7], 7), ([50256, 9, 8], 9)] as [([Int], Int?)])
  func withoutAVocabularyTheFirstEndThatTheModelHasBegins(_ ends: [Int], _ begin: Int?) throws {
    let reader = try reader(endOfText: ends, hasVocabulary: false)
    if let begin {
      #expect(try reader.ids(of: .ids([])) == [begin])
      #expect(try reader.requireBegin() == begin)
    } else {
      #expect(throws: PromptError.noBeginning(model: "tiny")) { try reader.ids(of: .ids([])) }
    }
  }

  /// A server may have such a token without naming it, and a text that is there is not empty.
  @Test(arguments: [true, false]) func aMissingBeginningIsSaidAsItIs(isServed: Bool) {
    let reader = PromptReader(
      modelName: "tiny", modelPath: nil, vocabularySize: 10, endOfText: [], tokenizer: nil,
      isServed: isServed)
    func sentence(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    let (empty, first) = (
      sentence { _ = try reader.ids(of: .ids([])) }, sentence { _ = try reader.requireBegin() }
    )
    #expect(empty.contains("empty") && first.contains("--bos") && !first.contains("empty"))
    for text in [empty, first] { #expect(text.contains("the server of tiny names no token") == isServed) }
  }

  @Test func aTextNeedsAVocabularyAndIDsDoNot() throws {
    let reader = try reader(hasVocabulary: false)
    #expect(throws: PromptError.noVocabulary(model: "tiny", path: "/models/tiny")) {
      try reader.ids(of: .text("Once"))
    }
    #expect(throws: PromptError.noVocabulary(model: "tiny", path: "/models/tiny")) {
      try reader.textIDs(of: .human(""))
    }
    #expect(try reader.ids(of: .ids([7, 0, 4095])) == [7, 0, 4095])
  }

  @Test(arguments: [-1, 4096, .max])
  func anIDOutsideTheVocabularyIsRefused(_ id: Int) throws {
    #expect(throws: SessionError.tokenOutOfRange(id: id, vocabularySize: 4096)) {
      try reader().ids(of: .ids([1, id]))
    }
  }

  @Test func thePromptIsWrittenAsItWasGiven() throws {
    let tokenizer = try TokenizerTestSupport.makeStoryteller()
    let ids = tokenizer.encode("Once")
    #expect(Prompt.text("").bytes(readAs: [4095], tokenizer) == [])
    #expect(Prompt.ids(ids).bytes(readAs: ids, tokenizer) == Array("Once".utf8))
    #expect(Prompt.ids(ids).bytes(readAs: ids, nil) == nil)
  }
}
