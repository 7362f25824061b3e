import Foundation
import HubTestSupport
import Testing

@testable import LMCore

/// Downloads over a network and from a server that fail in every way they can.
@Suite struct HubDownloadFaultTests {
  private typealias Bench = HubDownloadTestBench
  private let bench: HubDownloadTestBench
  private let repository = Bench.smallModel()
  private let weights = "model.safetensors"

  init() throws {
    bench = try HubDownloadTestBench()
    bench.hub.publish(repository, as: "some/model")
  }

  private var retries: [HubError] {
    bench.events.compactMap { if case .retrying(_, let reason, _) = $0 { reason } else { nil } }
  }

  // MARK: Killed

  /// Of process numbers that no system gives, and of one that lives.
  @Test func removesWhatKilledProgramsLeft() throws {
    let folder = "hub/models--some--model"
    let own = "\(folder)/refs/main.\(getppid()).tmp"
    let pointer = "\(folder)/snapshots/\(Bench.commit)/merges.txt.gpt2-viz.tmp"
    for name in ["\(folder)/refs/main.2000000001.tmp", own] { try bench.home.write(name, "c0ffee") }
    try bench.home.write("hub/CACHEDIR.TAG.2000000001.tmp", "Signature")
    try bench.home.link(pointer, to: "../../blobs/half")
    _ = try bench.download("some/model")
    #expect(bench.home.listing().filter { $0.hasSuffix(".tmp") } == [own])
  }

  // MARK: The transfer

  @Test func goesOnWhereTheConnectionBroke() throws {
    bench.hub.misbehave([.cut(after: 30_000), .cut(after: 0), .cut(after: 20_000)], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [nil, 30_000, 30_000, 50_000])
    #expect(retries.allSatisfy { $0 == .network(.interrupted("127.0.0.1")) })
  }

  @Test func startsAgainWhereTheServerKnowsNoRanges() throws {
    bench.hub.misbehave([.cut(after: 30_000), .ignoreRange], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [nil, 30_000])
  }

  @Test func neverAppendsAPartThatDoesNotFit() throws {
    bench.hub.misbehave([.cut(after: 30_000), .wrongRange], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [nil, 30_000, nil])
  }

  @Test func aDamagedFileIsFetchedOnceMore() throws {
    bench.hub.misbehave([.damage(at: 777)], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [nil, nil])
  }

  @Test(arguments: ["model.safetensors", "merges.txt"])
  func aFileThatStaysDamagedIsNotKept(file: String) throws {
    bench.hub.misbehave([.damage(at: 7), .damage(at: 8)], with: file)
    guard case .wrongHash(file, let expected, let found) = bench.failure("some/model") else {
      Issue.record("another error")
      return
    }
    #expect(expected == repository.files[file]?.tag)
    #expect(found != expected)
    bench.expectNoLeftovers()
    #expect(HubCache(environment: bench.environment).snapshot(for: "some/model") == nil)
    // And the next attempt has nothing to do with it.
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
  }

