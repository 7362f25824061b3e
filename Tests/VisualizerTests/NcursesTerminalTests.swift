import Glibc
import TerminalTestSupport
import Testing

/// The real terminal code in a process of its own, on a pseudo-terminal. (`.serialized`: each waits, and the test
/// runner has few threads.)
@Suite(.serialized) struct NcursesTerminalTests {
  private func start(
    _ arguments: [String] = [], columns: Int = 40, rows: Int = 8, environment: [String: String] = [:],
    input: String? = nil
  ) throws -> Pty {
    try Pty(
      Pty.product("terminal-probe"), arguments, columns: columns, rows: rows, environment: environment,
      input: input)
  }

  @Test func drawsWideAndCombiningCharactersInColour() throws {
    let pty = try start()
    // Wait for the frame's last character: an earlier read may hold only a part of it.
    try #require(pty.wait(for: "─┘"))
    #expect(
      pty.screen.text == """
        ┌──────────────────────────────────────┐
        │ 40x8 xterm256 blocks                 │
        │ ready                                │
        │ 日本 e\u{301}a\u{323}\u{302} 😀|                          │
        │ colour 166                           │
        │                                      │
        │                                      │
        └──────────────────────────────────────┘
        """)
    #expect(pty.screen.isAlternate)
    #expect(!pty.screen.isCursorVisible)
    let styles = pty.screen.styles(of: "colour 166")
    #expect(
      styles
        == Array(
          repeating: .init(foreground: 166, background: 2, isUnderlined: true), count: 10))
    let said = pty.screen.styles(of: "ready")
    #expect(said?.first == .init(foreground: 1, isBold: true))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    #expect(!pty.screen.isAlternate)
    #expect(pty.screen.isCursorVisible)
    #expect(!pty.screen.pastesAreBracketed)
    #expect(!pty.screen.mouseIsReported)
    #expect(pty.isCooked)
    #expect(pty.screen.unknown == [])
  }

  @Test(arguments: [
    ("\u{1B}OA", "up"), ("\u{1B}[B", "down"), ("\u{1B}OC", "right"), ("\u{1B}[D", "left"), ("\r", "enter"),
    ("\t", "tab"), ("\u{1B}[Z", "backTab"), ("\u{7F}", "backspace"), ("\u{1B}[3~", "delete"),
    ("\u{1B}[1~", "home"), ("\u{1B}OH", "home"), ("\u{1B}OF", "end"), ("\u{1B}[5~", "pageUp"),
    ("\u{1B}[6~", "pageDown"), ("\u{1B}", "escape"), ("\u{1B}OP", "function(1)"),
    ("\u{02}", "control(\"b\")"),
    (" ", "character(\" \")"), ("é", "character(\"\\u{00E9}\")"), ("日", "character(\"\\u{65E5}\")"),
    ("\u{1B}[<0;3;2M", "mouse(Visualizer.MouseAction.press, "),
    ("\u{1B}[<64;3;2M", "mouse(Visualizer.MouseAction.wheelUp"),
  ])
  func readsKeys(bytes: String, key: String) throws {
    let pty = try start(columns: 120)
    try #require(pty.wait(for: "ready"))
    pty.send(bytes)
    #expect(pty.wait(for: key), "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test(
    arguments: [
      ("\u{1B}[99~", []), ("\u{1B}[I", []), ("\u{1B}[1;9P", []), ("\u{1B}q", []), ("\u{1B}é", []),
      ("\u{1B}[?62;22c", []), ("\u{1B}O5p", []), ("\u{1B}[[F", []), ("\u{1B}[M q!", []),
      ("\u{1B}]11;rgb:0000/0000/0000\u{07}", []), ("\u{1B}P1$r0m\u{1B}\\", []),
      ("\u{1B}[1;9\r", ["enter"]), ("\u{1B}\u{1B}[B", ["escape", "down"]),
      ("\u{1B}[I\u{1B}[Ba", ["down", "a"]),
      ("\u{1B}\u{1B}[99~", ["escape"]),
    ] as [(String, [String])])
  func unknownSequencesAreNoKeys(bytes: String, keys: [String]) throws {
    let pty = try start(["--tell"])
    try #require(pty.wait(for: "ready"))
    pty.send(bytes + "q")
    #expect(pty.exitStatus() == 0)
    let told = pty.output.split(whereSeparator: \.isNewline).compactMap { line in
      line.firstRange(of: "key ").map { String(line[$0.upperBound...]) }
    }
    let expected = (keys + ["q"]).map { $0.count == 1 ? "character(\"\($0)\")" : $0 }
    #expect(told == expected)
  }

  @Test func escapeNeedsNoOtherKey() throws {
    let pty = try start()
    try #require(pty.wait(for: "ready"))
    pty.send("\u{1B}\u{1B}")
    try #require(pty.wait(for: "escape"))
    // Wait until both are read: a key directly behind Esc would be Alt with that key.
    _ = pty.wait(seconds: 0.1) { _ in false }
    pty.send("x")
    #expect(pty.wait(for: "character(\"x\")"))
  }

  @Test func readsAPasteAsOnePiece() throws {
    let pty = try start(columns: 60)
    try #require(pty.wait(for: "ready"))
    pty.send("\u{1B}[200~héllo\rq\u{1B}[201~")
    #expect(pty.wait(for: #"paste("héllo\nq")"#), "\(pty.screen.text)")
  }

  @Test(arguments: [(10, 3), (1, 1), (200, 50), (3, 1), (79, 23)])
  func followsTheWindow(columns: Int, rows: Int) throws {
    let pty = try start()
    try #require(pty.wait(for: "ready"))
    pty.resize(columns: columns, rows: rows)
    if columns > 9, rows > 3 {
      #expect(pty.wait(for: "\(columns)x\(rows) "))
    } else {
      #expect(pty.wait { $0.text.contains(rows == 1 ? "─" : "┌") })
    }
    pty.resize(columns: 41, rows: 9)
    #expect(pty.wait(for: "41x9 "))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func believesTheKernelRatherThanTheEnvironment() throws {
    let pty = try start(environment: ["LINES": "5", "COLUMNS": "20"])
    #expect(pty.wait(for: "40x8 "))
  }

  @Test(
    .enabled(if: !Sanitizer.holdsSignalsBack, "the sanitizer holds signals back"),
    arguments: [
      (SIGTERM, 143), (SIGINT, 130), (SIGHUP, 129), (SIGSEGV, 139), (SIGQUIT, 131), (SIGABRT, 134),
    ])
  func givesTheTerminalBack(signal: Int32, status: Int) throws {
    let pty = try start()
    try #require(pty.wait(for: "ready"))
    #expect(!pty.isCooked)
    pty.signal(signal)
    #expect(pty.exitStatus() == status)
    #expect(!pty.screen.isAlternate)
    #expect(pty.screen.isCursorVisible)
    #expect(!pty.screen.pastesAreBracketed)
    #expect(pty.isCooked)
  }

  @Test(
    .enabled(if: !Sanitizer.holdsSignalsBack, "the sanitizer holds signals back"),
    arguments: [
      ("F", 132, "Fatal error: on purpose"), ("T", 132, "Fatal error: Index out of range"), ("O", 139, ""),
      ("X", 7, ""),
    ])
  func showsTheLastWordsAfterTheScreen(key: String, status: Int, words: String) throws {
    let pty = try start()
    try #require(pty.wait(for: "ready"))
    pty.send("E")
    try #require(pty.wait(for: "warned"))
    pty.send(key)
    #expect(pty.exitStatus() == status)
    #expect(pty.isCooked)
    let after = try #require(pty.output.split(separator: "\u{1B}[?1049l").last)
    #expect(after.contains("kept until the end"))
    // A release build prints no message for an index out of range.
    #expect(words.isEmpty || after.contains(words) || key == "T")
  }

  /// Swift's own crash handler, which a toolchain enables, writes over the screen and waits for a key.
  @Test(
    .enabled(if: !Sanitizer.holdsSignalsBack, "the sanitizer holds signals back"),
    arguments: [
      ("\u{1C}", 131, ""), ("F", 132, "Fatal error: on purpose"), ("O", 139, ""),
    ])
  func nobodyIsAskedToPressSpace(key: String, status: Int, words: String) throws {
    let pty = try start(environment: ["SWIFT_BACKTRACE": ""])
    try #require(pty.wait(for: "ready"))
    pty.send(key)
    #expect(pty.exitStatus() == status)
    #expect(pty.isCooked)
    #expect(!pty.screen.isAlternate)
    let after = try #require(pty.output.split(separator: "\u{1B}[?1049l").last)
    #expect(words.isEmpty || after.contains(words))
    #expect(!pty.output.contains("Press space"))
  }

  @Test(.enabled(if: !Sanitizer.isAtWork, "the sanitizer has taken the signals of a crash"))
  func whoAsksForABacktraceGetsOneAfterTheScreen() throws {
    let pty = try start(environment: [
      "SWIFT_BACKTRACE":
        "enable=yes,interactive=no,color=no,threads=crashed,images=none,cache=no,output-to=stdout"
    ])
    try #require(pty.wait(for: "ready"))
    pty.send("F")
    #expect(pty.exitStatus(seconds: 60) == 132)
    let after = try #require(pty.output.split(separator: "\u{1B}[?1049l").last)
    #expect(after.contains("crash"), "\(after)")
  }

  @Test func interruptEndsAHungLoop() throws {
    let pty = try start()
    try #require(pty.wait(for: "ready"))
    pty.send("H")
    usleep(100_000)
    pty.send("\u{03}")
    usleep(100_000)
    pty.send("\u{03}")
    #expect(pty.exitStatus() == 130)
    #expect(pty.isCooked)
    #expect(!pty.screen.isAlternate)
  }

  /// Ctrl-Z and fg in a shell, as a user does it.
  @Test func stopsForItsShellAndComesBack() throws {
    let pty = try Pty(
      "/bin/sh", ["-i"], columns: 40, rows: 8, environment: ["PS1": "shell> ", "ENV": "/dev/null"])
    try #require(pty.wait(for: "shell>"))
    pty.send("'\(Pty.product("terminal-probe"))'\n")
    try #require(pty.wait(for: "ready"))
    pty.send("\u{1A}")
    try #require(pty.wait { !$0.isAlternate && $0.text.contains("shell>") && !$0.pastesAreBracketed })
    #expect(pty.isCooked)
    pty.send("fg\n")
    // (SIGCONT also wakes the probe, which then shows that.)
    try #require(pty.wait(forOutput: "resumed"))
    #expect(pty.screen.isAlternate)
    #expect(pty.screen.pastesAreBracketed)
    #expect(!pty.isCooked)
    pty.send("q")
    #expect(pty.wait { !$0.isAlternate })
    let isCookedAgain = pty.wait { _ in pty.isCooked }
    #expect(isCookedAgain)
    pty.send("exit\n")
    #expect(pty.exitStatus() == 0)
  }

  /// `kill %1` sends SIGTERM and SIGCONT to a stopped process: the shell then owns the terminal.
  @Test(
    .enabled(if: !Sanitizer.holdsSignalsBack, "the sanitizer holds signals back"),
    arguments: [("kill %1", "Terminated"), ("kill -HUP %1", "Hangup")])
  func endsWhileItsShellHasTheTerminal(command: String, said: String) throws {
    let pty = try Pty(
      "/bin/bash", ["--norc", "--noprofile", "-i"], columns: 80, rows: 12,
      environment: ["PS1": "shell> ", "HISTFILE": ""])
    try #require(pty.wait(for: "shell>"))
    pty.send("'\(Pty.product("terminal-probe"))'\n")
    try #require(pty.wait(for: "ready"))
    pty.send("\u{1A}")
    try #require(pty.wait(forOutput: "Stopped", seconds: 3), "\(pty.output.suffix(800).debugDescription)")
    let written = pty.bytes.count
    pty.send("\(command); sleep 0.3; jobs; echo do''ne\n")
    try #require(pty.wait(forOutput: "done", seconds: 3), "\(pty.output.suffix(800).debugDescription)")
    #expect(pty.output.contains(said), "\(pty.output.suffix(600))")
    #expect(!String(decoding: pty.bytes[written...], as: UTF8.self).contains("\u{1B}[?1049"))
    pty.send("exit\n")
    #expect(pty.exitStatus() != -1)
    #expect(pty.disorder == [])
  }

  @Test func stopsAndComesBack() throws {
    let pty = try start()
    try #require(pty.wait(for: "ready"))
    // SIGSTOP, since Ctrl-Z has no effect on a process whose parent is not a shell.
    pty.signal(SIGSTOP)
    try #require(pty.waitUntilStopped())
    pty.signal(SIGCONT)
    #expect(pty.wait(forOutput: "resize"))
    pty.send("\u{0C}")
    #expect(pty.wait(for: "redrawn"))
    #expect(pty.screen.isAlternate)
  }

  @Test func wakesUpByBellAndByTime() throws {
    let pty = try start()
    try #require(pty.wait(for: "ready"))
    pty.send("W")
    #expect(pty.wait(for: "woken"))
    pty.send("t")
    #expect(pty.wait(for: "timeout"))
  }

  @Test func usesNoProcessorWhileNothingHappens() throws {
    let pty = try start()
    try #require(pty.wait(for: "ready"))
    // The kernel counts the processor time of the start with a delay.
    _ = pty.wait(seconds: 0.3) { _ in false }
    let before = pty.processorSeconds
    let written = pty.bytes.count
    _ = pty.wait(seconds: 1) { _ in false }
    #expect(pty.processorSeconds == before)
    #expect(pty.bytes.count == written)
  }

  @Test func sendsOnlyWhatChanged() throws {
    let pty = try start(columns: 200, rows: 50)
    try #require(pty.wait(for: "ready"))
    _ = pty.wait(seconds: 0.1) { _ in false }
    let written = pty.bytes.count
    pty.send("\t")
    try #require(pty.wait(for: "tab"))
    _ = pty.wait(seconds: 0.1) { _ in false }
    #expect(pty.bytes.count - written < 100, "\(pty.bytes.count - written)")
  }

  @Test(arguments: [
    ("xterm", "40x8 eight blocks"), ("vt100", "40x8 none blocks"), ("xterm-256color", "40x8 xterm256 blocks"),
    ("linux", "40x8 eight ascii"), ("screen", "40x8 eight blocks"),
  ])
  func fallsBackByTerminal(name: String, shown: String) throws {
    let pty = try start(environment: ["TERM": name])
    #expect(pty.wait(for: shown), "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test(arguments: ["C", "POSIX", "", "xx_YY.UTF-8"])
  func drawsASCIIWhereTheLocaleIsNotUTF8(locale: String) throws {
    let pty = try start(environment: ["LC_ALL": locale])
    #expect(pty.wait(for: "40x8 xterm256 ascii"), "\(pty.screen.text)")
    #expect(pty.screen.lines.first == "+" + String(repeating: "-", count: 38) + "+")
  }

  @Test func drawsWithoutColourAndInASCIIWhenAsked() throws {
    let pty = try start(["--no-color", "--ascii"])
    try #require(pty.wait(for: "colour 166"))
    #expect(pty.screen.lines[1] == "| 40x8 none ascii                      |")
    #expect(pty.screen.styles(of: "ready")?.first == .init(isBold: true))
  }

  @Test func readsKeysFromTheTerminalWhenTheInputIsAFile() throws {
    let pty = try start(input: "/dev/null")
    try #require(pty.wait(for: "ready"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    #expect(pty.isCooked)
  }

  @Test(arguments: [
    ("dumb", "TERM is \"dumb\", a terminal that cannot place text"),
    ("nonsense", "TERM is \"nonsense\", which this system's terminal database does not know"),
    ("", "TERM is not set"),
  ])
  func saysWhyThereIsNoScreen(name: String, words: String) throws {
    let pty = try start(columns: 300, environment: ["TERM": name])
    #expect(pty.exitStatus() == 1)
    #expect(pty.output.contains(words), "\(pty.output)")
    #expect(!pty.output.contains("\u{1B}"))
    #expect(pty.isCooked)
  }
}
