import Foundation
import LMCore
import TerminalTestSupport
import TestSupport
import Testing

/// Traces with the whole program on a pseudo-terminal. (`.serialized`: each test waits.)
@Suite(.serialized) struct TraceScreenTests: StepsOnScreen {
  /// Back, forward, jumps, rows, pages, scales, what becomes of removed rows.
  private static let looks = [
    "\u{1B}[D", "h", right, "\u{1B}[H", "\u{1B}[B", "j", "\u{1B}[F", "\u{1B}[6~", "m", "x", "x", "h",
  ]

  /// All cells, characters and colours, but those of the title, which says that it is a replay, and of the last line,
  /// which offers other keys there.
  private func cells(of screen: EmulatedScreen) -> [[EmulatedScreen.Cell]] {
    Array(screen.cells.dropFirst().dropLast())
  }

  private func cells(of pty: Pty) -> [[EmulatedScreen.Cell]] { cells(of: pty.screen) }

  /// The frame that a key leads to. It must differ from the one before, if only in what its last line says.
  private func look(_ key: String, on pty: Pty) throws -> [[EmulatedScreen.Cell]] {
    let before = pty.screen.cells
    pty.send(key)
    let isNew = pty.wait { $0.cells != before }
    try #require(isNew, "\(key)\n\(pty.screen.text)")
    // The rest of it.
    _ = pty.wait(seconds: 0.2) { _ in false }
    return cells(of: pty)
  }

  private func write(to path: String, on pty: Pty) {
    pty.send("w")
    _ = pty.wait(for: "write a trace to:")
    pty.send("\u{15}\(path)\r")
  }

  private func timeless(_ lines: [JSON]) -> [JSON] {
    lines.map { .object(($0.members ?? []).filter { $0.name != "tokens_per_second" }) }
  }

  @Test func theTraceOfTheScreenIsTheOneOfGenerateAndIsReplayedFrameByFrame() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/story.jsonl"
    let settings = ["Once upon a time", "-p", "0.9", "-t", "0.8", "--seed", "42"]
    let pty = try open(settings)
    try waitFor(0, on: pty)
    var frames = [cells(of: pty)]
    for step in 1...12 {
      try press(Self.right, 1, until: step, on: pty)
      frames.append(cells(of: pty))
    }
    write(to: path, on: pty)
    try #require(pty.wait(for: "12 steps written to "), "\(pty.screen.text)")
    var looks: [[[EmulatedScreen.Cell]]] = []
    for key in Self.looks { looks.append(try look(key, on: pty)) }
    pty.send("q")
    #expect(pty.exitStatus() == 0)

    let written = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try JSON(parsing: String($0))
    }
    let generated = try ProgramRun(["generate"] + settings + ["-n", "12", "--format", "jsonl"]).jsonLines()
    #expect(written.count == 14)
    #expect(timeless(written) == timeless(generated))

    let replay = try open(["replay", path])
    try waitFor(0, on: replay)
    #expect(replay.screen.text.hasPrefix(" gpt2-viz  replay  storyteller "))
    #expect(cells(of: replay) == frames[0])
    for step in 1...12 {
      try press(Self.right, 1, until: step, on: replay)
      #expect(cells(of: replay) == frames[step], "step \(step)\n\(replay.screen.text)")
    }
    for (key, look) in zip(Self.looks, looks) {
      replay.send(key)
      let isSame = replay.wait { cells(of: $0) == look }
      #expect(isSame, "\(key)\n\(replay.screen.text)")
    }
    // Only what was recorded can be found.
    replay.send("/")
    _ = replay.wait(for: "find:")
    replay.send("e")
    let isFound = replay.wait { $0.lines.last?.contains(" recorded") ?? false }
    #expect(isFound, "\(replay.screen.text)")
    replay.send("qqq\r")
    #expect(replay.wait(for: "no recorded row holds 'eqqq'"))
    replay.send("g")
    #expect(replay.wait(for: "a replay has no model"))
    replay.send("q")
    #expect(replay.exitStatus() == 0)
  }

  @Test func aTraceFromAPipeIsReplayed() throws {
    let folder = try TemporaryFolder()
    let run = try ProgramRun(["generate", "The king", "-n", "3", "--seed", "1", "--format", "jsonl"])
    let path = try folder.write("trace.jsonl", run.output)
    let pty = try Pty(
      Pty.product("gpt2-viz"), ["replay", "-"], columns: 80, rows: 24, input: path)
    try waitFor(0, on: pty)
    try press(Self.right, 3, until: 3, on: pty)
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  /// The shell lets the program write a few hundred bytes, as a disk would that is nearly full.
  @Test(.enabled(if: !Sanitizer.isAtWork, "the sanitizer has files of its own beyond the limit"))
  func aFullDiskIsOneSentenceAndLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/trace.jsonl"
    let script = "trap '' XFSZ; ulimit -f 1; exec '\(Pty.product("gpt2-viz"))' --seed 1"
    let pty = try Pty("/bin/bash", ["-c", script], columns: 110, rows: 34)
    try waitFor(0, on: pty)
    try press(Self.right, 3, until: 3, on: pty)
    write(to: path, on: pty)
    #expect(pty.wait(for: "cannot write "), "\(pty.screen.text)")
    #expect(pty.screen.text.contains("File too large"))
    #expect(!FileManager.default.fileExists(atPath: path))
    try press(Self.right, 1, until: 4, on: pty)
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func bothTextsOfAComparisonAreWrittenReplayedAndReported() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/two.jsonl"
    let pty = try open(["Once upon a time", "--compare", "greedy", "-p", "0.9", "--seed", "3", "--no-save"])
    try waitFor(0, on: pty)
    try press(Self.right, 4, until: 4, on: pty)
    let last = cells(of: pty)
    write(to: path, on: pty)
    try #require(pty.wait(for: "8 steps of two texts written to "), "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 0)

    let replay = try open(["replay", path])
    try waitFor(0, on: replay)
    try press(Self.right, 4, until: 4, on: replay)
    replay.send("\t")
    let isSame = replay.wait { cells(of: $0) == last }
    #expect(isSame, "\(replay.screen.text)")
    replay.send("q")
    #expect(replay.exitStatus() == 0)

    let report = try ProgramRun(["report", path])
    #expect(report.code == 0)
    for heading in ["<h2>A: Text,", "<h2>B: Text,", "<h2>A: Step ", "<h2>B: Step "] {
      #expect(report.output.contains(heading))
    }
  }
}
