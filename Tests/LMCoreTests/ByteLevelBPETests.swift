import Foundation
import Testing

@testable import LMCore

/// Ids against those of `tokenizers` and `tiktoken`, made by Scripts/make_tokenizer_fixtures.py.
@Suite struct ByteLevelBPETests {
  @Test func storytellerFixture() throws {
    try check(TokenizerTestSupport.makeStoryteller(), "storyteller.json")
  }

  @Test(
    .enabled(
      if: TokenizerTestSupport.gpt2Directory != nil,
      "GPT-2's vocab.json and merges.txt are not on this machine"))
  func gpt2Fixture() throws {
    let directory = try #require(TokenizerTestSupport.gpt2Directory)
    let tokenizer = try #require(try TokenizerFolder.read(directory) as? ByteLevelBPE)
    try check(tokenizer, "gpt2.json")
    #expect(tokenizer.vocabularySize == 50257)
    #expect(tokenizer.special.begin == 50256)
    #expect(tokenizer.encode("My favourite movie is") == [3666, 12507, 3807, 318])
    #expect(tokenizer.name(of: 12507) == "Ġfavourite")
    #expect(tokenizer.id(ofName: "Ġfavourite") == 12507)
  }

  private func check(_ tokenizer: ByteLevelBPE, _ fixture: String) throws {
    let fixture = try TokenizerTestSupport.fixture(fixture)
    for row in try #require(fixture["texts"]?.array) {
      let text = try #require(row["text"]?.string)
      let ids = try #require(row["ids"]?.array).compactMap(\.int)
      #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
      #expect(tokenizer.encode(bytes: Array(text.utf8)) == ids, "\(text.debugDescription)")
      #expect(tokenizer.decode(ids).utf8.elementsEqual(text.utf8), "\(text.debugDescription)")
    }
    for row in try #require(fixture["invalid"]?.array) {
      let hexadecimal = try #require(row["bytes"]?.string)
      let bytes = hexadecimal.split(separator: " ").compactMap { UInt8($0, radix: 16) }
      let ids = try #require(row["ids"]?.array).compactMap(\.int)
      #expect(tokenizer.encode(bytes: bytes) == ids, "\(hexadecimal)")
      #expect(tokenizer.bytes(of: ids) == bytes, "\(hexadecimal)")
      #expect(tokenizer.decode(ids) == row["decoded"]?.string, "\(hexadecimal)")
    }
  }

  @Test func tokensOfTheBuiltInModel() throws {
    let tokenizer = try TokenizerTestSupport.makeStoryteller()
    #expect(tokenizer.vocabularySize == 4096)
    #expect(tokenizer.special.begin == 4095)
    for id in 0..<tokenizer.vocabularySize {
      let token = try #require(tokenizer.name(of: id))
      #expect(tokenizer.id(ofName: token) == id)
      #expect(tokenizer.bytes(of: id)?.isEmpty == false)
    }
  }

  @Test func unknownIDs() throws {
    let tokenizer = try TokenizerTestSupport.makeStoryteller()
    for id in [-1, 4096, Int.min, Int.max] {
      #expect(tokenizer.bytes(of: id) == nil)
      #expect(tokenizer.name(of: id) == nil)
    }
    #expect(tokenizer.decode([-1, tokenizer.encode("a")[0], 99_999]) == "a")
    #expect(tokenizer.id(ofName: "no such token") == nil)
    #expect(tokenizer.id(ofName: "") == nil)
  }

  /// A canonically equal token is another token.
  @Test func tokensCompareByBytes() throws {
    let tokenizer = try TokenizerTestSupport.makeTokenizer(
      vocabulary: TokenizerTestSupport.vocabulary([("漢é", "256"), ("漢e\u{301}", "257")]), merges: "")
    #expect(tokenizer.id(ofName: "漢é") == 256)
    #expect(tokenizer.id(ofName: "漢e\u{301}") == 257)
    #expect(tokenizer.name(of: 257)?.unicodeScalars.count == 3)
    #expect(tokenizer.bytes(of: 257) == Array("漢e\u{301}".utf8))
  }

  @Test func anyBytesComeBack() throws {
    let tokenizer = try TokenizerTestSupport.makeStoryteller()
    var generator = RandomSource(seed: 17)
    let interesting: [UInt8] =
      Array(" \n\t'stlrevd<|endoftext|>".utf8) + [0xC3, 0xA9, 0xE2, 0x80, 0x99, 0xF0, 0x9F]
    for round in 0..<3000 {
      let count = Int.random(in: 0...(round % 100 == 0 ? 5000 : 60), using: &generator)
      let bytes = (0..<count).map { _ in
        Bool.random(using: &generator)
          ? UInt8.random(in: 0...255, using: &generator) : interesting.randomElement(using: &generator)!
      }
      let ids = tokenizer.encode(bytes: bytes)
      #expect(tokenizer.bytes(of: ids) == bytes, "\(bytes)")
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(tokenizer.decode(tokenizer.encode(text)).utf8.elementsEqual(text.utf8), "\(bytes)")
    }
  }

  /// The cache and its collisions change nothing: a long text equals its paragraphs one by one.
  @Test func longTextsEqualTheirParts() throws {
    let tokenizer = try TokenizerTestSupport.makeStoryteller()
    var generator = RandomSource(seed: 3)
    let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)
    let paragraphs = (0..<2000).map { _ in
      (0..<40).map { _ in
        let length = Int.random(in: 1...18, using: &generator)
        return String(
          decoding: (0..<length).map { _ in letters.randomElement(using: &generator)! }, as: UTF8.self)
      }.joined(separator: " ") + "\n"
    }
    // A line feed before a letter is a piece of its own, so pieces do not cross paragraphs.
    let expected = paragraphs.flatMap { paragraph in
      paragraph.split(separator: "\n").flatMap { tokenizer.encode(String($0)) } + tokenizer.encode("\n")
    }
    #expect(tokenizer.encode(paragraphs.joined()) == expected)
  }

  @Test func hugePieces() throws {
    let tokenizer = try TokenizerTestSupport.makeStoryteller()
    for byte in [UInt8(ascii: "a"), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "="), 0xFF] {
      let bytes = Array(repeating: byte, count: 1_000_000)
      let ids = tokenizer.encode(bytes: bytes)
      #expect(tokenizer.bytes(of: ids) == bytes)
    }
  }

  // MARK: tokenizer.json

  @Test(arguments: ["tokenizer-pairs.json", "tokenizer-strings.json"])
  func tokenizerDocument(_ name: String) throws {
    let document = try String(
      contentsOf: TokenizerTestSupport.fixtures.appending(path: name), encoding: .utf8)
    let expected = try TokenizerTestSupport.fixture("tokenizer-expected.json")
    let tokenizer = try TokenizerTestSupport.makeTokenizer(document: document)
    for row in try #require(expected["texts"]?.array) {
      let text = try #require(row["text"]?.string)
      #expect(try tokenizer.encode(text) == row["ids"]?.array?.compactMap(\.int), "\(text.debugDescription)")
    }
    let prefixing = try TokenizerTestSupport.makeTokenizer(
      document: document.replacing(#/"add_prefix_space": ?false/#, with: "\"add_prefix_space\":true"))
    for row in try #require(expected["prefixed"]?.array) {
      let text = try #require(row["text"]?.string)
      #expect(try prefixing.encode(text) == row["ids"]?.array?.compactMap(\.int), "\(text.debugDescription)")
    }
    #expect(tokenizer.name(of: try tokenizer.encode("the end")[0]) == "the end")
  }

  /// As in transformers, the class brings the token along.
  @Test func aMissingEndOfTextIsAdded() throws {
    let tokenizer = try TokenizerTestSupport.makeTokenizer(
      vocabulary: TokenizerTestSupport.vocabulary([]), merges: "#version: 0.2\n")
    #expect(tokenizer.special.begin == 256)
    #expect(tokenizer.encode("a<|endoftext|>") == [97, 256])
    #expect(tokenizer.name(of: 256) == "<|endoftext|>" && tokenizer.decode([256]) == "<|endoftext|>")
  }

  @Test func bytesWithoutATokenAreLeftOut() throws {
    let tokenizer = try TokenizerTestSupport.makeTokenizer(
      vocabulary: TokenizerTestSupport.vocabulary([("ab", "256")], without: [0x20, 0xFF, 0x71]),
      merges: "a b\n")
    #expect(tokenizer.encode("a b q") == [97, 98])
    #expect(tokenizer.encode("aqb") == [256])
    #expect(tokenizer.encode("q") == [] && tokenizer.encode(bytes: [0xFF]) == [])
    #expect(
      tokenizer.encode(String(repeating: "aqqqqqqqqqqqqqqqqb", count: 9)) == Array(repeating: 256, count: 9))
  }

  /// Vocabularies may leave ids out and have them in any order.
  @Test func holesBetweenIDs() throws {
    let tokenizer = try TokenizerTestSupport.makeTokenizer(
      vocabulary: TokenizerTestSupport.vocabulary([("abc", "999"), ("ab", "300")]), merges: "a b\nab c\n\n")
    #expect(tokenizer.vocabularySize == 1000)
    #expect(tokenizer.encode("abcab") == [999, 300])
    #expect(tokenizer.bytes(of: 500) == nil)
    #expect(tokenizer.name(of: 500) == nil)
  }

  @Test func mergesFileForms() throws {
    let vocabulary = TokenizerTestSupport.vocabulary([("##", "256"), ("#!", "257"), ("###!", "258")])
    // Line ends of Windows, no version line, merges of number signs, no line feed at the end.
    for merges in ["# #\n# !\n## #!", "#version: 0.2\r\n# #\r\n# !\r\n## #!\r\n", "# #\n# !\n## #!\n\n"] {
      let tokenizer = try TokenizerTestSupport.makeTokenizer(vocabulary: vocabulary, merges: merges)
      #expect(tokenizer.encode("####!") == [256, 256, 33], "\(merges.debugDescription)")
      #expect(tokenizer.encode("#!") == [257], "\(merges.debugDescription)")
    }
    // The pair that is listed twice has its later rank.
    let twice = try TokenizerTestSupport.makeTokenizer(
      vocabulary: TokenizerTestSupport.vocabulary([("ab", "256"), ("bc", "257")]), merges: "a b\nb c\na b\n")
    #expect(twice.encode("abc") == [97, 257])
  }
}
