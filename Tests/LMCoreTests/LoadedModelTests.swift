import TestSupport
import Testing

@testable import LMCore

@Suite struct LoadedModelTests {
  private func copy(of name: String) throws -> TemporaryFolder {
    try TemporaryFolder(copying: ReferenceModel.fixtures.path + "/Models/" + name)
  }

  // MARK: Names

  @Test func namesAndFolders() throws {
    #expect(try ModelLocator.resolve(nil) == .builtIn)
    #expect(try ModelLocator.resolve("storyteller") == .builtIn)
    #expect(try ModelLocator.resolve("/models/gpt2") == .folder(path: "/models/gpt2"))
    #expect(try ModelLocator.resolve("./storyteller") == .folder(path: "./storyteller"))
    #expect(try ModelLocator.resolve(".") == .folder(path: "."))
    let cache = HubCache(environment: ["HF_HUB_CACHE": "/nonexistent"])
    for (name, error) in [
      ("gpt2", .notCached(name: "gpt2", cache: "/nonexistent")),
      ("storyteler", .notCached(name: "storyteler", cache: "/nonexistent")),
      ("some/model@v2", .notCached(name: "some/model@v2", cache: "/nonexistent")),
      ("", .unknown(name: "")), ("a b", .unknown(name: "a b")),
    ] as [(String, ModelLocatorError)] {
      #expect(throws: error) { try ModelLocator.resolve(name, in: cache) }
      #expect(error.description.contains("\"\(name)\"") && error.description.contains("\"storyteller\""))
    }
  }

  @Test func modelsOfTheCache() throws {
    let folder = try TemporaryFolder()
    let commit = String(repeating: "0", count: 40)
    try folder.write("models--some--model/refs/main", commit)
    try folder.write("models--some--model/refs/v2", commit)
    try folder.write("models--some--model/snapshots/\(commit)/config.json", "{}")
    let cache = HubCache(environment: ["HF_HUB_CACHE": folder.path])
    let path = folder.path + "/models--some--model/snapshots/" + commit
    for name in ["some/model", "some/model@main", "some/model@v2", "some/model@\(commit)"] {
      #expect(try ModelLocator.resolve(name, in: cache) == .cached(name: name, path: path))
    }
    #expect(throws: ModelLocatorError.self) { try ModelLocator.resolve("some/model@", in: cache) }
    #expect(throws: ModelLocatorError.self) { try ModelLocator.resolve("some/model@v3", in: cache) }
    // Every folder that is there comes first, and every path that is no name on the hub.
    #expect(try ModelLocator.resolve(folder.path, in: cache) == .folder(path: folder.path))
    #expect(try ModelLocator.resolve("/no/such", in: cache) == .folder(path: "/no/such"))
  }

  // MARK: Opening

  @Test func theStoryteller() throws {
    var progress: [Double] = []
    let loaded = try LoadedModel.load(.builtIn) { progress.append($0) }
    #expect(progress.last == 1)
    #expect(loaded.name == "storyteller")
    #expect(try loaded.requireTokenizer().vocabularySize == loaded.profile.vocabularySize)
    #expect(loaded.tokenizer?.special.begin == loaded.profile.endOfText.first)
  }

  @Test func theStorytellerTellsTheReferenceStory() throws {
    let loaded = try LoadedModel.load(.builtIn)
    let tokenizer = try loaded.requireTokenizer()
    let reference = ReferenceModel.storyteller
    let prompt = try tokenizer.encode("Once upon a time")
    #expect(prompt == Array(reference.ids.prefix(reference.promptLength)))
    let story = try tokenizer.decode(prompt + loaded.requireLocal().model.greedy(prompt, count: 40))
    #expect(story == tokenizer.decode(prompt + reference.greedy))
    #expect(story.hasPrefix("Once upon a time"))
  }

  @Test func aFolderWithoutVocabularyTakesIDs() throws {
    let folder = try copy(of: "plain")
    let loaded = try LoadedModel.load(.folder(path: folder.path))
    #expect(loaded.tokenizer == nil)
    let error = PromptError.noVocabulary(model: loaded.name, path: folder.path)
    #expect(throws: error) { try loaded.requireTokenizer() }
    #expect(error.description.contains("--ids") && error.description.contains(folder.path))
  }

  /// vocab.json with the 256 bytes and whatever ids follow.
  private func writeVocabulary(_ extra: [(String, String)], to folder: TemporaryFolder) throws {
    try folder.write("vocab.json", TokenizerTestSupport.vocabulary(extra))
    try folder.write("merges.txt", "#version: 0.2\n")
  }