  @Test(arguments: ["vocab.json", "model.safetensors"])
  func whatComesCompressedIsUndone(file: String) throws {
    bench.hub.misbehave([.compressed], with: file)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: file) == [nil])
  }

  /// A part of a compressed file is no part of the file.
  @Test func aPartOfACompressedFileIsNotAppended() throws {
    bench.hub.misbehave([.cut(after: 30_000), .compressed], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [nil, 30_000, nil])
  }

  /// A server that does not say how large the file is: the answer's own length must do, and the hash.
  @Test(
    arguments: [
      ([], [nil]), ([.cut(after: 30_000)], [nil, 30_000]), ([.damage(at: 5)], [nil, nil]),
      ([.cut(after: 30_000), .ignoreRange], [nil, 30_000]),
    ] as [([HubFault], [Int?])])
  func anUnknownSize(faults: [HubFault], ranges: [Int?]) throws {
    let tag = try #require(repository.files[weights]).tag
    bench.hub.misbehave(
      [
        .status(
          302,
          headers: [
            "X-Repo-Commit: \(Bench.commit)", "X-Linked-Etag: \"\(tag)\"",
            "Location: \(bench.hub.contentEndpoint)/some/model/\(weights)",
          ])
      ], whenAskedAbout: weights)
    bench.hub.misbehave(faults, with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == ranges)
  }

  @Test func moreThanWasAnnouncedIsRefused() throws {
    bench.hub.misbehave([.extra(10)], with: weights)
    guard case .wrongSize(weights, 100_000, _) = bench.failure("some/model") else {
      Issue.record("another error")
      return
    }
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
  }

  @Test func aServerThatGoesSilentIsLeft() throws {
    bench.environment["HF_HUB_DOWNLOAD_TIMEOUT"] = "1"
    bench.hub.misbehave([.stall(after: 40_000, seconds: 20)], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [nil, 40_000])
    #expect(retries == [.network(.timedOut("127.0.0.1"))])
  }

  @Test func givesUpWhereNothingComesAnyMore() throws {
    bench.hub.misbehave(Array(repeating: .cut(after: 0), count: 10), with: weights)
    #expect(bench.failure("some/model") == .network(.interrupted("127.0.0.1")))
    #expect(bench.ranges(of: weights).count == 5)
  }

  @Test func goesOnForAsLongAsSomethingComes() throws {
    bench.hub.misbehave(Array(repeating: .cut(after: 5000), count: 19), with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights).count == 20)
  }

  @Test func aBusyServerIsAskedAgain() throws {
    bench.hub.misbehave(
      [.status(503), .status(429, headers: ["Retry-After: 1"]), .status(500)], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(retries.contains(.tooManyRequests(host: "127.0.0.1", seconds: 1)))
  }

  /// Signed addresses end after a while: the hub gives a new one.
  @Test func anAddressThatHasEndedIsRenewed() throws {
    bench.hub.misbehave([.cut(after: 10_000), .status(403)], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.hub.hubRequests.count { $0.method == "HEAD" && $0.path.hasSuffix(weights) } == 2)
    bench.hub.publish(Bench.smallModel(weights: 1000), as: "some/model2")
    bench.hub.misbehave([.status(403), .status(403), .status(403)], with: weights)
    guard case .unexpectedStatus(403, let url) = bench.failure("some/model2") else {
      Issue.record("another error")
      return
    }
    #expect(!url.contains("signature"))
  }

  @Test func contentThatMovesIsFollowed() throws {
    let target = bench.hub.contentEndpoint + "/some/model/" + weights
    bench.hub.misbehave([.redirect(target)], with: weights)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    bench.hub.publish(Bench.smallModel(weights: 1000), as: "some/model2")
    bench.hub.misbehave(Array(repeating: .redirect(target), count: 30), with: weights)
    guard case .tooManyRedirects = bench.failure("some/model2") else {
      Issue.record("another error")
      return
    }
  }

  // MARK: Across runs

  @Test func theNextRunGoesOn() throws {
    bench.hub.misbehave([.cut(after: 60_000)] + Array(repeating: .cut(after: 0), count: 4), with: weights)
    _ = bench.failure("some/model")
    bench.hub.forgetRequests()
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [60_000])
    let started = bench.events.contains(.started(file: weights, bytes: 100_000, present: 60_000))
    #expect(started)
  }

  private func leavePart(_ bytes: [UInt8]) throws {
    let tag = try #require(repository.files[weights]).tag
    try bench.home.write("hub/models--some--model/blobs/\(tag).gpt2-viz.incomplete", bytes)
  }

  @Test func aPartThatIsCompleteIsNotFetched() throws {
    try leavePart(repository.files[weights]!.bytes)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [])
  }

  @Test func aPartThatWasDamagedOnTheDiskIsFetchedAnew() throws {
    var bytes = Array(repository.files[weights]!.bytes.prefix(50_000))
    bytes[12_345] ^= 0x40
    try leavePart(bytes)
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [50_000, nil])
  }

  @Test func aPartThatIsTooLongIsThrownAway() throws {
    try leavePart([UInt8](repeating: 1, count: 100_001))
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.ranges(of: weights) == [nil])
  }

  @Test func aBlobOfTheWrongSizeIsReplaced() throws {
    let tag = try #require(repository.files[weights]).tag
    try bench.home.write("hub/models--some--model/blobs/\(tag)", [1, 2, 3])
    try bench.home.link(
      "hub/models--some--model/snapshots/\(Bench.commit)/\(weights)", to: "../../blobs/\(tag)")
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
  }

  @Test func aFailedUpdateLeavesTheOldVersionInUse() throws {
    let old = try bench.download("some/model")
    let next = Bench.smallModel(weights: 50_000, commit: String(repeating: "b", count: 40))
    bench.hub.publish(next, as: "some/model")
    bench.hub.misbehave(Array(repeating: .cut(after: 0), count: 5), with: weights)
    _ = bench.failure("some/model")
    #expect(HubCache(environment: bench.environment).snapshot(for: "some/model") == old.path)
    #expect(try bench.download("some/model").commit == next.commit)
  }

  @Test func stopsWhenAskedAndGoesOnLater() throws {
    bench.hub.misbehave([.slow(bytesPerSecond: 100_000)], with: weights)
    let cancellation = Cancellation()
    bench.observe = { event in
      if case .progressed(let progress) = event, progress.file == "model.safetensors" {
        cancellation.cancel()
      }
    }
    #expect(throws: HubError.cancelled) { try bench.download("some/model", cancellation: cancellation) }
    bench.observe = { _ in }
    bench.hub.forgetRequests()
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(try #require(bench.ranges(of: weights).first ?? nil) > 0)
  }

  /// The lock of `huggingface_hub`, held by somebody else.
  @Test func waitsForAnotherProcess() throws {
    let tag = try #require(repository.files[weights]).tag
    let lock = "hub/.locks/models--some--model/\(tag).lock"
    try bench.home.write(lock, "")
    let descriptor = open(bench.home.path + "/" + lock, O_RDWR)
    try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let (home, bytes) = (bench.home, repository.files[weights]!.bytes)
    bench.observe = { event in
      guard event == .waiting(file: "model.safetensors") else { return }
      // The other process ends with the file in place.
      #expect(throws: Never.self) { try home.write("hub/models--some--model/blobs/\(tag)", bytes) }
      close(descriptor)
    }
    try bench.expectSnapshot(bench.download("some/model"), equals: repository)
    #expect(bench.events.contains(.waiting(file: weights)))
    #expect(bench.ranges(of: weights) == [])
  }

  // MARK: The disk

  @Test func whatCannotFitIsNotBegun() throws {
    var large = repository
    large.files[weights]?.tag = String(repeating: "1", count: 64)
    bench.hub.publish(large, as: "some/large")
    bench.hub.misbehave(
      [
        .status(
          302,
          headers: [
            "X-Repo-Commit: \(Bench.commit)", "X-Linked-Etag: \"\(String(repeating: "1", count: 64))\"",
            "X-Linked-Size: 4000000000000000000", "Location: \(bench.hub.contentEndpoint)/x",
          ])
      ], whenAskedAbout: weights)
    guard case .diskFull(_, let needed, let free?) = bench.failure("some/large") else {
      Issue.record("another error")
      return
    }
    #expect(needed > free)
    #expect(bench.hub.contentRequests.isEmpty)
  }

  @Test func aCacheThatCannotBeWrittenIsNamed() throws {
    try bench.home.write("file", "")
    bench.environment["HF_HUB_CACHE"] = bench.home.path + "/file/hub"
    guard case .fileSystem(let path, let reason) = bench.failure("some/model") else {
      Issue.record("another error")
      return
    }
    #expect(path.hasPrefix(bench.home.path + "/file"))
    #expect(reason == "Not a directory")
  }
}
