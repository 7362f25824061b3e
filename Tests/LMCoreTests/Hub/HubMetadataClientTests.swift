import HubTestSupport
import Testing

@testable import LMCore

/// What the hub's answers to a question about a file mean.
@Suite struct HubMetadataClientTests {
  private typealias Bench = HubDownloadTestBench
  private let bench: HubDownloadTestBench
  private let configuration = "config.json"

  init() throws {
    bench = try HubDownloadTestBench()
    bench.hub.publish(Bench.smallModel(), as: "some/model")
  }

  @Test(arguments: ["", "a/b/c", "../x", "a b", "/gpt2", "https://huggingface.co/gpt2"])
  func aNameThatIsNone(name: String) {
    #expect(bench.failure(name) == .invalidName(name))
    #expect(bench.hub.hubRequests.isEmpty)
  }

  @Test func aModelThatIsNotThere() {
    let endpoint = bench.hub.endpoint
    #expect(
      bench.failure("some/thing")
        == .repositoryNotFound(model: "some/thing", endpoint: endpoint, hasToken: false))
    bench.environment["HF_TOKEN"] = "hf_x"
    #expect(
      bench.failure("some/thing")
        == .repositoryNotFound(model: "some/thing", endpoint: endpoint, hasToken: true))
  }

  @Test func aRevisionThatIsNotThere() {
    #expect(
      bench.failure("some/model", revision: "v9") == .revisionNotFound(model: "some/model", revision: "v9"))
  }

  @Test func aModelWithoutConfiguration() {
    var repository = Bench.smallModel()
    repository.files["config.json"] = nil
    bench.hub.publish(repository, as: "some/model")
    #expect(
      bench.failure("some/model") == .fileNotFound(model: "some/model", revision: "main", file: "config.json")
    )
  }

  @Test func aModelBehindAGate() throws {
    var repository = Bench.smallModel()
    repository.gate = (403, "GatedRepo", "hf_good")
    bench.hub.publish(repository, as: "some/model")
    let endpoint = bench.hub.endpoint
    #expect(bench.failure("some/model") == .gated(model: "some/model", endpoint: endpoint, hasToken: false))
    bench.environment["HF_TOKEN"] = "hf_bad"
    #expect(bench.failure("some/model") == .gated(model: "some/model", endpoint: endpoint, hasToken: true))
    bench.environment["HF_TOKEN"] = "hf_good"
    _ = try bench.download("some/model")
  }

  @Test(
    arguments: [
      (401, ["X-Error-Message: Invalid credentials in Authorization header"], "refuses the access token"),
      (401, [], "There is no model some/model"),
      (403, ["X-Error-Message: no"], "may not be read with this token: no"),
      (404, [], "no file config.json"), (418, [], "status 418"),
      (200, ["ETag: \"a\""], "without a commit"),
      (200, ["X-Repo-Commit: main", "ETag: \"a\""], "without a commit"),
      (200, ["X-Repo-Commit: ../../../../../../../../../../../../../x/y"], "without a commit"),
      (200, ["X-Repo-Commit: \(Bench.commit)"], "without a tag"),
      (200, ["X-Repo-Commit: \(Bench.commit)", "ETag: \"../x\""], "without a tag"),
      (304, [], "status 304"),
    ] as [(Int, [String], String)])
  func everyAnswerIsToldInWords(status: Int, headers: [String], words: String) {
    bench.hub.misbehave([.status(status, headers: headers)], whenAskedAbout: configuration)
    let description = bench.failure("some/model")?.description ?? ""
    #expect(description.contains(words), "\(description)")
  }

  @Test func aBusyHubIsAskedAgain() throws {
    bench.hub.misbehave([.status(503), .status(429)], whenAskedAbout: configuration)
    _ = try bench.download("some/model")
    bench.hub.misbehave([.status(503), .status(503), .status(503)], whenAskedAbout: configuration)
    guard case .unexpectedStatus(503, _) = bench.failure("some/model") else {
      Issue.record("another error")
      return
    }
  }

  @Test func aHubThatDoesNotAnswerIsLeft() {
    bench.environment["HF_HUB_ETAG_TIMEOUT"] = "1"
    bench.hub.misbehave(
      Array(repeating: .stall(after: 0, seconds: 20), count: 3), whenAskedAbout: configuration)
    #expect(bench.failure("some/model") == .network(.timedOut("127.0.0.1")))
  }

  @Test func aHubThatIsNotThere() {
    bench.hub.stop()
    #expect(bench.failure("some/model") == .network(.noConnection("127.0.0.1")))
    bench.environment["HF_ENDPOINT"] = "http://no-such-host.invalid"
    #expect(bench.failure("some/model") == .network(.unknownHost("no-such-host.invalid")))
    #expect(bench.events.isEmpty)
    bench.environment["HF_ENDPOINT"] = "huggingface.co"
    #expect(bench.failure("some/model") == .invalidEndpoint("huggingface.co"))
  }

  /// 127.0.0.2 is another host, and knows nothing of the token.
  @Test func theTokenStaysWithTheHub() throws {
    bench.environment["HF_TOKEN"] = "hf_secret"
    _ = try bench.download("some/model")
    #expect(bench.hub.hubRequests.allSatisfy { $0.authorization == "Bearer hf_secret" })
    #expect(bench.hub.contentRequests.allSatisfy { $0.authorization == nil })
    #expect(bench.hub.contentRequests.count == 1)
  }

  @Test func aRingOfRedirectsEnds() {
    let ring = bench.hub.endpoint + "/some/model/resolve/main/config.json"
    bench.hub.misbehave(Array(repeating: .redirect(ring), count: 25), whenAskedAbout: configuration)
    #expect(bench.failure("some/model") == .tooManyRedirects(url: ring))
  }

  @Test(arguments: ["ftp://127.0.0.1/x", "file:///etc/passwd", "http://"])
  func noRedirectLeavesTheWeb(target: String) {
    bench.hub.misbehave([.redirect(target)], whenAskedAbout: configuration)
    guard case .unsafeRedirect = bench.failure("some/model") else {
      Issue.record("another error")
      return
    }
  }

  @Test func encryptionIsNotGivenUp() throws {
    let (secure, plain) = (
      try #require(WebAddress("https://a.example/")), try #require(WebAddress("http://b.example/"))
    )
    #expect(throws: HubError.unsafeRedirect(from: secure.text, to: plain.text)) {
      try HubMetadataClient.checkSafety(of: plain, from: secure)
    }
    try HubMetadataClient.checkSafety(of: secure, from: plain)
    try HubMetadataClient.checkSafety(of: plain, from: plain)
  }

  @Test func theHubsOwnNamesAreTrustedAndNoOthers() throws {
    let environment = HubEnvironment(["HF_ENDPOINT": "https://mirror.example/hub"])
    let client = try HubMetadataClient(
      environment, http: HTTPClient(environment.certificates), model: #require(RepositoryID("gpt2")),
      revision: "main")
    let asked = try #require(WebAddress("https://mirror.example/hub/gpt2"))
    for (text, isTrusted) in [
      ("https://mirror.example/x", true), ("https://huggingface.co/x", true), ("https://hf.co/x", true),
      ("http://huggingface.co/x", false), ("https://cdn-lfs.huggingface.co/x", false),
      ("https://huggingface.co.evil.example/x", false), ("https://huggingface.co:444/x", false),
      ("https://huggingface.co@evil.example/x", false),
    ] {
      #expect(client.isHub(try #require(WebAddress(text)), askedAt: asked) == isTrusted, "\(text)")
    }
  }
}
