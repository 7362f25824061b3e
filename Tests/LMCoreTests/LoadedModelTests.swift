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
    let story = tokenizer.decode(prompt + loaded.predictor.model.greedy(prompt, count: 40))
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

  @Test func aVocabularyThatIsTooLargeDoesNotFit() throws {
    let folder = try copy(of: "plain")  // 101 rows
    try writeVocabulary([], to: folder)
    let name = try #require(folder.path.split(separator: "/").last.map(String.init))
    let error = LoadedModelError.vocabularyTooLarge(model: name, largestID: 255, vocabularySize: 101)
    #expect(throws: error) { try LoadedModel.load(.folder(path: folder.path)) }
    #expect(error.description.contains("255") && error.description.contains("101"))
  }

  @Test func aSmallerVocabularyFits() throws {
    let source = try Transformer.loadBuiltIn()
    let small = try TokenizerTestSupport.makeTokenizer(
      vocabulary: TokenizerTestSupport.vocabulary([]), merges: "#version: 0.2\n")
    let loaded = try LoadedModel(source, small)
    #expect(loaded.tokenizer?.vocabularySize == 256)
  }

  @Test func aDamagedVocabularyIsAnError() throws {
    let folder = try copy(of: "plain")
    try writeVocabulary([], to: folder)
    try folder.write("vocab.json", "{")
    #expect(throws: TokenizerError.self) { try LoadedModel.load(.folder(path: folder.path)) }
    try folder.remove("vocab.json")
    #expect(throws: TokenizerError.missingFile(folder.path + "/vocab.json")) {
      try LoadedModel.load(.folder(path: folder.path))
    }
  }
}
