import CStoryteller
import Foundation

@testable import LMCore

/// Files and vocabularies that the tokenizer's tests share.
enum TokenizerTestSupport {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Fixtures/tokenizer")

  /// The folder of GPT-2's published vocabulary, where this machine has one: `$GPT2_VIZ_SHARED/gpt2-tokenizer`, or in a
  /// folder `shared` beside the repository.
  static let gpt2Directory: String? = {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let shared =
      ProcessInfo.processInfo.environment["GPT2_VIZ_SHARED"]
      ?? repository.deletingLastPathComponent().appending(path: "shared").path
    let directory = shared + "/gpt2-tokenizer"
    return FileManager.default.fileExists(atPath: directory + "/vocab.json") ? directory : nil
  }()

  static func fixture(_ name: String) throws -> JSON {
    try JSON(parsing: Array(Data(contentsOf: fixtures.appending(path: name))))
  }

  static func makeStoryteller() throws -> ByteLevelBPE {
    var (vocabularySize, mergesSize) = (0, 0)
    let vocabulary = storyteller_vocabulary(&vocabularySize)
    let merges = storyteller_merges(&mergesSize)
    return try ByteLevelBPE(
      vocabularyJSON: UnsafeRawBufferPointer(start: vocabulary, count: vocabularySize),
      mergesText: UnsafeRawBufferPointer(start: merges, count: mergesSize))
  }

  static func makeTokenizer(vocabulary: String, merges: String) throws(TokenizerError) -> ByteLevelBPE {
    try Array(vocabulary.utf8).withUnsafeBytesTyped { vocabulary throws(TokenizerError) in
      try Array(merges.utf8).withUnsafeBytesTyped { merges throws(TokenizerError) in
        try ByteLevelBPE(vocabularyJSON: vocabulary, mergesText: merges)
      }
    }
  }

  static func makeTokenizer(document: String) throws(TokenizerError) -> any Tokenizer {
    try Array(document.utf8).withUnsafeBytesTyped { document throws(TokenizerError) in
      try TokenizerFolder.read(tokenizerJSON: document)
    }
  }

  /// vocab.json with the 256 bytes as ids 0...255 (in order of value) and `extra` after them.
  static func vocabulary(_ extra: [(String, String)], without missing: Set<UInt8> = []) -> String {
    var members: [JSON.Member] = []
    for byte in UInt8.min...UInt8.max where !missing.contains(byte) {
      members.append(JSON.Member(ByteAlphabet.text(of: [byte]), JSON(Int(byte))))
    }
    members += extra.map { JSON.Member($0.0, .number($0.1)) }
    return JSON.object(members).description
  }
}

extension Array {
  /// `withUnsafeBytes` for a body with a typed error.
  func withUnsafeBytesTyped<Value, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let result = withUnsafeBytes { bytes in Result { () throws(Failure) in try body(bytes) } }
    return try result.get()
  }
}
