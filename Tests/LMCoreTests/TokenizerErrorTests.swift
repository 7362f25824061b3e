import Foundation
import TestSupport
import Testing

@testable import LMCore

/// Each defect of a tokenizer's files has its own error.
@Suite struct TokenizerErrorTests {
  private typealias Support = TokenizerTestSupport

  static let vocabularies: [(String, TokenizerError)] = [
    (
      "{\"a\": 1,}",
      .invalidJSON(
        file: "vocab.json", JSONError(offset: 8, line: 1, problem: "a member name in quotes is missing"))
    ),
    ("", .unexpectedValue(file: "vocab.json", place: "", expected: "")),
    (
      "[1, 2]",
      .unexpectedValue(
        file: "vocab.json", place: "the document", expected: "an object of tokens and their ids")
    ),
    (
      Support.vocabulary([]) + "x",
      .invalidJSON(
        file: "vocab.json",
        JSONError(
          offset: Support.vocabulary([]).utf8.count, line: 1, problem: "text after the end of the document"))
    ),
    (#"{"x": "1"}"#, .idNotAnInteger(file: "vocab.json", token: "x", literal: "\"1\"")),
    (#"{"x": 1.0}"#, .idNotAnInteger(file: "vocab.json", token: "x", literal: "1.0")),
    (#"{"x": 1e3}"#, .idNotAnInteger(file: "vocab.json", token: "x", literal: "1e3")),
    (#"{"x": null}"#, .idNotAnInteger(file: "vocab.json", token: "x", literal: "null")),
    (#"{"x": {"a":[1]} }"#, .idNotAnInteger(file: "vocab.json", token: "x", literal: "{\"a\":[1]} ")),
    (#"{"x": -1}"#, .negativeID(file: "vocab.json", token: "x", literal: "-1")),
    (#"{"x": 2097152}"#, .idTooLarge(file: "vocab.json", token: "x", literal: "2097152", largest: 2_097_151)),
    (
      #"{"x": 99999999999999999999999}"#,
      .idTooLarge(file: "vocab.json", token: "x", literal: "99999999999999999999999", largest: 2_097_151)
    ),
    (#"{"x": 7, "y": 7}"#, .duplicateID(file: "vocab.json", id: 7, tokens: ["x", "y"])),
    (#"{"x": 7, "x": 7}"#, .duplicateToken(file: "vocab.json", token: "x")),
    (#"{"x": 7, "\u0078": 8}"#, .duplicateToken(file: "vocab.json", token: "x")),
    (#"{"漢": 7, "漢": 8}"#, .duplicateToken(file: "vocab.json", token: "漢")),
  ]

  @Test(arguments: vocabularies)
  func defectiveVocabulary(_ text: String, _ expected: TokenizerError) throws {
    // An empty document ends where a value should stand.
    let expected =
      text.isEmpty
      ? TokenizerError.invalidJSON(
        file: "vocab.json", JSONError(offset: 0, line: 1, problem: "the text ends where a value should stand")
      )
      : expected
    #expect(throws: expected) { try Support.makeTokenizer(vocabulary: text, merges: "") }
  }

  static let merges: [(String, TokenizerError)] = [
    ("#version: 0.2\na b\nab\n", .malformedMerge(file: "merges.txt", place: "line 3", text: "ab")),
    ("a b\n\na b\n", .malformedMerge(file: "merges.txt", place: "line 2", text: "")),
    ("a b c\n", .malformedMerge(file: "merges.txt", place: "line 1", text: "a b c")),
    ("a  b\n", .malformedMerge(file: "merges.txt", place: "line 1", text: "a  b")),
    (" a\n", .malformedMerge(file: "merges.txt", place: "line 1", text: " a")),
    ("a \n", .malformedMerge(file: "merges.txt", place: "line 1", text: "a ")),
    ("a b\n#version: 0.2 x\n", .malformedMerge(file: "merges.txt", place: "line 2", text: "#version: 0.2 x")),
    ("a b\nxyz b\n", .unknownMergePart(file: "merges.txt", place: "line 2", token: "xyz")),
    ("a b\na 漢\n", .unknownMergePart(file: "merges.txt", place: "line 2", token: "漢")),
    ("a b\nb a\n", .unknownMergeResult(file: "merges.txt", place: "line 2", token: "ba")),
  ]

  @Test(arguments: merges)
  func defectiveMerges(_ text: String, _ expected: TokenizerError) throws {
    #expect(throws: expected) {
      try Support.makeTokenizer(vocabulary: Support.vocabulary([("ab", "256")]), merges: text)
    }
  }

  private static func document(
    model: String = "", steps: String = #""pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false}"#,
    merges: String = "[]", vocabulary: String = Support.vocabulary([("ab", "256")])
  ) -> String {
    #"{\#(steps),"model":{\#(model)"merges":\#(merges),"vocab":\#(vocabulary)}}"#
  }

  private static let sequenceEnd = #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}"#

  private static func split(_ pattern: String) -> String {
    let step = #"{"type":"Split","pattern":\#(pattern),"behavior":"Isolated"}"#
    return #""pre_tokenizer":{"type":"Sequence","pretokenizers":[\#(step),\#(sequenceEnd)]}"#
  }

  /// GPT-2's rule, named by its pattern.
  @Test func aKnownPatternIsRead() throws {
    let pattern = JSON.string(PieceRule.gpt2.pattern)
    let text = Self.document(steps: Self.split(#"{"Regex":\#(pattern)}"#), merges: #"["a b"]"#)
    #expect(try Support.makeTokenizer(document: text).encode("ab'llab") == [256, 39, 108, 108, 256])
  }

  static let documents: [(String, TokenizerError)] = {
    let file = "tokenizer.json"
    let byteLevel = #""pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false}"#
    func unexpected(_ place: String, _ expected: String) -> TokenizerError {
      .unexpectedValue(file: file, place: place, expected: expected)
    }
    func unsupported(_ feature: String) -> TokenizerError { .unsupported(file: file, feature: feature) }
    return [
      ("[]", unexpected("the document", "an object")),
      ("{\(byteLevel)}", unexpected("model.vocab", "an object of tokens and their ids")),
      (#"{\#(byteLevel),"model":{"vocab":{}}}"#, unexpected("model.merges", "a list of merges")),
      (document(vocabulary: "[]"), unexpected("model.vocab", "an object of tokens and their ids")),
      (document(merges: "{}"), unexpected("model.merges", "a list of merges")),
      (
        document(merges: #"["a b", "ab"]"#), .malformedMerge(file: file, place: "model.merges[1]", text: "ab")
      ),
      (document(merges: #"[["a"]]"#), .malformedMerge(file: file, place: "model.merges[0]", text: #"["a"]"#)),
      (
        document(merges: #"[["a","b","c"]]"#),
        .malformedMerge(file: file, place: "model.merges[0]", text: #"["a","b","c"]"#)
      ),
      (
        document(merges: #"[["a",1]]"#),
        .malformedMerge(file: file, place: "model.merges[0]", text: #"["a",1]"#)
      ),
      (document(merges: "[7]"), .malformedMerge(file: file, place: "model.merges[0]", text: "7")),
      (
        document(merges: #"[["a","b"],["a","zz"]]"#),
        .unknownMergePart(file: file, place: "model.merges[1]", token: "zz")
      ),
      (
        document(merges: #"[["b","a"]]"#),
        .unknownMergeResult(file: file, place: "model.merges[0]", token: "ba")
      ),
      (document(model: #""type":"Unigram","#), unsupported(#"a model of type "Unigram""#)),
      (document(model: #""byte_fallback":true,"#), unsupported("byte_fallback over bytes")),
      (document(model: #""end_of_word_suffix":"</w>","#), unsupported(#"end_of_word_suffix "</w>""#)),
      (
        document(steps: byteLevel + #","normalizer":{"type":"NFKC"}"#),
        unsupported(#"a normalizer of type "NFKC""#)
      ),
      (document(steps: #""pre_tokenizer":null"#), unsupported("a decoder of type null")),
      (
        document(steps: #""pre_tokenizer":{"type":"Metaspace","replacement":"ab"}"#),
        unsupported("Metaspace with ab and prepend_scheme always")
      ),
      (
        document(
          steps:
            #""pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Punctuation"},\#(sequenceEnd)]}"#
        ),
        unsupported(#"a pre-tokenizer of type "Punctuation""#)
      ),
      (document(steps: split(#"{"Regex":"\\w+"}"#)), unsupported(#"the pattern \w+"#)),
      (document(steps: split(#"{"String":" "}"#)), unsupported("the pattern  ")),
      (document(steps: byteLevel + #","added_tokens":{}"#), unexpected("added_tokens", "a list")),
      (
        document(steps: byteLevel + #","added_tokens":[{"id":1}]"#),
        unexpected("added_tokens[0].content", "a string")
      ),
      (
        document(steps: byteLevel + #","added_tokens":[{"content":"new","id":-1}]"#),
        unexpected("added_tokens[0].id", "an integer from 0 to 2097151")
      ),
      (
        document(steps: byteLevel + #","post_processor":{"type":"Whatever"}"#),
        unsupported(#"a post-processor of type "Whatever""#)
      ),
      (
        document(steps: byteLevel + #","post_processor":{"type":"TemplateProcessing","single":[]}"#),
        unsupported("a template without the text")
      ),
      (
        document(
          steps: byteLevel
            + #","post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}]}"#),
        unexpected("post_processor.special_tokens", #"an object with the ids of "<s>""#)
      ),
      (
        document(
          model: #""unk_token":"<unk>","#, vocabulary: Support.vocabulary([("ab", "256")], without: [7])),
        unexpected("model.unk_token", "a token of the vocabulary")
      ),
      (document(model: #""type":"WordPiece","#), unsupported(#"a pre-tokenizer of type "ByteLevel""#)),
      (
        document(model: #""type":"WordPiece","#, steps: #""pre_tokenizer":{"type":"BertPreTokenizer"}"#),
        unsupported("a decoder of type null")
      ),
      (
        document(model: #""type":"WordPiece","#, steps: #""normalizer":{"type":"NFC"}"#),
        unsupported(#"a normalizer of type "NFC""#)
      ),
    ]
  }()

  @Test(arguments: documents)
  func defectiveDocument(_ text: String, _ expected: TokenizerError) throws {
    #expect(throws: expected) { try Support.makeTokenizer(document: text) }
  }

  @Test func truncatedDocument() throws {
    let text = Self.document()
    #expect(throws: TokenizerError.self) { try Support.makeTokenizer(document: String(text.dropLast())) }
    #expect(throws: Never.self) { try Support.makeTokenizer(document: text) }
    // What is written but switched off is no obstacle.
    let off =
      #""type":"BPE","dropout":0.0,"end_of_word_suffix":"","continuing_subword_prefix":null,"byte_fallback":false,"#
    #expect(throws: Never.self) { try Support.makeTokenizer(document: Self.document(model: off)) }
  }

  @Test func folders() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tokenizer-\(UUID().uuidString)")
    let path = folder.path
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    func remove(_ name: String) throws {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }

    #expect(throws: TokenizerError.noTokenizer(directory: path)) { try TokenizerFolder.read(path) }
    #expect(throws: TokenizerError.noTokenizer(directory: "/no/such/folder")) {
      try TokenizerFolder.read("/no/such/folder")
    }
    try write(Support.vocabulary([("ab", "256")]), "vocab.json")
    #expect(throws: TokenizerError.missingFile(path + "/merges.txt")) { try TokenizerFolder.read(path) }
    try write(Self.document(merges: #"[["a","b"]]"#), "tokenizer.json")
    #expect(try TokenizerFolder.read(path).encode("abc") == [256, 99])
    try write("#version: 0.2\n", "merges.txt")
    // tokenizer.json comes first.
    #expect(try TokenizerFolder.read(path + "/").encode("abc") == [256, 99])
    try remove("tokenizer.json")
    #expect(try TokenizerFolder.read(path + "/").encode("abc") == [97, 98, 99])
    try write(#"{"<|pad|>": 257}"#, "added_tokens.json")
    #expect(try TokenizerFolder.read(path).encode("a<|pad|>") == [97, 257])
    #expect(try TokenizerFolder.read(path).vocabularySize == 259)
    try write("a b c", "merges.txt")
    #expect(throws: TokenizerError.malformedMerge(file: path + "/merges.txt", place: "line 1", text: "a b c"))
    {
      try TokenizerFolder.read(path)
    }
    try remove("vocab.json")
    #expect(throws: TokenizerError.missingFile(path + "/vocab.json")) { try TokenizerFolder.read(path) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "vocab.json"), withIntermediateDirectories: true)
    #expect(throws: TokenizerError.unreadableFile(path + "/vocab.json", reason: "it is not a regular file")) {
      try TokenizerFolder.read(path)
    }
  }

  /// What tokenizer_config.json, config.json and their neighbours ask for, and cannot be done.
  static let settings: [([String: String], TokenizerError)] = [
    (
      ["tokenizer_config.json": #"{"tokenizer_class":"T5Tokenizer"}"#],
      .unknownClass(file: "tokenizer_config.json", name: "T5Tokenizer")
    ),
    (
      ["config.json": #"{"tokenizer_class":"XLNetTokenizer"}"#, "spiece.model": ""],
      .unknownClass(file: "config.json", name: "XLNetTokenizer")
    ),
    (
      ["tokenizer_config.json": #"{"tokenizer_class":"PreTrainedTokenizerFast"}"#],
      .classWithoutFile(
        file: "tokenizer_config.json", name: "PreTrainedTokenizerFast", missing: "tokenizer.json")
    ),
    (
      ["tokenizer_config.json": #"{"tokenizer_class":"BertTokenizerFast"}"#],
      .classWithoutFile(
        file: "tokenizer_config.json", name: "BertTokenizer", missing: "vocab.txt or tokenizer.json")
    ),
    (["vocab.txt": "a"], .unnamedVocabulary(file: "vocab.txt")),
    (
      ["vocab.txt": "a", "tokenizer_config.json": #"{"tokenizer_class":"BertTokenizer","do_lower_case":1}"#],
      .unexpectedValue(file: "tokenizer_config.json", place: "do_lower_case", expected: "true or false")
    ),
    (
      ["vocab.txt": "a", "tokenizer_config.json": #"{"tokenizer_class":"BertTokenizer","pad_token":7}"#],
      .unexpectedValue(
        file: "tokenizer_config.json", place: "pad_token",
        expected: "a token: its text, or an object of the type AddedToken")
    ),
    (
      [
        "vocab.txt": "a",
        "tokenizer_config.json": #"{"tokenizer_class":"BertTokenizer","added_tokens_decoder":{"x":{}}}"#,
      ],
      .unexpectedValue(
        file: "tokenizer_config.json", place: "added_tokens_decoder",
        expected: "an object of ids and tokens, each with its content")
    ),
    (
      [
        "vocab.txt": "a", "config.json": #"{"tokenizer_class":"BertTokenizer"}"#,
        "added_tokens.json": #"{"b":"1"}"#,
      ],
      .idNotAnInteger(file: "added_tokens.json", token: "b", literal: "\"1\"")
    ),
  ]

  @Test(arguments: settings)
  func settingsThatCannotBeHonoured(_ files: [String: String], _ expected: TokenizerError) throws {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(name, text) }
    let error = try #require(throws: TokenizerError.self) { try TokenizerFolder.read(folder.path) }
    #expect(error.description.replacing(folder.path + "/", with: "") == expected.description)
  }

  @Test func aWordWithoutTokensNeedsTheUnknownToken() throws {
    let folder = try TemporaryFolder()
    try folder.write("vocab.txt", "the\n")
    try folder.write("tokenizer_config.json", #"{"tokenizer_class":"BertTokenizer"}"#)
    let tokenizer = try TokenizerFolder.read(folder.path)
    #expect(throws: TokenizerError.noUnknownToken(word: "cat", name: "[UNK]")) {
      try tokenizer.encode("the cat")
    }
  }

  @Test func sentences() {
    let error = TokenizerError.idNotAnInteger(
      file: "m/vocab.json", token: "\u{1B}[31m" + String(repeating: "x", count: 90), literal: "1.5")
    #expect(
      error.description
        == "m/vocab.json: the id of token \"\u{FFFD}[31m\(String(repeating: "x", count: 35))…\" is \"1.5\", not an integer."
    )
    for (_, error) in Self.vocabularies + Self.merges + Self.documents {
      let sentence = error.description
      #expect(sentence.hasSuffix(".") && !sentence.contains("\n") && sentence.contains("."), "\(sentence)")
    }
  }
}
