import TestSupport
import Testing

/// The world fails: one sentence on standard error, nothing half-written that reads as an answer, exit code 1.
@Suite struct BadInputTests {
  private func expectFailure(
    _ run: ProgramRun, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(run.code == 1, sourceLocation: sourceLocation)
    #expect(run.output == "", sourceLocation: sourceLocation)
    #expect(run.errors.hasPrefix("gpt2-viz: "), sourceLocation: sourceLocation)
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)", sourceLocation: sourceLocation)
    for word in words { #expect(run.errors.contains(word), "\(run.errors)", sourceLocation: sourceLocation) }
  }

  @Test(arguments: [["generate"], ["next"], ["logits"], ["score"], ["tokenize"]])
  func unknownModel(words: [String]) throws {
    expectFailure(try ProgramRun(words + ["a", "-m", "no-such-model"]), "no-such-model")
    expectFailure(try ProgramRun(words + ["a", "-m", "/no/such/folder"]), "/no/such/folder")
    for path in ["no-such.gguf", "./no-such.GGUF", "no/such.gguf"] {
      expectFailure(try ProgramRun(words + ["a", "-m", path]), "There is no file \(path)")
    }
  }

  @Test func folderWithoutConfiguration() throws {
    let folder = try TemporaryFolder()
    expectFailure(try ProgramRun(["next", "a", "-m", folder.path]), folder.path, "config.json")
  }

  @Test func folderWithoutWeights() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "vocab.json", "merges.txt"])
    expectFailure(try ProgramRun(["next", "a", "-m", folder.path]), "safetensors")
  }

  @Test func truncatedWeights() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "vocab.json", "merges.txt"])
    for length in [0, 4, 8, 100, 1_000_000] {
      let script =
        "head -c \(length) '\(TestFiles.storyteller)/model.safetensors' > '\(folder.path)/model.safetensors'"
      #expect(try ProgramRun.shell(script).code == 0)
      expectFailure(try ProgramRun(["next", "a", "-m", folder.path]), "model.safetensors")
    }
  }

  @Test func aTokenWithoutARow() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "model.safetensors", "merges.txt"])
    let script =
      "sed 's/:4095/:5000/; s/: 4095/: 5000/' '\(TestFiles.storyteller)/vocab.json' > '\(folder.path)/vocab.json'"
    #expect(try ProgramRun.shell(script).code == 0)
    expectFailure(try ProgramRun(["next", "a<|endoftext|>", "-m", folder.path]), "4096", "<|endoftext|>")
    #expect(try ProgramRun(["next", "a", "-m", folder.path]).code == 0)
  }

  @Test(
    arguments: [
      ([0x61, 0xFF], "0xFF at offset 1"), ([0xC3, 0xA9, 0xE2, 0x82], "0xE2 at offset 2"),
      ([0xED, 0xA0, 0x80], "0xED at offset 0"),
    ] as [([UInt8], String)])
  func standardInputThatIsNotUTF8(bytes: [UInt8], place: String) throws {
    for command in ["generate", "next", "tokenize", "score", "logits"] {
      expectFailure(try ProgramRun([command, "-"], input: bytes), "standard input is not UTF-8", place)
    }
  }

  @Test func filesThatCannotBeRead() throws {
    let folder = try TemporaryFolder()
    expectFailure(try ProgramRun(["tokenize", "-f", "/no/such/file"]), "/no/such/file", "No such file")
    expectFailure(try ProgramRun(["tokenize", "-f", folder.path]), folder.path, "directory")
    expectFailure(try ProgramRun(["filter", "/no/such/file"]), "/no/such/file")
    expectFailure(try ProgramRun(["tokenize", "--tokenizer", folder.path, "a"]), folder.path)
    expectFailure(try ProgramRun.shell("gpt2-viz tokenize - <&-"), "standard input")
  }

  @Test func promptLongerThanTheContext() throws {
    let long = Array(repeating: "a", count: 600).joined(separator: "\n")
    for command in ["generate", "next", "logits", "score"] {
      let run = try ProgramRun([command, "-"], input: Array(long.utf8))
      expectFailure(run, "512")
      #expect(run.errors.contains(/\b[6-9]\d\d|1\d\d\d tokens/), "\(run.errors)")
    }
  }

  @Test func idsOutsideTheVocabulary() throws {
    for words in [["generate", "--ids"], ["next", "--ids"], ["score", "--ids"], ["tokenize", "--decode"]] {
      expectFailure(try ProgramRun(words + ["1 4096"]), "4096", "4095")
    }
  }

  @Test func aFolderWithoutVocabularyReadsNoText() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "model.safetensors"])
    expectFailure(try ProgramRun(["next", "a", "-m", folder.path]), "vocabulary", "--ids")
  }

  @Test func aFilterThatRemovesEverything() throws {
    let document = #"{"logits":[1,2],"ids":[0,1]}"#
    expectFailure(
      try ProgramRun(["filter", "-", "--no-repeat-ngram", "1"], input: Array(document.utf8)), "n-gram")
  }
}
