import TestSupport
import Testing

@testable import LMCore

@Suite struct HubCacheTests {
  private static let commit = String(repeating: "0123456789", count: 4)
  private static let other = String(repeating: "a", count: 40)
  private let folder: TemporaryFolder
  private let cache: HubCache

  init() throws {
    folder = try TemporaryFolder()
    cache = HubCache(environment: ["HF_HUB_CACHE": folder.path])
  }

  /// A snapshot as the Python library leaves it: links into blobs/.
  private func publish(
    _ repository: String,
    _ files: [String: String] = ["config.json": "{\"model_type\":\"gpt2\"}", "model.safetensors": "x"],
    commit: String = commit, reference: String? = "main"
  ) throws {
    for (name, text) in files {
      let blob = "\(name.count)\(text.utf8.count)\(commit.prefix(4))"
      try folder.write("\(repository)/blobs/\(blob)", text)
      try folder.link("\(repository)/snapshots/\(commit)/\(name)", to: "../../blobs/\(blob)")
    }
    if let reference { try folder.write("\(repository)/refs/\(reference)", commit) }
  }

  @Test func findsWhatABranchStoodAt() throws {
    try publish("models--some--model")
    let path = folder.path + "/models--some--model/snapshots/" + Self.commit
    #expect(cache.snapshot(for: "some/model") == path)
    #expect(cache.snapshot(for: "some/model", revision: "main") == path)
    #expect(cache.snapshot(for: "some/model", revision: Self.commit) == path)
    #expect(cache.snapshot(for: "some/model", revision: "v2") == nil)
    #expect(cache.snapshot(for: "some/model", revision: Self.other) == nil)
    #expect(cache.snapshot(for: "some/other") == nil)
    #expect(cache.snapshot(for: "model") == nil)
  }

  @Test func aBranchMayHaveASlashAndAFileALineEnd() throws {
    try publish("models--some--model", reference: nil)
    try folder.write("models--some--model/refs/refs/pr/1", Self.commit + "\n")
    #expect(cache.snapshot(for: "some/model", revision: "refs/pr/1") != nil)
    #expect(cache.snapshot(for: "some/model", revision: "refs/pr") == nil)
  }

  @Test(arguments: ["..", "../../x", "", "/etc", "a//b", "./main", "a\0b"])
  func noRevisionLeavesTheCache(revision: String) throws {
    try publish("models--some--model")
    try folder.write("models--some--model/x", Self.commit)
    try folder.write("models--some--x", Self.commit)
    #expect(cache.snapshot(for: "some/model", revision: revision) == nil)
  }

  @Test func aReferenceThatIsNoCommitIsNone() throws {
    try publish("models--some--model", reference: nil)
    try folder.write("models--some--model/refs/main", "../../../elsewhere")
    #expect(cache.snapshot(for: "some/model") == nil)
  }

  @Test func aShortIDFindsTheModelOfItsOrganisation() throws {
    try publish("models--openai-community--gpt2")
    #expect(cache.snapshot(for: "gpt2")?.contains("models--openai-community--gpt2/") == true)
    #expect(cache.snapshot(for: "openai-community/gpt2") != nil)
    #expect(cache.snapshot(for: "gpt2-medium") == nil)
    // Under its own name it comes first, as in transformers.
    try publish("models--gpt2")
    #expect(cache.snapshot(for: "gpt2")?.contains("models--gpt2/") == true)
  }

  @Test func aCompleteModelComesBeforeTheRestOfOne() throws {
    try publish("models--gpt2", ["config.json": "{\"model_type\":\"gpt2\"}"])
    #expect(cache.snapshot(for: "gpt2")?.contains("models--gpt2/") == true)
    try publish("models--openai-community--gpt2")
    #expect(cache.snapshot(for: "gpt2")?.contains("models--openai-community--gpt2/") == true)
  }

  @Test func listsEverySnapshot() throws {
    try publish("models--some--model")
    try publish("models--some--model", commit: Self.other, reference: "v2")
    try folder.write("models--some--model/refs/tags/old", Self.commit)
    try publish("models--bert", ["config.json": "{\"model_type\":\"bert\"}", "model.safetensors": "x"])
    try publish("datasets--some--data")
    try folder.write("version.txt", "1")
    let models = cache.models()
    #expect(models.map(\.id) == ["bert", "some/model", "some/model"])
    #expect(models.map(\.family) == [nil, "GPT-2", "GPT-2"])
    #expect(models[0].problem?.contains("\"bert\"") == true)
    #expect(models[1].problem == nil)
    #expect(models[1].commit == Self.commit)
    #expect(models[1].revisions == ["main", "tags/old"])
    #expect(models[2].revisions == ["v2"])
    #expect(models[1].byteCount == "{\"model_type\":\"gpt2\"}x".utf8.count)
    #expect(models[1].path == folder.path + "/models--some--model/snapshots/" + Self.commit)
  }

  @Test(
    arguments: [
      (["model.safetensors": "x"], "config.json"),
      (["config.json": "{"], "not valid JSON"),
      (["config.json": "{}", "model.safetensors": "x"], "settings"),
      (["config.json": "{\"model_type\":\"gpt2\"}"], "no model.safetensors"),
      (["config.json": "{\"model_type\":\"gpt2\"}", "pytorch_model.bin": "x"], "pytorch_model.bin"),
      (
        [
          "config.json": "{\"model_type\":\"gpt2\"}",
          "model.safetensors.index.json": "{\"weight_map\":{\"a\":\"model-1.safetensors\"}}",
        ], "model-1.safetensors"
      ),
    ] as [([String: String], String)])
  func saysWhyAModelCannotBeLoaded(files: [String: String], words: String) throws {
    try publish("models--some--model", files)
    let model = try #require(cache.models().first)
    #expect(model.problem?.contains(words) == true, "\(model.problem ?? "no problem")")
  }

  @Test func aLinkWhoseBlobIsGoneIsNoFile() throws {
    try publish("models--some--model", ["config.json": "{\"model_type\":\"gpt2\"}"])
    try folder.link("models--some--model/snapshots/\(Self.commit)/model.safetensors", to: "../../blobs/gone")
    #expect(cache.models().first?.problem != nil)
  }

  @Test func configurationsFromBeforeModelTypesAreTaken() throws {
    for text in ["{\"n_embd\":8,\"n_head\":2}", "{\"architectures\":[\"GPT2LMHeadModel\"]}"] {
      try ModelFiles.checkConfiguration(Array(text.utf8), file: "config.json")
    }
  }

  @Test func aCacheThatIsNotThereIsEmpty() {
    let cache = HubCache(environment: ["HF_HUB_CACHE": "/nonexistent"])
    #expect(cache.models().isEmpty)
    #expect(cache.snapshot(for: "gpt2") == nil)
  }
}
