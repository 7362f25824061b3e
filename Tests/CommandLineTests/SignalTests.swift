import Glibc
import TerminalTestSupport
import TestSupport
import Testing

/// Signals at random moments: the terminal is as it was, the exit status is the signal's, nothing survives.
///
/// A few dozen here; Scripts/random-signals sets the two variables for a thousand, or to repeat one that failed.
@Suite(.serialized) struct SignalTests {
  private static func number(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }

  @Test func theTerminalIsGivenBackWheneverASignalComes() throws {
    let wanted = Self.number("GPT2_VIZ_RANDOM_SIGNALS")
    let first = Self.number("GPT2_VIZ_RANDOM_SEED") ?? 1
    let folder = try TemporaryFolder()
    try SparseModel.write(into: folder, layers: 8, width: 768, heads: 12)
    var restored = 0
    var scenes: [SignalTrial.Scene: Int] = [:]
    for seed in first..<first + (wanted ?? 52) {
      var trial = SignalTrial(seed: UInt64(seed), slowModel: folder.path)
      let problems = try trial.run(ProgramRun.executable)
      if problems == [] { restored += 1 }
      scenes[trial.scene, default: 0] += 1
      #expect(problems == [], "\(trial)")
      if wanted != nil, (seed - first + 1) % 100 == 0 { report("\(restored) of \(seed - first + 1) so far") }
    }
    guard let wanted else { return }
    let counts = scenes.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
    report("\(restored) of \(wanted) signals with the terminal restored (\(counts))")
  }

  /// A window that is closed takes the terminal with it: nobody spins on what is left.
  @Test(arguments: ["", "++++ ", "e the king", "cll"])
  func aTerminalThatIsGoneEndsTheProgram(keys: String) throws {
    let pty = try Pty(ProgramRun.executable, columns: 100, rows: 30)
    try #require(pty.wait(for: "quit"))
    pty.send(keys)
    _ = pty.wait(seconds: 0.2) { _ in false }
    pty.hangUp()
    #expect(pty.exitStatus() == 128 + SIGHUP)
    #expect(pty.survivors == [])
  }

  /// `kill %1` continues what is stopped so that it can end: the terminal is the shell's by then.
  @Test(arguments: ["", "--plain"])
  func endsWhileItsShellHasTheTerminal(option: String) throws {
    let pty = try Pty(
      "/bin/bash", ["--norc", "--noprofile", "-i"], columns: 100, rows: 30,
      environment: ["PS1": "shell> ", "HISTFILE": ""])
    try #require(pty.wait(for: "shell>"))
    pty.send("'\(ProgramRun.executable)' \(option)\n")
    try #require(option.isEmpty ? pty.wait(for: "q quit") : pty.wait(forOutput: "q quits"))
    pty.send("\u{1A}")
    try #require(pty.wait(forOutput: "Stopped"))
    pty.send("kill %1; sleep 1; jobs; echo do''ne\n")
    try #require(pty.wait(forOutput: "done"))
    #expect(pty.output.contains("Terminated"), "\(pty.output.suffix(600))")
    pty.send("exit\n")
    #expect(pty.exitStatus() != -1)
  }

  @Test func aClosedInputLeavesTheKeysToTheTerminal() throws {
    let pty = try Pty(ProgramRun.executable, columns: 100, rows: 30, input: "", outlivesProgram: true)
    let before = pty.originalSettings
    try #require(pty.wait(for: "step 0 "))
    pty.send("lll")
    try #require(pty.wait(for: "step 3 "))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    #expect(pty.disorder == [])
    #expect(pty.settings == before)
  }

  /// With GPT2_VIZ_IDLE_SECONDS longer.
  @Test func nothingIsComputedWhileNothingHappens() throws {
    let pty = try Pty(ProgramRun.executable, columns: 100, rows: 30)
    try #require(pty.wait(for: "quit"))
    pty.send("lll")
    // The steps ahead are computed, and the kernel accounts for it a little late.
    _ = pty.wait(seconds: 1) { _ in false }
    let (used, written) = (pty.processorSeconds, pty.bytes.count)
    let seconds = Double(Self.number("GPT2_VIZ_IDLE_SECONDS") ?? 2)
    _ = pty.wait(seconds: seconds) { _ in false }
    let spent = pty.processorSeconds - used
    #expect(spent <= 0.01)
    #expect(pty.bytes.count == written)
    if seconds > 2 { report("\(spent) s of processor time in \(Int(seconds)) idle seconds") }
  }

  /// The check itself can fail: the one signal that nobody can catch leaves a mess.
  @Test func aKillThatNobodyCanCatchIsSeenToLeaveAMess() throws {
    let pty = try Pty(ProgramRun.executable, columns: 100, rows: 30, outlivesProgram: true)
    let before = pty.originalSettings
    try #require(pty.wait(for: "quit"))
    pty.signal(SIGKILL)
    #expect(pty.exitStatus() == 137)
    #expect(pty.settings != before)
    #expect(pty.disorder.count >= 5)
  }

  private func report(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
