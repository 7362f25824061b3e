import Foundation
import HubTestSupport
import TerminalTestSupport
import TestSupport
import Testing

/// The screen over a fake server, on a pseudo-terminal. (`.serialized`: each test waits.)
@Suite(.serialized) struct ServedScreenTests: StepsOnScreen {
  /// Lets look-ahead come to its end.
  private func settle(_ pty: Pty) { _ = pty.wait(seconds: 0.5) { _ in false } }

  @Test func aHangingServerIsNamedAndEscStopsWaiting() throws {
    let server = try FakeModelServer(.llamaServer)
    let pty = try open(["-m", server.address, "AB", "-k", "5", "--seed", "7", "--no-save"])
    try waitFor(0, on: pty)
    settle(pty)
    server.misbehave([FakeAnswer(pause: 60)], at: "/completion")
    // It has been asked for already; what is prepared behind it hangs.
    try press(Self.right, 1, until: 1, on: pty)
    settle(pty)
    pty.send(Self.right)
    let host = server.address.dropFirst(7)
    try #require(pty.wait(for: "waiting for \(host) … Esc or Ctrl-C stops"), "\(pty.screen.text)")
    pty.send("\u{1B}")
    try #require(pty.wait(for: "cancelled"), "\(pty.screen.text)")
    try press(Self.right, 1, until: 2, on: pty)
    #expect(!pty.screen.text.contains("waiting for"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  /// Asked again, the server would tell other numbers.
  @Test func aKeptSessionComesBackWithWhatItSaw() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    let server = try FakeModelServer(.llamaServer)
    let first = try open(["-m", server.address, "AB", "--seed", "7"], environment)
    try waitFor(0, on: first)
    try press(Self.right, 3, until: 3, on: first)
    settle(first)
    let last = first.screen.text.split(separator: "\n").dropFirst()
    first.send("q")
    #expect(first.exitStatus() == 0)
    #expect(FileManager.default.fileExists(atPath: folder.path + "/gpt2-viz/session-1.jsonl"))
    server.change(FakeServedModel(logits: { FakeServedModel.irregular($0 + [7], 300) }))
    let again = try open(["--resume"], environment)
    try waitFor(3, on: again)
    #expect(!again.screen.text.contains("another text"))
    #expect(again.screen.text.split(separator: "\n").dropFirst() == last, "\(again.screen.text)")
    again.send("q")
    #expect(again.exitStatus() == 0)
  }
}
