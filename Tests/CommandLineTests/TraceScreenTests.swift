import Foundation
import LMCore
import TerminalTestSupport
import TestSupport
import Testing

/// Traces and saved sessions with the whole program on a pseudo-terminal. (`.serialized`: each test waits.)
@Suite(.serialized) struct TraceScreenTests {
  private static let right = "\u{1B}[C"

  private func open(
    _ arguments: [String], _ environment: [String: String] = [:], columns: Int = 110
  ) throws -> Pty {
    try Pty(Pty.product("gpt2-viz"), arguments, columns: columns, rows: 34, environment: environment)
  }

  private func waitFor(_ step: Int, on pty: Pty) throws {
    try #require(pty.wait { $0.text.contains("step \(step) ") }, "\(pty.screen.text)")
    // The rest of its frame.
    _ = pty.wait(seconds: 0.1) { _ in false }
  }

  private func press(_ key: String, _ count: Int, until step: Int, on pty: Pty) throws {
    for _ in 0..<count { pty.send(key) }
    try waitFor(step, on: pty)
  }

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

  private func picture(of pty: Pty) -> [Substring] {
    Array(pty.screen.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst())
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

  // MARK: Saved sessions

  private func savedSteps(in folder: TemporaryFolder, slot: Int = 1) -> Int {
    let path = folder.path + "/gpt2-viz/session-\(slot).jsonl"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").count { $0.contains("\"type\":\"step\"") }
  }

  private func waitForSaved(_ steps: Int, in folder: TemporaryFolder, on pty: Pty) throws {
    for _ in 0..<200 where savedSteps(in: folder) != steps { _ = pty.wait(seconds: 0.05) { _ in false } }
    try #require(savedSteps(in: folder) == steps)
  }

  private func files(in folder: TemporaryFolder) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/gpt2-viz")) ?? [])
      .filter { !$0.hasSuffix(".lock") }.sorted()
  }

  @Test func aKilledSessionIsOfferedAndComesBack() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    let victim = try open(["The king", "-k", "30", "--seed", "7"], environment)
    try waitFor(0, on: victim)
    try press(Self.right, 6, until: 6, on: victim)
    // Two steps lie ahead of the cursor, and come back too.
    try press("\u{1B}[D", 2, until: 4, on: victim)
    try waitForSaved(6, in: folder, on: victim)
    let last = picture(of: victim)
    victim.signal(SIGKILL)
    #expect(victim.exitStatus() == 128 + SIGKILL)

    // Any key that is none of the offer's does what it always does.
    let next = try open([], environment)
    try waitFor(0, on: next)
    #expect(next.wait(for: "a session broke off at step 6: Enter resumes, D discards, other keys keep it"))
    try press(Self.right, 1, until: 1, on: next)
    next.send("q")
    #expect(next.exitStatus() == 0)
    #expect(files(in: folder) == ["crashed-1.jsonl"])

    let resumed = try open(["--resume"], environment)
    try waitFor(4, on: resumed)
    #expect(picture(of: resumed) == last)
    try press(Self.right, 2, until: 6, on: resumed)
    try waitForSaved(6, in: folder, on: resumed)
    #expect(files(in: folder) == ["session-1.jsonl"])
    resumed.send("q")
    #expect(resumed.exitStatus() == 0)
    #expect(files(in: folder) == [])

    let nothing = try open(["--resume"], environment)
    #expect(nothing.exitStatus() == 1)
    #expect(nothing.output.contains("gpt2-viz: no session broke off"))
  }

  private func makeCrash(steps: Int, in folder: TemporaryFolder, _ arguments: [String] = []) throws -> Pty {
    let victim = try open(["--seed", "7"] + arguments, ["XDG_STATE_HOME": folder.path])
    try waitFor(0, on: victim)
    try press(Self.right, steps, until: steps, on: victim)
    try waitForSaved(steps, in: folder, on: victim)
    victim.signal(SIGKILL)
    #expect(victim.exitStatus() == 128 + SIGKILL)
    return victim
  }

  @Test func enterTakesTheOfferAndAnotherCrashIsOfferedAgain() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    let last = try makeCrash(steps: 5, in: folder)
    let next = try open(["Something else"], environment)
    try #require(next.wait(for: "broke off at step 5"))
    next.send("\r")
    try waitFor(5, on: next)
    #expect(picture(of: next) == picture(of: last))
    try press(Self.right, 1, until: 6, on: next)
    try waitForSaved(6, in: folder, on: next)
    #expect(files(in: folder) == ["session-1.jsonl"])
    next.signal(SIGKILL)
    _ = next.exitStatus()
    let third = try open([], environment)
    #expect(third.wait(for: "broke off at step 6"))
    third.send("D")
    #expect(third.wait(for: "the session that broke off was discarded"))
    third.send("q")
    #expect(third.exitStatus() == 0)
    #expect(files(in: folder) == [])
    let fourth = try open([], environment)
    try waitFor(0, on: fourth)
    #expect(!fourth.screen.text.contains("broke off"))
    fourth.send("q")
    #expect(fourth.exitStatus() == 0)
  }

  /// Enter in one of two that both offer it; each then saves a session of its own.
  @Test func twoProgramsDoNotFight() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    _ = try makeCrash(steps: 2, in: folder)
    let (first, second) = (try open([], environment), try open([], environment))
    try #require(first.wait(for: "broke off at step 2") && second.wait(for: "broke off at step 2"))
    first.send("\r")
    try waitFor(2, on: first)
    try press(Self.right, 1, until: 3, on: first)
    second.send("D")
    try press(Self.right, 4, until: 4, on: second)
    func saved() -> [Int] { [savedSteps(in: folder), savedSteps(in: folder, slot: 2)].sorted() }
    for _ in 0..<200 where saved() != [3, 4] { _ = second.wait(seconds: 0.05) { _ in false } }
    #expect(saved() == [3, 4])
    #expect(files(in: folder) == ["session-1.jsonl", "session-2.jsonl"])
    for pty in [first, second] {
      pty.send("q")
      #expect(pty.exitStatus() == 0)
    }
    #expect(files(in: folder) == [])
  }

  @Test func anotherModelsSessionIsNamedAndComesBackByTheOption() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    _ = try makeCrash(steps: 2, in: folder, ["--precision", "int8"])
    let next = try open([], environment)
    try #require(next.wait(for: "a session of another model broke off: gpt2-viz --resume goes on"))
    next.send("\r")
    try waitFor(1, on: next)
    next.send("q")
    #expect(next.exitStatus() == 0)
    let resumed = try open(["--resume"], environment)
    try waitFor(2, on: resumed)
    #expect(!resumed.screen.text.contains("another text"))
    #expect(resumed.screen.text.contains("int8"))
    resumed.send("q")
    #expect(resumed.exitStatus() == 0)
  }

  @Test func aSessionThatDoesNotFitIsNamedAndStays() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    _ = try makeCrash(steps: 2, in: folder)
    let path = folder.path + "/gpt2-viz/session-1.jsonl"
    let foreign = try String(contentsOfFile: path, encoding: .utf8)
      .replacing(/"ids":\[/, with: "\"ids\":[50000,")
    try Data(foreign.utf8).write(to: URL(filePath: path))
    let pty = try open(["--resume"], environment, columns: 200)
    #expect(pty.wait(for: "crashed-1.jsonl does not fit this model: token id 50000 "), "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 1)
    #expect(files(in: folder) == ["crashed-1.jsonl"])
  }

  /// A closed window loses nothing either.
  @Test func aHangupKeepsTheSessionAndAQuitDoesNot() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    let closed = try open(["--seed", "7"], environment)
    try waitFor(0, on: closed)
    try press(Self.right, 3, until: 3, on: closed)
    closed.signal(SIGHUP)
    #expect(closed.exitStatus() == 128 + SIGHUP)
    #expect(savedSteps(in: folder) == 3)

    let interrupted = try open(["--resume"], environment)
    try waitFor(3, on: interrupted)
    interrupted.send("\u{3}")
    #expect(interrupted.exitStatus() == 130)
    #expect(files(in: folder) == [])
  }

  @Test func twoLanesComeBack() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    let victim = try open(["--seed", "7"], environment)
    try waitFor(0, on: victim)
    try press(Self.right, 2, until: 2, on: victim)
    victim.send("c")
    try #require(victim.wait(for: "compare"))
    try press(Self.right, 3, until: 5, on: victim)
    // Two lanes of five steps and the text that waits, of two.
    try waitForSaved(12, in: folder, on: victim)
    let last = picture(of: victim)
    victim.signal(SIGKILL)
    _ = victim.exitStatus()
    let resumed = try open(["--resume"], environment)
    try waitFor(5, on: resumed)
    #expect(picture(of: resumed) == last)
    resumed.send("c")
    try waitFor(2, on: resumed)
    resumed.send("q")
    #expect(resumed.exitStatus() == 0)
  }

  @Test func nothingIsSavedWhereItIsNotWanted() throws {
    let folder = try TemporaryFolder()
    let pty = try open(["--no-save"], ["XDG_STATE_HOME": folder.path])
    try waitFor(0, on: pty)
    try press(Self.right, 3, until: 3, on: pty)
    _ = pty.wait(seconds: 0.4) { _ in false }
    pty.signal(SIGKILL)
    _ = pty.exitStatus()
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/gpt2-viz"))
  }

  @Test func aFolderThatCannotBeIsSaidAndNoMore() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "x")
    let pty = try open([], ["XDG_STATE_HOME": folder.path + "/file"])
    try waitFor(0, on: pty)
    #expect(pty.screen.text.contains("the session is not saved: cannot write "))
    try press(Self.right, 1, until: 1, on: pty)
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }
}
