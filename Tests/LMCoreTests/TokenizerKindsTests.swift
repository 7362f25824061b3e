import Foundation
import Testing

@testable import LMCore

/// Small tokenizers of every kind against the library `tokenizers` and llama.cpp, made by Scripts/make_tokenizer_fixtures_2.py.
@Suite struct TokenizerKindsTests {
  static let kinds = [
    "llama3", "qwen2", "qwen35", "smollm", "digits-together", "llama2", "llama2-first", "always", "never",
    "gemma", "unknown-fused", "unknown", "some-bytes",
  ]
  static let files = ["llama3", "qwen2", "qwen35", "smollm", "llama2", "gemma"]

  private static func fixture(_ name: String) throws -> JSON {
    try TokenizerTestSupport.fixture("kinds/" + name)
  }

  static func tokenizer(_ kind: String) throws -> any Tokenizer {
    let url = TokenizerTestSupport.fixtures.appending(path: "kinds/\(kind).json")
    let bytes = Array(try Data(contentsOf: url))
    return try bytes.withUnsafeBytes { try TokenizerFolder.read(tokenizerJSON: $0) }
  }

  static func fileTokenizer(_ kind: String) throws -> any Tokenizer {
    try TokenizerFolder.read(
      folderOrFile: TokenizerTestSupport.fixtures.appending(path: "kinds/\(kind).gguf").path)
  }

  private static func ids(_ json: JSON?) -> [Int]? { json?.array?.compactMap(\.int) }

  static func texts() throws -> [String] {
    try #require(try fixture("texts.json").array).compactMap(\.string)
  }

  @Test(arguments: kinds) func idsAndTextAsInTokenizers(_ kind: String) throws {
    let tokenizer = try Self.tokenizer(kind)
    let expected = try Self.fixture(kind + ".ids.json")
    let texts = try Self.texts()
    let rows = try #require(expected["texts"]?.array)
    try #require(rows.count == texts.count && texts.count > 230)
    for (text, row) in zip(texts, rows) {
      let whole = try #require(Self.ids(row.array?[0]))
      let part = Self.ids(row.array?[1]) ?? whole
      #expect(try tokenizer.encode(text) == whole, "\(kind): \(text.debugDescription)")
      let found = try tokenizer.encode(text, .part)
      #expect(found == part, "\(kind): \(text.debugDescription)")
      #expect(tokenizer.decode(part) == row.array?[2].string, "\(kind): \(text.debugDescription)")
    }
  }

  /// Tokens in any order, parts of characters among them.
  @Test(arguments: kinds) func textOfAnyTokens(_ kind: String) throws {
    let tokenizer = try Self.tokenizer(kind)
    for row in try #require(try Self.fixture(kind + ".ids.json")["loose"]?.array) {
      let ids = try #require(Self.ids(row.array?[0]))
      #expect(tokenizer.decode(ids) == row.array?[1].string, "\(kind): \(ids)")
    }
  }

  /// What a stream gave piece by piece is the text of all tokens.
  @Test(arguments: kinds) func streamsGiveTheWholeText(_ kind: String) throws {
    let tokenizer = try Self.tokenizer(kind)
    for text in try Self.texts() {
      let ids = try tokenizer.encode(text, .part)
      var stream = TokenStream(tokenizer)
      let pieces = ids.map { stream.push($0) }.joined() + stream.finish()
      #expect(pieces == tokenizer.decode(ids), "\(kind): \(text.debugDescription)")
    }
  }

  @Test(arguments: files) func idsOfFilesAsInLlamaCpp(_ kind: String) throws {
    let tokenizer = try Self.fileTokenizer(kind)
    let rows = try #require(try Self.fixture(kind + ".gguf.ids.json").array)
    let texts = try Self.texts()
    try #require(rows.count == texts.count)
    for (text, row) in zip(texts, rows) {
      guard let plain = Self.ids(row.array?[0]) else { continue }
      let parsed = Self.ids(row.array?[1]) ?? plain
      #expect(try tokenizer.encode(text) == plain, "\(kind): \(text.debugDescription)")
      let options = EncodingOptions(parsesSpecial: true)
      #expect(try tokenizer.encode(text, options) == parsed, "\(kind): \(text.debugDescription)")
    }
  }
}
