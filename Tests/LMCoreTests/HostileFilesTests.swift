import Foundation
import TestSupport
import Testing

@testable import LMCore

/// What damaged and hostile files did once, each as the smallest file that does it.
@Suite struct HostileFilesTests {
  private func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + Array(header.utf8) + data
  }

  @Test func theLargestLayerNumberIsNoOverflow() throws {
    let folder = try TemporaryFolder(copying: ReferenceModel.fixtures.path + "/Models/plain")
    let bytes = try folder.read("model.safetensors")
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    let name = "h.\(Int.max).ln_1.weight"
    try folder.write(
      "model.safetensors",
      safetensors(
        header.replacingOccurrences(of: "\"h.0.ln_1.weight\"", with: "\"\(name)\""),
        Array(bytes[(8 + length)...])))
    #expect(throws: CheckpointError.self) { try Transformer.load(directory: folder.path, threads: 1) }
    let empty = "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
    try folder.write(
      "model.safetensors", safetensors(empty + header.dropFirst(), Array(bytes[(8 + length)...])))
    do {
      _ = try ModelDirectory(path: folder.path).openModel()
      Issue.record("a tensor of no layer is accepted")
    } catch let error as CheckpointError {
      guard case .unexpectedTensor(_, name, let problem) = error else { throw error }
      #expect(problem.hasPrefix("n_layer is 2, but the tensors are those of \(Int.max) layers"))
    }
  }

  /// In 8 bits the pages of a mapped file are released; memory with another owner must not be.
  @Test func bytesInMemoryStayWhereTheyAre() throws {
    let folder = ReferenceModel.fixtures.path + "/Models/f16"
    let bytes = Array(try Data(contentsOf: URL(filePath: folder + "/model.safetensors")))
    let copy = bytes
    let directory = try ModelDirectory(path: folder)
    try bytes.withUnsafeBytes { buffer in
      let file = try SafetensorsFile(bytes: buffer, name: "memory")
      #expect(!file.isMapped)
      let stored = try StoredModel(
        Checkpoint(file: file), directory.blueprint, directory.family, name: "memory", path: nil,
        source: .folder)
      _ = try Transformer(stored, threads: 1, precision: .int8)
    }
    #expect(bytes == copy)
    #expect(try ModelDirectory(path: folder).openCheckpoint().isMapped)
  }

  @Test func foreignWordsCommandNoTerminalAndFitALine() throws {
    let evil = "\u{1B}[2J\u{9B}31m\n\u{202E}\u{2028}" + String(repeating: "n", count: 5000)
    let sentences = [
      "\(ConfigurationError.otherModel(file: "f", type: evil, known: []))",
      "\(ConfigurationError.invalid(file: "f", key: "k", value: evil, wanted: "w"))",
      "\(ConfigurationError.unknownActivation(file: "f", name: evil))",
      "\(ConfigurationError.unsupported(file: "f", key: evil, value: evil))",
      "\(SafetensorsError.tensorNotFound(file: "f", tensor: evil))",
      "\(CheckpointError.missingTensor(file: "f", tensor: evil))",
      "\(CheckpointError.unsafeShardName(file: "f", shard: evil))",
      "\(CheckpointError.wrongShape(file: "f", tensor: "t", shape: Array(repeating: 1, count: 9000), expected: []))",
      "\(TokenizerError.unsupported(file: "f", feature: evil))",
      "\(TokenizerError.duplicateToken(file: "f", token: evil))",
      "\(ModelLocatorError.unknown(name: evil))", "\(HubError.invalidRevision(evil))",
    ]
    for sentence in sentences {
      #expect(ForeignText.wholeLine(sentence) == sentence, "\(sentence.debugDescription)")
      #expect(sentence.count < 400, "\(sentence.count) characters")
    }
  }

  @Test func foreignTextIsCutAndHidden() {
    #expect(ForeignText.line("plain é 日") == "plain é 日")
    #expect(ForeignText.line("a\u{1B}b\nc\u{202E}d") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d")
    #expect(ForeignText.line("abcdef", limit: 3) == "abc…")
    #expect(ForeignText.line("abc", limit: 3) == "abc")
  }

  @Test func aShardNameIsAPlainName() throws {
    let folder = try TemporaryFolder(copying: ReferenceModel.fixtures.path + "/Models/sharded")
    for shard in ["\u{1B}[31m", String(repeating: "n", count: 300), "a\u{2028}b", "../x", "a/b", ""] {
      let index: JSON = ["weight_map": ["wte.weight": JSON(shard)]]
      try folder.write("model.safetensors.index.json", index.description)
      #expect(
        throws: CheckpointError.unsafeShardName(
          file: folder.path + "/model.safetensors.index.json", shard: shard)
      ) { try Transformer.load(directory: folder.path, threads: 1) }
    }
  }

  @Test func documentsHaveALargestSize() throws {
    let folder = try TemporaryFolder(copying: ReferenceModel.fixtures.path + "/Models/sharded")
    let blanks = [UInt8](repeating: UInt8(ascii: " "), count: JSON.largestDocument)
    let index = try folder.read("model.safetensors.index.json")
    try folder.write("model.safetensors.index.json", index + blanks)
    #expect(throws: CheckpointError.self) { try Transformer.load(directory: folder.path, threads: 1) }
    let configuration = try folder.read("config.json")
    try folder.write("config.json", configuration + blanks)
    #expect(throws: ModelDirectoryError.self) { try ModelDirectory(path: folder.path) }
  }

  @Test func aPipeInThePlaceOfAVocabularyIsNotWaitedFor() throws {
    let folder = try TemporaryFolder()
    mkfifo(folder.path + "/tokenizer.json", 0o600)
    #expect(throws: TokenizerError.self) { try TokenizerFolder.read(folder.path) }
  }

  /// 84 A0 has the bits of Ġ, C4 A0, and is none.
  @Test func mergesThatAreNoUTF8AreRefused() throws {
    let vocabulary = Array(TokenizerTestSupport.vocabulary([("Ġt", "256")]).utf8)
    func read(_ merges: [UInt8]) throws(TokenizerError) -> ByteLevelBPE {
      try vocabulary.withUnsafeBytesTyped { vocabulary throws(TokenizerError) in
        try merges.withUnsafeBytesTyped { merges throws(TokenizerError) in
          try ByteLevelBPE(vocabularyJSON: vocabulary, mergesText: merges)
        }
      }
    }
    for first in [[0x84, 0xA0], [0xC4, 0x20], [0xC0, 0xA1]] as [[UInt8]] {
      #expect(throws: TokenizerError.self) { try read(first + Array(" t\n".utf8)) }
    }
    #expect(try read(Array("Ġ t\n".utf8)).encode(" t") == [256])
  }

  @Test func linksInCirclesEnd() throws {
    let folder = try TemporaryFolder()
    let model = "models--a--b/"
    let commit = String(repeating: "0a", count: 20)
    try folder.write(model + "refs/main", commit)
    try folder.write(model + "snapshots/\(commit)/x", "x")
    for place in ["refs", "snapshots/\(commit)"] {
      for name in ["one", "two"] { try folder.link(model + place + "/" + name, to: ".") }
    }
    let models = HubCache(environment: ["HF_HUB_CACHE": folder.path]).models()
    #expect(models.map(\.id) == ["a/b"])
    #expect(models.first?.revisions == ["main"])
  }

  @Test func jsonIsWrittenWithoutControlsOfEightBits() throws {
    let text = JSON("\u{9B}31m\u{7F}\u{85}").description
    #expect(text == #""\u009b31m\u007f\u0085""#)
    #expect(try JSON(parsing: text) == "\u{9B}31m\u{7F}\u{85}")
  }
}