  @Test func aVocabularyThatIsTooLargeServesUntilATextHasSuchAToken() throws {
    let folder = try copy(of: "plain")  // 101 rows
    try writeVocabulary([], to: folder)
    let loaded = try LoadedModel.load(.folder(path: folder.path))
    #expect(loaded.tokenizer?.vocabularySize == 257)
    let reader = loaded.promptReader
    #expect(try reader.ids(of: .text("add")) == [97, 100, 100])
    let error = PromptError.tokenWithoutRow(token: "e", id: 101, model: loaded.name, vocabularySize: 101)
    #expect(throws: error) { try reader.ids(of: .text("added")) }
    #expect(error.description.contains("\"e\"") && error.description.contains("101 rows"))
  }

  @Test func aSmallerVocabularyFits() throws {
    let source = try Transformer.loadBuiltIn()
    let small = try TokenizerTestSupport.makeTokenizer(
      vocabulary: TokenizerTestSupport.vocabulary([]), merges: "#version: 0.2\n")
    #expect(LoadedModel(source, small).tokenizer?.vocabularySize == 257)
  }

  private func configure(_ folder: TemporaryFolder, with members: String) throws {
    let text = String(decoding: try folder.read("config.json"), as: UTF8.self)
    let end = try #require(text.lastIndex(of: "}"))
    try folder.write("config.json", text[..<end] + ",\(members)}")
  }

  /// Python writes numbers that are not finite; what ends a text stands in a file of its own.
  @Test(
    arguments: [
      (nil, [7]), ("{}", []), (#"{"eos_token_id":3}"#, [3]),
      (#"{"eos_token_id":[3,5],"x":-Infinity}"#, [3, 5]),
      (#"{"eos_token_id":null}"#, []),
    ] as [(String?, [Int])]) func whatEndsAText(_ generation: String?, _ ends: [Int]) throws
  {
    let folder = try copy(of: "plain")
    try configure(folder, with: #""eos_token_id":7,"best_loss":NaN"#)
    if let generation { try folder.write("generation_config.json", generation) }
    #expect(try LoadedModel.load(.folder(path: folder.path)).profile.endOfText == ends)
  }

  @Test func anAdapterIsRefused() throws {
    let folder = try copy(of: "plain")
    try folder.write("adapter_config.json", "{}")
    #expect(throws: ModelDirectoryError.adapter(path: folder.path)) { try ModelDirectory(path: folder.path) }
    try folder.remove("config.json")
    #expect(throws: ModelDirectoryError.onlyAdapter(path: folder.path)) {
      try ModelDirectory(path: folder.path)
    }
  }

  @Test(arguments: [
    (#"{"quant_method":"gptq","bits":4}"#, "gptq"), (#"{"load_in_8bit":true}"#, "bitsandbytes (8 bits)"),
    (#"{"quant_method":"bitsandbytes","load_in_4bit":true}"#, "bitsandbytes (4 bits)"),
    ("{}", "an unnamed method"),
  ]) func quantizedWeightsAreCalledByName(_ settings: String, _ method: String) throws {
    let folder = try copy(of: "plain")
    try configure(folder, with: "\"quantization_config\":\(settings)")
    let error = ConfigurationError.quantized(file: folder.path + "/config.json", method: method)
    #expect(throws: error) { try ModelDirectory(path: folder.path) }
    #expect(error.description.contains(method) && error.description.contains("dequantize"))
  }

  @Test func aDamagedVocabularyLeavesTheIDs() throws {
    let folder = try copy(of: "plain")
    try writeVocabulary([], to: folder)
    try folder.write("vocab.json", "{")
    let damaged = try LoadedModel.load(.folder(path: folder.path))
    #expect(damaged.tokenizer == nil && damaged.notes.count == 1)
    #expect(try damaged.promptReader.ids(of: .ids([1, 2])) == [1, 2])
    try folder.remove("vocab.json")
    let half = try LoadedModel.load(.folder(path: folder.path))
    let reason = TokenizerError.missingFile(folder.path + "/vocab.json")
    #expect(half.tokenizerProblem == reason)
    let error = PromptError.unusableVocabulary(reason: reason.description)
    #expect(throws: error) { try half.requireTokenizer() }
    #expect(throws: error) { try half.promptReader.ids(of: .text("a")) }
    #expect(half.notes[0].contains(reason.description))
  }
}
