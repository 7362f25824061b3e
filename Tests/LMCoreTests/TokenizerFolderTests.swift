import Foundation
import TestSupport
import Testing

@testable import LMCore

/// The files of small folders against what transformers reads in them, made by Scripts/make_folder_fixtures.py.
@Suite struct TokenizerFolderTests {
  private static let cases: [JSON] =
    (try? TokenizerTestSupport.fixture("folders.json"))?["cases"]?.array ?? []

  private func read(_ files: JSON) throws -> any Tokenizer {
    let folder = try TemporaryFolder()
    try folder.write("config.json", #"{"model_type":"gpt2"}"#)
    for file in files.members ?? [] {
      try folder.write(file.name, file.value.string ?? file.value.description)
    }
    return try TokenizerFolder.read(folder.path)
  }

  @Test func thereAreCases() { #expect(Self.cases.count > 50) }

  @Test(arguments: cases.indices) func idsAndTextAsInTransformers(_ index: Int) throws {
    let expected = Self.cases[index]
    let name = expected["name"]?.string ?? ""
    let tokenizer = try read(#require(expected["files"]))
    for row in try #require(expected["texts"]?.array) {
      let text = try #require(row["text"]?.string)
      let ids = try tokenizer.encode(text)
      #expect(ids == row["ids"]?.array?.compactMap(\.int), "\(name): \(text.debugDescription)")
      #expect(tokenizer.decode(ids) == row["decoded"]?.string, "\(name): \(text.debugDescription)")
    }
    #expect(tokenizer.vocabularySize == expected["size"]?.int, "\(name)")
    if let begin = expected["bos"]?.int { #expect(tokenizer.special.begin == begin, "\(name)") }
  }

  // MARK: WordPiece

  private func words() throws -> any Tokenizer {
    let words = ["[UNK]", "[CLS]", "[SEP]", "the", "cat", "##s", ".", "do", "not", "n", "'", "t"]
    return try read([
      "vocab.txt": .string(words.joined(separator: "\n")),
      "tokenizer_config.json": ["tokenizer_class": "BertTokenizer"],
    ])
  }

  /// Only the first token of a text lacks its space, so that a text can be written token by token.
  @Test func thePiecesOfATextMakeTheText() throws {
    let tokenizer = try words()
    let ids = try tokenizer.encode("The cats. Do not")
    #expect(ids == [1, 3, 4, 5, 6, 7, 8, 2])
    let pieces = ids.compactMap { tokenizer.bytes(of: $0).map { String(decoding: $0, as: UTF8.self) } }
    #expect(pieces == [" [CLS]", " the", " cat", "s", ".", " do", " not", " [SEP]"])
    #expect(tokenizer.decode(ids) == String(pieces.joined().dropFirst()))
    #expect(tokenizer.name(of: 5) == "##s" && tokenizer.bytes(of: 99) == nil)
    #expect(tokenizer.decode([5, 99, 4]) == "##s cat")
  }

  @Test(arguments: [
    ("\u{AC01}", "\u{1100}\u{1161}\u{11A8}"), ("\u{AC00}", "\u{1100}\u{1161}"), ("\u{212B}", "A"),
    ("\u{F900}", "\u{8C48}"),
    ("\u{301}", ""), ("\u{1E9B}\u{323}", "\u{17F}"), ("x", "x"), ("\u{30D1}", "\u{30CF}\u{3099}"),
  ]) func accentsAreTakenAway(_ text: String, _ bases: String) {
    let found = text.unicodeScalars.flatMap(BertCharacters.bases)
    #expect(found == Array(bases.unicodeScalars).filter { !BertCharacters.bases(of: $0).isEmpty })
  }
}
