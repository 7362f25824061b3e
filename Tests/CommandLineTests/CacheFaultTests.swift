import Foundation
import HubTestSupport
import TerminalTestSupport
import TestSupport
import Testing

/// Folders that may not be read or written, disks that are full, two programs at once.
@Suite(.serialized) struct CacheFaultTests {
  /// Takes from root the rights that override permissions. It stays the same user, so a clone below a folder that only
  /// its owner may enter can still be read.
  private static let withPermissions: String = {
    let rights = "-dac_override,-dac_read_search"
    return geteuid() == 0 ? "setpriv --inh-caps=\(rights) --bounding-set=\(rights) " : ""
  }()

  /// False where root cannot give these rights away, or cannot reach the program without them.
  private static let permissionsCanStopTheProgram: Bool = {
    guard let folder = try? TemporaryFolder(), let file = try? folder.write("secret", ""), chmod(file, 0) == 0
    else { return false }
    let run = try? ProgramRun.shell(
      "\(withPermissions)gpt2-viz --version && ! \(withPermissions)cat '\(file)'",
      environment: ["XDG_CONFIG_HOME": "/nonexistent"])
    return run?.code == 0
  }()

  private func run(_ words: String, _ environment: [String: String]) throws -> ProgramRun {
    try ProgramRun.shell(Self.withPermissions + "gpt2-viz " + words, environment: environment)
  }

  @Test(.enabled(if: permissionsCanStopTheProgram, "permissions do not stop this user"))
  func aCacheThatCannotBeReadIsSaid() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("hub")
    let cache = folder.path + "/hub"
    let environment = ["HF_HUB_CACHE": cache]
    #expect(chmod(cache, 0) == 0)
    defer { chmod(cache, 0o755) }
    let words = "The cache \(cache) cannot be read: Permission denied."
    try run("next a -m gpt2", environment).expectSentence(words)
    let models = try run("models", environment)
    models.expectSentence(words)
    #expect(models.output.contains("storyteller"))
    #expect(try run("next a --top 1", environment).code == 0)
  }

  @Test(.enabled(if: permissionsCanStopTheProgram, "permissions do not stop this user"))
  func weightsThatMayNotBeReadAreSaid() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "vocab.json", "merges.txt"])
    let weights = try folder.write("model.safetensors", "secret")
    #expect(chmod(weights, 0) == 0)
    try run("next a -m '\(folder.path)'", [:]).expectSentence(
      "\(weights) cannot be read: Permission denied.")
  }

  @Test(.enabled(if: permissionsCanStopTheProgram, "permissions do not stop this user"))
  func aHomeThatCannotBeWrittenStopsADownloadOnly() throws {
    let hub = try StorytellerHub("some/storyteller")
    let folder = try TemporaryFolder()
    #expect(chmod(folder.path, 0o555) == 0)
    defer { chmod(folder.path, 0o755) }
    var environment = hub.environment
    environment["HF_HUB_CACHE"] = folder.path + "/hub"
    environment["HOME"] = folder.path
    try run("download some/storyteller --quiet", environment).expectSentence(
      folder.path, "Permission denied")
    #expect(try run("next a --top 1", environment).code == 0)
    #expect(try run("models", environment).code == 0)
  }

  /// A disk that fills while the weights come: what is there stays, and the next run goes on from it.
  @Test func aDiskThatFillsDuringADownloadIsSaid() throws {
    let hub = try StorytellerHub("some/storyteller")
    let full = try ProgramRun.shell(
      "ulimit -f 2000; exec gpt2-viz download some/storyteller --quiet", environment: hub.environment)
    full.expectSentence("File too large")
    #expect(full.output == "")
    #expect(try ProgramRun(["next", "a", "-m", "some/storyteller"], environment: hub.environment).code == 1)
    #expect(try ProgramRun(["download", "some/storyteller"], environment: hub.environment).code == 0)
    #expect(try ProgramRun(["next", "a", "-m", "some/storyteller"], environment: hub.environment).code == 0)
  }

  @Test func twoAtOnceDoNotMeet() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "vocab.json", "merges.txt", "model.safetensors"])
    let both = try (0..<2).map { _ in
      try Pty(
        ProgramRun.executable, ["Once upon a time", "--seed", "7", "-m", folder.path], columns: 160, rows: 34,
        outlivesProgram: true)
    }
    for pty in both {
      try #require(pty.wait(for: "q quit"))
      pty.send("llllllll")
    }
    for pty in both { try #require(pty.wait(for: "ctx 12/512"), "\(pty.screen.text)") }
    for pty in both { _ = pty.wait(seconds: 0.2) { _ in false } }
    #expect(both[0].screen.text == both[1].screen.text)
    both[0].signal(SIGTERM)
    #expect(both[0].exitStatus() == 143)
    both[1].send("lq")
    #expect(both[1].exitStatus() == 0)
    #expect(both.map(\.disorder) == [[], []])
  }
}
