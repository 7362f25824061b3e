import Foundation
import TerminalTestSupport
import TestSupport
import Testing

/// Saved sessions with the whole program on a pseudo-terminal. (`.serialized`: each test waits.)
@Suite(.serialized) struct SavedSessionScreenTests: StepsOnScreen {
  private func picture(of pty: Pty) -> [Substring] {
    Array(pty.screen.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst())
  }

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
    #expect(next.wait(for: "\"The king\", 6 steps, just now: Enter resumes, R lists all, D discards"))
    next.send("n")
    #expect(next.wait(for: "nucleus"))
    next.send("q")
    #expect(next.exitStatus() == 0)
    #expect(files(in: folder) == ["kept-1.jsonl"])

    let resumed = try open(["--resume"], environment)
    try waitFor(4, on: resumed)
    #expect(picture(of: resumed) == last)
    try press(Self.right, 2, until: 6, on: resumed)
    try waitForSaved(6, in: folder, on: resumed)
    #expect(files(in: folder) == ["session-1.jsonl"])
    resumed.send("q")
    #expect(resumed.exitStatus() == 0)
    #expect(savedSteps(in: folder) == 6)

    let nothing = try open(["--resume"], ["XDG_STATE_HOME": folder.path + "/empty"])
    #expect(nothing.exitStatus() == 1)
    #expect(nothing.output.contains("gpt2-viz: no session is kept in"))
  }

  /// Whoever names a text wants that one: nothing is offered, and Enter has its own meaning.
  @Test func aNamedTextIsNotInterrupted() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    _ = try makeCrash(steps: 5, in: folder)
    let next = try open(["Something else"], environment)
    try waitFor(0, on: next)
    #expect(!next.screen.text.contains("resumes"))
    next.send("\r")
    try waitFor(1, on: next)
    next.send("R")
    try #require(next.wait(for: "1 kept session"), "\(next.screen.text)")
    next.send("\r")
    try waitFor(5, on: next)
    next.send("q")
    #expect(next.exitStatus() == 0)
    // The text that was on screen is kept too.
    #expect(savedSteps(in: folder) == 5)
    #expect(files(in: folder).count == 2)
  }

  @Test func eachPromptOfARunIsKept() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    let pty = try open(["The king", "--seed", "1"], environment)
    try waitFor(0, on: pty)
    try press(Self.right, 3, until: 3, on: pty)
    pty.send("eThe queen\r")
    try waitFor(0, on: pty)
    try press(Self.right, 2, until: 2, on: pty)
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    #expect(files(in: folder) == ["kept-1.jsonl", "session-1.jsonl"])
    let next = try open([], environment)
    try waitFor(0, on: next)
    #expect(next.wait(for: "\"The queen\", 2 steps"))
    next.send("R")
    try #require(next.wait(for: "2 kept sessions"))
    #expect(next.wait(for: "\"The king\""))
    next.send("\u{1B}")
    _ = next.wait(seconds: 0.2) { _ in false }
    next.send("q")
    #expect(next.exitStatus() == 0)
  }

  @Test func aLessonThatIsQuitIsNotKept() throws {
    let folder = try TemporaryFolder()
    let pty = try open(["lesson", "temperature"], ["XDG_STATE_HOME": folder.path])
    try waitFor(0, on: pty)
    try press(Self.right, 3, until: 3, on: pty)
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    #expect(files(in: folder) == [])
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
    let next = try open([], environment)
    try #require(next.wait(for: "5 steps, just now: Enter resumes"))
    next.send("\r")
    try waitFor(5, on: next)
    #expect(picture(of: next) == picture(of: last))
    try press(Self.right, 1, until: 6, on: next)
    try waitForSaved(6, in: folder, on: next)
    #expect(files(in: folder) == ["session-1.jsonl"])
    next.signal(SIGKILL)
    _ = next.exitStatus()
    let third = try open([], environment)
    #expect(third.wait(for: "6 steps, just now: Enter resumes"))
    third.send("D")
    #expect(third.wait(for: "the session was discarded"))
    third.send("q")
    #expect(third.exitStatus() == 0)
    #expect(files(in: folder) == [])
    let fourth = try open([], environment)
    try waitFor(0, on: fourth)
    #expect(!fourth.screen.text.contains("resumes"))
    fourth.send("q")
    #expect(fourth.exitStatus() == 0)
  }

  /// Enter in one of two that both offer it; each then saves a session of its own.
  @Test func twoProgramsDoNotFight() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    _ = try makeCrash(steps: 2, in: folder)
    let (first, second) = (try open([], environment), try open([], environment))
    try #require(first.wait(for: "2 steps, just now") && second.wait(for: "2 steps, just now"))
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
    #expect(files(in: folder) == ["session-1.jsonl", "session-2.jsonl"])
  }

  @Test func anotherModelsSessionIsNamedAndComesBackByTheOption() throws {
    let folder = try TemporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    _ = try makeCrash(steps: 2, in: folder, ["--precision", "int8"])
    let resumed = try open(["--resume"], environment)
    try waitFor(2, on: resumed)
    #expect(!resumed.screen.text.contains("another text"))
    #expect(resumed.screen.text.contains("int8"))
    resumed.send("q")
    #expect(resumed.exitStatus() == 0)
    let next = try open([], environment)
    try #require(next.wait(for: "2 steps, just now, of another model: R lists all, D discards"))
    next.send("\r")
    try waitFor(1, on: next)
    next.send("q")
    #expect(next.exitStatus() == 0)
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
    #expect(pty.wait(for: "kept-1.jsonl does not fit this model: token id 50000 "), "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 1)
    #expect(files(in: folder) == ["kept-1.jsonl"])
  }

  /// A closed window loses nothing either.
  @Test func aHangupKeepsTheSessionAndSoDoesAQuit() throws {
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
    #expect(savedSteps(in: folder) == 3)
    #expect(files(in: folder) == ["session-1.jsonl"])
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
    // Two lanes of five steps.
    try waitForSaved(10, in: folder, on: victim)
    let last = picture(of: victim)
    victim.signal(SIGKILL)
    _ = victim.exitStatus()
    let resumed = try open(["--resume"], environment)
    try waitFor(5, on: resumed)
    #expect(picture(of: resumed) == last)
    resumed.send("c")
    try #require(resumed.wait { !$0.text.contains("compare ") || $0.text.contains(" Text ") })
    try waitFor(5, on: resumed)
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
