import Foundation
import HubTestSupport
import Testing

@testable import LMCore

/// Whole downloads from a server on the loopback interface.
@Suite struct HubDownloaderTests {
  private typealias Bench = HubDownloadTestBench
  private let bench: HubDownloadTestBench

  init() throws { bench = try HubDownloadTestBench() }

  @Test func makesTheCacheThatTransformersReads() throws {
    let repository = Bench.smallModel()
    bench.hub.publish(repository, as: "some/model")
    let result = try bench.download("some/model")
    #expect(result.commit == Bench.commit)
    #expect(result.hasVocabulary)
    #expect(result.files == ["config.json", "vocab.json", "merges.txt", "model.safetensors"])
    try bench.expectSnapshot(result, equals: repository)
    let tags = try result.files.map { try #require(repository.files[$0]).tag }
    let place = "hub/models--some--model/"
    let absent = [
      "adapter_config.json", "tokenizer.json", "vocab.txt", "spiece.model", "tokenizer.model",
      "generation_config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
      "chat_template.jinja",
    ].map { place + ".no_exist/\(Bench.commit)/" + $0 }
    #expect(
      bench.home.listing()
        == (["hub/CACHEDIR.TAG", place + "refs/main"] + absent
        + tags.map { place + "blobs/" + $0 } + tags.map { "hub/.locks/models--some--model/\($0).lock" }
        + result.files.map { place + "snapshots/\(Bench.commit)/" + $0 }).sorted())
    for name in result.files {
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: result.path + "/" + name)
      #expect(target == "../../blobs/" + (repository.files[name]?.tag ?? ""))
    }
    // 40 digits, nothing behind.
    #expect(try bench.home.read(place + "refs/main") == Array(Bench.commit.utf8))
    #expect(HubCache(environment: bench.environment).snapshot(for: "some/model") == result.path)
  }

  @Test func asksForEverythingAtTheCommitThatTheBranchStoodAt() throws {
    bench.hub.publish(Bench.smallModel(), as: "some/model")
    _ = try bench.download("some/model")
    let paths = bench.hub.hubRequests.map(\.path)
    #expect(paths.first == "/some/model/resolve/main/config.json")
    let later = paths.dropFirst(2)
    #expect(later.allSatisfy { $0.hasPrefix("/some/model/resolve/\(Bench.commit)/") }, "\(paths)")
    #expect(bench.hub.hubRequests.allSatisfy { $0.headers["accept-encoding"] == "identity" })
  }

  @Test func whatIsThereIsNotFetchedAgain() throws {
    bench.hub.publish(Bench.smallModel(), as: "some/model")
    let first = try bench.download("some/model")
    bench.hub.forgetRequests()
    #expect(try bench.download("some/model") == first)
    #expect(bench.hub.hubRequests.allSatisfy { $0.method == "HEAD" })
    #expect(bench.hub.contentRequests.isEmpty)
    #expect(bench.events.filter { if case .found = $0 { true } else { false } }.count == 4)
  }

  @Test func aNewCommitSharesTheFilesThatStayed() throws {
    bench.hub.publish(Bench.smallModel(), as: "some/model")
    let first = try bench.download("some/model")
    var next = Bench.smallModel(commit: String(repeating: "b", count: 40))
    next.files["config.json"] = HubContent(tagging: Array("{\"model_type\":\"gpt2\",\"n_layer\":3}".utf8))
    bench.hub.publish(next, as: "some/model")
    bench.hub.forgetRequests()
    let second = try bench.download("some/model")
    #expect(first.path != second.path)
    try bench.expectSnapshot(second, equals: next)
    #expect(bench.hub.contentRequests.isEmpty)
    #expect(try bench.home.read("hub/models--some--model/refs/main") == Array(next.commit.utf8))
  }

  @Test(arguments: ["v1.0", "refs/pr/3", "a b"])
  func fetchesARevision(revision: String) throws {
    var repository = Bench.smallModel()
    repository.revisions = ["v1.0", "refs/pr/3"]
    bench.hub.publish(repository, as: "some/model")
    guard revision != "a b" else {
      #expect(bench.failure("some/model", revision: revision) == .invalidRevision(revision))
      return
    }
    let result = try bench.download("some/model", revision: revision)
    let cache = HubCache(environment: bench.environment)
    #expect(cache.snapshot(for: "some/model", revision: revision) == result.path)
    #expect(cache.snapshot(for: "some/model") == nil)
    let escaped = revision.split(separator: "/").joined(separator: "%2F")
    #expect(bench.hub.hubRequests.first?.path == "/some/model/resolve/\(escaped)/config.json")
  }

  @Test func aCommitInFullNeedsNoReference() throws {
    bench.hub.publish(Bench.smallModel(), as: "some/model")
    let result = try bench.download("some/model", revision: Bench.commit)
    #expect(
      HubCache(environment: bench.environment).snapshot(for: "some/model", revision: Bench.commit)
        == result.path)
    #expect(bench.home.listing().allSatisfy { !$0.contains("/refs/") })
  }

  /// As `from_pretrained("gpt2")`: the hub leads on to the new name, the cache keeps the one that was asked for.
  @Test func anOldNameLeadsToTheNewOne() throws {
    let repository = Bench.smallModel()
    var old = repository
    old.movedTo = "openai-community/gpt2"
    bench.hub.publish(old, as: "gpt2")
    bench.hub.publish(repository, as: "openai-community/gpt2")
    bench.environment["HF_TOKEN"] = "hf_secret"
    let result = try bench.download("gpt2")
    #expect(result.path.contains("/models--gpt2/"))
    try bench.expectSnapshot(result, equals: repository)
    // Among the hub's own servers the token goes along, to others never.
    #expect(bench.hub.hubRequests.allSatisfy { $0.authorization == "Bearer hf_secret" })
    #expect(!bench.hub.contentRequests.isEmpty)
    #expect(bench.hub.contentRequests.allSatisfy { $0.authorization == nil })
  }

  @Test func fetchesAllShards() throws {
    var repository = Bench.smallModel()
    repository.files["model.safetensors"] = nil
    let index =
      #"{"metadata":{},"weight_map":{"a":"model-2.safetensors","b":"model-1.safetensors","c":"model-2.safetensors"}}"#
    repository.files["model.safetensors.index.json"] = HubContent(tagging: Array(index.utf8))
    repository.files["model-1.safetensors"] = HubContent(tagging: [1, 2, 3], isLarge: true)
    repository.files["model-2.safetensors"] = HubContent(tagging: [4, 5], isLarge: true)
    bench.hub.publish(repository, as: "some/model")
    let result = try bench.download("some/model")
    #expect(
      result.files.suffix(3) == [
        "model.safetensors.index.json", "model-1.safetensors", "model-2.safetensors",
      ])
    try bench.expectSnapshot(result, equals: repository)
    #expect(HubCache(environment: bench.environment).models().first?.problem == nil)
  }

  @Test(arguments: [
    "../../evil.safetensors", "/etc/evil.safetensors", "evil.bin", ".safetensors", "a/b.safetensors", "",
  ])
  func noShardLeavesItsFolder(name: String) throws {
    var repository = Bench.smallModel()
    repository.files["model.safetensors"] = nil
    repository.files["model.safetensors.index.json"] = HubContent(
      tagging: Array("{\"weight_map\":{\"a\":\"\(name)\"}}".utf8))
    bench.hub.publish(repository, as: "some/model")
    guard case .invalidDocument = bench.failure("some/model") else {
      Issue.record("another error")
      return
    }
  }

  @Test func takesTheTokenizerFileWhereTheVocabularyIsNot() throws {
    var repository = Bench.smallModel()
    repository.files["merges.txt"] = nil
    repository.files["tokenizer.json"] = HubContent(tagging: Array("{}".utf8))
    bench.hub.publish(repository, as: "some/model")
    let result = try bench.download("some/model")
    #expect(result.files.contains("tokenizer.json"))
    #expect(result.hasVocabulary)
  }

  /// What changes ids or stops comes along, so that nothing changes without a network.
  @Test func takesTheSmallFilesThatChangeWhatIsRead() throws {
    var repository = Bench.smallModel()
    let names = [
      "tokenizer.json", "generation_config.json", "tokenizer_config.json", "special_tokens_map.json",
      "added_tokens.json", "chat_template.jinja",
    ]
    for name in names { repository.files[name] = HubContent(tagging: Array("{\"\(name)\":1}".utf8)) }
    bench.hub.publish(repository, as: "some/model")
    let result = try bench.download("some/model")
    try bench.expectSnapshot(result, equals: repository)
    #expect(Set(names).isSubset(of: result.files))
  }

  @Test func anAdapterIsRefusedBeforeTheWeights() throws {
    var repository = Bench.smallModel()
    repository.files["adapter_config.json"] = HubContent(tagging: Array("{}".utf8))
    bench.hub.publish(repository, as: "some/model")
    let reason = ModelDirectoryError.adapter(path: "some/model").description
    #expect(throws: HubError.unknownFamily(model: "some/model", reason: reason)) {
      try bench.download("some/model")
    }
    #expect(!bench.hub.contentRequests.contains { $0.path.hasSuffix(".safetensors") })
  }

  @Test func aModelWithoutVocabularyIsTakenAndSaidToBe() throws {
    var repository = Bench.smallModel()
    for name in ["vocab.json", "merges.txt"] { repository.files[name] = nil }
    bench.hub.publish(repository, as: "some/model")
    let result = try bench.download("some/model")
    #expect(!result.hasVocabulary)
    #expect(result.files == ["config.json", "model.safetensors"])
  }

  @Test func anotherKindOfModelIsRefusedBeforeItsWeights() throws {
    var repository = Bench.smallModel()
    repository.files["config.json"] = HubContent(tagging: Array("{\"model_type\":\"mamba\"}".utf8))
    bench.hub.publish(repository, as: "some/model")
    let error = bench.failure("some/model")
    #expect(error?.description.contains("\"mamba\"") == true)
    #expect(bench.hub.contentRequests.isEmpty)
    #expect(bench.ranges(of: "config.json").count == 1)
    #expect(HubCache(environment: bench.environment).models().isEmpty)
    bench.expectNoLeftovers()
  }

  @Test func otherWeightsAreNotEnough() throws {
    var repository = Bench.smallModel()
    repository.files["model.safetensors"] = nil
    bench.hub.publish(repository, as: "some/model")
    #expect(bench.failure("some/model") == .noWeights(model: "some/model", revision: "main"))
  }

  @Test func snapshotsHoldFilesWhereLinksAreNotWanted() throws {
    bench.environment["HF_HUB_DISABLE_SYMLINKS"] = "1"
    let repository = Bench.smallModel()
    bench.hub.publish(repository, as: "some/model")
    let result = try bench.download("some/model")
    try bench.expectSnapshot(result, equals: repository)
    for name in result.files {
      #expect(throws: (any Error).self) {
        try FileManager.default.destinationOfSymbolicLink(atPath: result.path + "/" + name)
      }
    }
    bench.hub.forgetRequests()
    _ = try bench.download("some/model")
    #expect(bench.hub.contentRequests.isEmpty)
  }

  @Test func offlineNothingIsAskedFor() throws {
    bench.hub.publish(Bench.smallModel(), as: "some/model")
    bench.environment["HF_HUB_OFFLINE"] = "1"
    #expect(bench.failure("some/model") == .offline(model: "some/model"))
    #expect(bench.hub.hubRequests.isEmpty)
    bench.environment["HF_HUB_OFFLINE"] = nil
    let result = try bench.download("some/model")
    bench.environment["HF_HUB_OFFLINE"] = "1"
    bench.hub.forgetRequests()
    #expect(try bench.download("some/model").path == result.path)
    #expect(bench.hub.hubRequests.isEmpty)
  }

  @Test func tellsHowFarItIs() throws {
    bench.hub.publish(Bench.smallModel(), as: "some/model")
    _ = try bench.download("some/model")
    let planned = bench.events.compactMap { event -> Int? in
      if case .planned("some/model", Bench.commit, 4, let bytes, _) = event { bytes } else { nil }
    }
    #expect(planned.count == 1)
    let progress = bench.events.compactMap {
      if case .progressed(let progress) = $0 { progress } else { nil }
    }
    #expect(progress.last?.bytes == planned.first)
    #expect(progress.last?.total == planned.first)
    #expect(zip(progress, progress.dropFirst()).allSatisfy { $0.bytes <= $1.bytes })
    #expect(bench.events.last == .finished(file: "model.safetensors"))
  }

  @Test func theDownloadedModelSpeaks() throws {
    bench.hub.publish(Bench.storyteller(), as: "some/storyteller")
    let result = try bench.download("some/storyteller")
    let fetched = try LoadedModel.load(.folder(path: result.path))
    let builtIn = try LoadedModel.load(.builtIn)
    let ids = try builtIn.tokenizer?.encode("Once upon a time") ?? []
    #expect(try fetched.tokenizer?.encode("Once upon a time") == ids)
    var logits: [[Float]] = []
    for model in [try fetched.requireLocal().model, try builtIn.requireLocal().model] {
      var (hidden, row): ([Float], [Float]) = ([], [])
      model.prefill(ids, into: model.makeCache(), hidden: &hidden)
      model.computeLogits(hidden, into: &row)
      logits.append(row)
    }
    #expect(logits[0] == logits[1])
  }
}
