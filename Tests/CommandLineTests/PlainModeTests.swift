import Foundation
import TerminalTestSupport
import TestSupport
import Testing

/// `--plain`: stepping by keys, answered by lines.
@Suite(.serialized) struct PlainModeTests {
  private func run(
    _ words: [String], keys: String, _ environment: [String: String] = [:]
  ) throws -> ProgramRun {
    try ProgramRun(["--plain"] + words, input: Array(keys.utf8), environment: environment)
  }

  private func open(_ words: [String] = [], _ environment: [String: String] = [:]) throws -> Pty {
    let pty = try Pty(
      Pty.product("gpt2-viz"), ["--plain", "--seed", "42"] + words, columns: 80, rows: 24,
      environment: ["TERM": "dumb"].merging(environment) { $1 })
    try #require(pty.wait(forOutput: "q quits."), "\(pty.output)")
    return pty
  }

  // MARK: Over a pipe

  @Test(arguments: [["--greedy"], ["--preset", "nucleus", "--seed", "7"]])
  func keysInLinesStepAsGenerateDoes(settings: [String]) throws {
    let run = try run(["Once upon a time"] + settings, keys: "lllll\n<Right>lll<Ctrl-L>\nq\n")
    #expect(run.code == 0)
    #expect(run.errors == "")
    for step in 1...9 { #expect(run.output.contains("\nStep \(step): ")) }
    let text = try ProgramRun(["generate", "Once upon a time", "-n", "9"] + settings).output
    #expect(run.output.contains("\nText: " + text))
    #expect(!run.output.contains("\u{1B}"))
  }

  /// A script that goes on behind a misspelt key would do something else than it says.
  @Test func anUnknownNameIsAnErrorAndNoKeys() throws {
    let folder = try TemporaryFolder()
    let run = try run(["Once", "--seed", "1"], keys: "l<rigt>w\n\(folder.path)/never\n")
    #expect(run.code == 1)
    #expect(run.output.contains("\nStep 1: "))
    #expect(
      run.errors.hasPrefix("gpt2-viz: no key is called <rigt>; the names are <Right>, <Left>, "),
      "\(run.errors)")
    #expect(run.errors.hasSuffix("<lt> for the key <\n"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/never"))
  }

  @Test func theEndOfTheInputIsTheEnd() throws {
    for keys in ["", "l", "l\n", "e", "c\nl", " ", "?"] {
      let run = try run(["Once", "--seed", "1"], keys: keys)
      #expect(run.code == 0, "\(keys)")
      #expect(run.output.contains("Text: Once\n"))
    }
  }

  @Test func anEmptyLineIsEnterAndATextIsALine() throws {
    let run = try run(["Once", "--seed", "1"], keys: "\nj\n\neThe king\nS\nl/Once\n")
    #expect(run.code == 0)
    #expect(run.output.contains("\nStep 1: "))
    #expect(run.output.contains("rank 1, forced.\n"))
    #expect(run.output.contains("\nText: The king\n"))
    #expect(run.output.contains("Seed, a whole number, now: 1\n"))
    #expect(run.output.contains(" rank "))
  }

