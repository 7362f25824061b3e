import HubTestSupport
import Testing

@testable import LMCore

/// Downloads of single GGUF files.
@Suite struct HubGGUFDownloadTests {
  private let bench: HubDownloadTestBench

  init() throws { bench = try HubDownloadTestBench() }

  private func publish(_ names: [String], as id: String = "some/model") {
    bench.hub.publish(
      HubRepository(
        commit: HubDownloadTestBench.commit,
        files: Dictionary(
          uniqueKeysWithValues: names.map {
            ($0, HubContent(tagging: Array("GGUF of \($0)".utf8), isLarge: true))
          }
        )),
      as: id)
  }

  private func download(_ weights: String?, of name: String = "some/model") throws(HubError)
    -> HubDownloader.Result
  {
    try HubDownloader(environment: bench.environment).download(name, weights: weights)
  }

  @Test func fetchesTheOneThatIsNamed() throws {
    publish(["config.json", "m-Q4_K_M.gguf", "m-Q8_0.gguf", "model.safetensors"])
    let result = try download("q8_0")
    #expect(result.files == ["m-Q8_0.gguf"])
    #expect(
      result.path
        == HubCache(environment: bench.environment).snapshot(for: "some/model").map { $0 + "/m-Q8_0.gguf" })
    #expect(bench.ranges(of: "m-Q8_0.gguf").count > 0)
    #expect(bench.ranges(of: "m-Q4_K_M.gguf").isEmpty && bench.ranges(of: "model.safetensors").isEmpty)
    bench.expectNoLeftovers()
    // Where the cache has it, no server is asked.
    bench.environment["HF_HUB_OFFLINE"] = "1"
    #expect(try download("Q8_0").path == result.path)
    #expect(throws: HubError.offline(model: "some/model")) { try download("Q4_K_M") }
  }

  @Test func aRepositoryOfOneFileNeedsNoMore() throws {
    publish(["m.gguf", "README.md"])
    #expect(try download(nil).files == ["m.gguf"])
  }

  @Test func severalFilesAreNamedInTheError() throws {
    publish(["m-Q2_K.gguf", "m-Q8_0.gguf"])
    #expect(throws: HubError.severalGGUFFiles(model: "some/model", names: ["Q2_K", "Q8_0"])) {
      try download(nil)
    }
    let error = HubError.severalGGUFFiles(model: "some/model", names: ["Q2_K", "Q8_0"])
    #expect(
      error.description
        == "some/model has 2 GGUF files: Q2_K, Q8_0; name one behind a colon, such as some/model:Q2_K.")
    #expect(throws: HubError.noSuchGGUFFile(model: "some/model", wish: "Q9", names: ["Q2_K", "Q8_0"])) {
      try download("Q9")
    }
  }

  @Test func withoutAnyTheFirstErrorStands() throws {
    publish(["README.md"])
    #expect(
      throws: HubError.fileNotFound(model: "some/model", revision: "main", file: "config.json")
    ) { try download(nil) }
    #expect(throws: HubError.noSuchGGUFFile(model: "some/model", wish: "Q8_0", names: [])) {
      try download("Q8_0")
    }
    #expect(throws: (any Error).self) { try download("Q8_0", of: "no/model") }
  }

  @Test func aNameThatLeadsOutOfTheCacheIsNoFile() throws {
    let answer =
      #"{"sha":"\#(HubDownloadTestBench.commit)","siblings":[{"rfilename":"../x-Q8_0.gguf"},{"rfilename":"y.gguf"}]}"#
    #expect(try HubListing(parsing: Array(answer.utf8), url: "u").files == ["y.gguf"])
    #expect(throws: HubError.notAHub(url: "u", missing: "a commit (sha)")) {
      try HubListing(parsing: Array(#"{"siblings":[]}"#.utf8), url: "u")
    }
  }

  @Test func aRenamedRepositoryIsFollowed() throws {
    publish(["m-Q8_0.gguf"], as: "new/name")
    var old = HubRepository(commit: HubDownloadTestBench.commit, files: [:])
    old.movedTo = "new/name"
    bench.hub.publish(old, as: "some/model")
    #expect(try download("Q8_0").files == ["m-Q8_0.gguf"])
  }
}
