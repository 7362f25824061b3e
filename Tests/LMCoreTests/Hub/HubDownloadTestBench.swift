import CStoryteller
import Foundation
import HubTestSupport
import Synchronization
import TestSupport
import Testing

@testable import LMCore

/// A hub, an empty cache, and what a download between them says.
final class HubDownloadTestBench {
  static let commit = String(repeating: "c0ffee42", count: 5)

  let hub: MisbehavingHub
  let home: TemporaryFolder
  var environment: [String: String]
  private(set) var events: [DownloadEvent] = []
  /// Called with every event, as it happens.
  var observe: (DownloadEvent) -> Void = { _ in }

  var cachePath: String { home.path + "/hub" }

  init() throws {
    hub = try MisbehavingHub()
    home = try TemporaryFolder()
    environment = ["HF_HOME": home.path, "HF_ENDPOINT": hub.endpoint, "HF_HUB_DOWNLOAD_TIMEOUT": "2"]
  }

  deinit { hub.stop() }

  /// A model of which nothing but config.json is looked into; `weights` bytes large.
  static func smallModel(weights: Int = 100_000, commit: String = commit) -> HubRepository {
    let bytes = (0..<weights).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 8) }
    return HubRepository(
      commit: commit,
      files: [
        "config.json": HubContent(tagging: Array("{\"model_type\":\"gpt2\",\"n_layer\":2}".utf8)),
        "vocab.json": HubContent(tagging: Array("{}".utf8)),
        "merges.txt": HubContent(tagging: Array("#version: 0.2\n".utf8)),
        "model.safetensors": HubContent(tagging: bytes, isLarge: true),
        "pytorch_model.bin": HubContent(tagging: Array("unwanted".utf8)),
        "README.md": HubContent(tagging: Array("unwanted".utf8)),
      ])
  }

  /// The built-in model, as a hub would have it.
  static func storyteller() -> HubRepository {
    func bytes(_ file: (UnsafeMutablePointer<Int>?) -> UnsafePointer<UInt8>?) -> [UInt8] {
      var size = 0
      let start = file(&size)
      return Array(UnsafeBufferPointer(start: start, count: size))
    }
    return HubRepository(
      commit: commit,
      files: [
        "config.json": HubContent(tagging: bytes(storyteller_config)),
        "vocab.json": HubContent(tagging: bytes(storyteller_vocabulary)),
        "merges.txt": HubContent(tagging: bytes(storyteller_merges)),
        "model.safetensors": HubContent(tagging: bytes(storyteller_weights), isLarge: true),
      ])
  }

  func download(
    _ name: String, revision: String = "main", cancellation: Cancellation = Cancellation()
  ) throws(HubError) -> HubDownloader.Result {
    events = []
    var downloader = HubDownloader(environment: environment)
    downloader.retryPolicy = FileTransfer.RetryPolicy(
      attempts: 5, firstPause: 0.01, longestPause: 0.02, longestRequestedPause: 0.02)
    return try downloader.download(name, revision: revision, cancellation: cancellation) { [self] event in
      events.append(event)
      observe(event)
    }
  }

  /// The error of a download that must fail.
  func failure(
    _ name: String, revision: String = "main", sourceLocation: SourceLocation = #_sourceLocation
  ) -> HubError? {
    do {
      _ = try download(name, revision: revision)
      Issue.record("the download succeeded", sourceLocation: sourceLocation)
      return nil
    } catch { return error }
  }

  /// Compares a snapshot with what the hub has.
  func expectSnapshot(
    _ result: HubDownloader.Result, equals repository: HubRepository,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for name in result.files {
      let found = try Data(contentsOf: URL(filePath: result.path + "/" + name))
      #expect(Array(found) == repository.files[name]?.bytes, "\(name)", sourceLocation: sourceLocation)
    }
    expectNoLeftovers(sourceLocation: sourceLocation)
  }

  func expectNoLeftovers(sourceLocation: SourceLocation = #_sourceLocation) {
    let leftovers = home.listing().filter { $0.contains("incomplete") || $0.hasSuffix(".tmp") }
    #expect(leftovers == [], sourceLocation: sourceLocation)
  }

  /// How often the contents of a file were asked for, and with which ranges.
  func ranges(of file: String) -> [Int?] {
    (hub.hubRequests + hub.contentRequests)
      .filter { $0.method == "GET" && $0.path.prefix { $0 != "?" }.hasSuffix("/" + file) }.map(\.rangeStart)
  }
}