  @Test func aLessonIsReadOut() throws {
    let run = try ProgramRun(["lesson", "greedy-loops", "--plain"], input: Array(">".utf8))
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("\nLesson, 1 of "))
    #expect(run.output.contains("\nLesson, 2 of "))
  }

  @Test func aLocaleWithoutUTF8GetsASCII() throws {
    let run = try run(
      ["Il était une fois", "--seed", "1"], keys: "l?", ["LC_ALL": "C"])
    #expect(run.code == 0)
    #expect(run.output.utf8.allSatisfy { $0 < 0x80 })
    #expect(run.output.contains("Il <U+00E9>tait"))
  }

  @Test func aReaderThatClosesEarlyEndsItQuietly() throws {
    let run = try ProgramRun.shell(
      "yes l | gpt2-viz --plain Once | head -n 3; echo ${PIPESTATUS[1]}; gpt2-viz --plain Once </dev/null >/dev/full"
    )
    #expect(run.output.hasSuffix("\n141\n"))
    #expect(run.code == 1)
    #expect(run.errors == "gpt2-viz: cannot write the output: No space left on device\n")
  }

  @Test func wrongWordsAndModelsAreSaidAsEver() throws {
    #expect(try run(["-t", "-1"], keys: "").code == 2)
    let run = try run(["-m", "/nonexistent"], keys: "q")
    #expect(run.code == 1)
    #expect(run.errors.hasPrefix("gpt2-viz: "))
  }

  @Test func theConfigFileCanAskForIt() throws {
    let run = try ProgramRun(["Once"], input: [], environment: ["GPT2_VIZ_PLAIN": "true"])
    #expect(run.code == 0)
    #expect(run.output.contains("Text: Once\n"))
  }

  @Test func aTraceIsWrittenAndReplayedByLines() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/once.jsonl"
    let written = try run(["Once", "--seed", "3"], keys: "llw\(path)\nq", ["XDG_STATE_HOME": folder.path])
    #expect(written.code == 0)
    #expect(written.output.contains("File for the trace, now: once-seed3-step2.jsonl\n"))
    #expect(written.output.contains("\n2 steps written to \(path); "))
    // Keys from a pipe lead to the same each time: nothing is saved, and nothing offered.
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/gpt2-viz"))
    let replay = try ProgramRun(["replay", path, "--plain"], input: Array("llgq".utf8))
    #expect(replay.code == 0)
    let steps = { (run: ProgramRun) in run.output.split(separator: "\n").filter { $0.hasPrefix("Step ") } }
    #expect(steps(replay).count == 2)
    #expect(steps(replay) == steps(written))
    #expect(replay.output.contains("\nA replay has no model: "))
    let again = try run(["Once", "--seed", "3"], keys: "lw\(path)\n")
    #expect(again.output.contains("\nThat file exists. Another name, now: \(folder.path)/once-2.jsonl\n"))
  }

  // MARK: On a terminal

  @Test func aSessionThatBrokeOffIsOfferedInWords() throws {
    let folder = try TemporaryFolder()
    let state = ["XDG_STATE_HOME": folder.path]
    let victim = try open([], state)
    victim.send("lll")
    try #require(victim.wait(forOutput: "Step 3: "))
    let saved = folder.path + "/gpt2-viz/session-1.jsonl"
    for _ in 0..<200 where !FileManager.default.fileExists(atPath: saved) {
      _ = victim.wait(seconds: 0.05) { _ in false }
    }
    _ = victim.wait(seconds: 0.5) { _ in false }
    victim.signal(SIGKILL)
    _ = victim.exitStatus()
    let next = try open([], state)
    // A line of the terminal may end within the sentence.
    try #require(next.wait(forOutput: "3 steps, just now: Enter resumes"))
    next.send("\r")
    try #require(next.wait(forOutput: "Step 3."), "\(next.output)")
    next.send("h")
    #expect(next.wait(forOutput: "Step 2: back"), "\(next.output)")
    next.send("q")
    #expect(next.exitStatus() == 0)
  }

  @Test func singleKeysOnADumbTerminal() throws {
    let pty = try open(["Once upon a time"])
    #expect(!pty.isCooked)
    pty.send("l")
    try #require(pty.wait(forOutput: "Step 1: "))
    pty.send("\u{1B}[C")
    try #require(pty.wait(forOutput: "Step 2: "))
    pty.send("h")
    try #require(pty.wait(forOutput: "Step 1: back, without "))
    pty.send("\u{1B}")
    try #require(pty.wait(forOutput: "Nothing changes."))
    pty.send("e")
    try #require(pty.wait(forOutput: "an empty line keeps it."))
    // The terminal's own editing and echo serve for a text.
    #expect(pty.isCooked)
    pty.send("The quin\u{7F}\u{7F}een\n")
    try #require(pty.wait(forOutput: "Text: The queen"))
    #expect(!pty.isCooked)
    pty.send(" ")
    try #require(pty.wait(forOutput: "Playing, 4 tokens a second"))
    try #require(pty.wait(forOutput: "Step 3: "))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    #expect(pty.isCooked)
    // What the terminal itself echoes of Esc aside, nothing but text came.
    #expect(!pty.output.contains("\u{1B}"))
  }

  /// No word is cut at the terminal's edge, where a screen reader would read two halves.
  @Test func linesAreBrokenBetweenWords() throws {
    let pty = try open(["-k", "12"])
    pty.send("T")
    try #require(pty.wait(forOutput: "always takes the most"))
    let lines = pty.output.split(whereSeparator: \.isNewline)
    #expect(lines.allSatisfy { $0.count < 80 })
    #expect(lines.contains { $0.hasPrefix("Divides the logits: ") })
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test(arguments: ["q", "\u{4}", "?q", "vq"])
  func leavesTheTerminalAsItWas(keys: String) throws {
    let pty = try open()
    pty.send(keys)
    if keys.count > 1 { pty.send("q") }
    #expect(pty.exitStatus() == 0)
    #expect(pty.isCooked)
  }

  @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129), (SIGINT, 130), (SIGSEGV, 139)] as [(Int32, Int32)])
  func aSignalLeavesTheTerminalAsItWas(signal: Int32, code: Int32) throws {
    let pty = try open()
    pty.signal(signal)
    #expect(pty.exitStatus() == code)
    #expect(pty.isCooked)
  }

  @Test func anInterruptStopsWhatRunsThenEnds() throws {
    let pty = try open()
    pty.send(" ")
    try #require(pty.wait(forOutput: "Step 1: "))
    pty.send("\u{3}")
    try #require(pty.wait(forOutput: "Stopped; Ctrl-C again quits."))
    pty.send("\u{3}")
    #expect(pty.exitStatus() == 130)
    #expect(pty.isCooked)
  }

  /// Ctrl-Z and fg in a shell, as a user does it.
  @Test func aStopGivesTheTerminalBackMeanwhile() throws {
    let pty = try Pty(
      "/bin/sh", ["-i"], columns: 80, rows: 24,
      environment: ["PS1": "shell> ", "ENV": "/dev/null", "TERM": "dumb"])
    try #require(pty.wait(forOutput: "shell>"))
    pty.send("'\(Pty.product("gpt2-viz"))' --plain Once\n")
    try #require(pty.wait(forOutput: "q quits."))
    pty.send("\u{1A}")
    try #require(pty.wait(forOutput: "Stopped"))
    #expect(pty.isCooked)
    pty.send("fg\n")
    let isRaw = pty.wait { _ in !pty.isCooked }
    #expect(isRaw)
    pty.send("l")
    try #require(pty.wait(forOutput: "Step 1: "))
    pty.send("q")
    let isCookedAgain = pty.wait { _ in pty.isCooked }
    #expect(isCookedAgain)
    pty.send("exit\n")
    #expect(pty.exitStatus() == 0)
  }
}
