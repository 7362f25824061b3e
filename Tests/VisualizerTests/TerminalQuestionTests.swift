import Glibc
import TerminalTestSupport
import Testing

/// The question about the terminal's background, and all the ways in which a terminal may answer it. (`.serialized`: each
/// waits.)
@Suite(.serialized) struct TerminalQuestionTests {
  private static let question = "\u{1B}]11;?\u{07}\u{1B}[c"
  private static let light = "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\"
  private static let attributes = "\u{1B}[?62;22c"

  private func ask(_ arguments: [String] = [], environment: [String: String] = [:]) throws -> Pty {
    let pty = try Pty(
      Pty.product("terminal-probe"), ["--ask", "--tell"] + arguments, columns: 60, rows: 8,
      environment: environment)
    try #require(pty.wait(for: "ready"))
    return pty
  }

  /// The keys that the program was given, one of them the answer.
  private func keys(of pty: Pty) -> [String] {
    #expect(pty.exitStatus() == 0)
    #expect(pty.isCooked)
    return pty.output.split(whereSeparator: \.isNewline).compactMap { line in
      line.firstRange(of: "key ").map { String(line[$0.upperBound...]) }
    }
  }

  private func pause(_ seconds: Double, _ pty: Pty) { _ = pty.wait(seconds: seconds) { _ in false } }

  @Test(arguments: [
    ("\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\", "light"), ("\u{1B}]11;rgb:0000/0000/0000\u{07}", "dark"),
    ("\u{1B}]11;#282c34\u{07}", "dark"),
  ])
  func anAnswerIsAKeyOfItsOwn(answer: String, background: String) throws {
    let pty = try ask()
    #expect(pty.output.contains(Self.question))
    pty.send(answer + Self.attributes)
    #expect(pty.wait(for: "background("))
    pty.send("q")
    #expect(keys(of: pty) == ["background(Presentation.Background.\(background))", "character(\"q\")"])
  }

  /// A terminal that does not know the first part of the question answers the second.
  @Test func aTerminalMayKnowNoBackground() throws {
    let pty = try ask()
    pty.send(Self.attributes)
    pty.send("xq")
    #expect(keys(of: pty) == ["character(\"x\")", "character(\"q\")"])
  }

  @Test func keysBeforeBetweenAndBehindTheAnswersArrive() throws {
    let pty = try ask()
    pty.send("a" + Self.light + "b\u{1B}[C" + Self.attributes + "\u{1B}OAq")
    #expect(
      keys(of: pty) == [
        "character(\"a\")", "background(Presentation.Background.light)", "character(\"b\")", "right", "up",
        "character(\"q\")",
      ])
  }

  /// Wherever an answer is torn, its parts are no keys.
  @Test(arguments: [1, 2, 3, 5, 12, 24, 25, 26, 27, 30, 33])
  func anAnswerMayComeInPieces(length: Int) throws {
    let pty = try ask()
    let answer = Self.light + Self.attributes
    pty.send(String(answer.prefix(length)))
    pause(0.06, pty)
    pty.send(String(answer.dropFirst(length)))
    pty.send("q")
    #expect(keys(of: pty) == ["background(Presentation.Background.light)", "character(\"q\")"])
  }

  @Test func aSilentTerminalCostsNoKey() throws {
    let pty = try ask()
    pty.send("x")
    #expect(pty.wait(for: "character(\"x\")"))
    // Esc alone might be the beginning of an answer.
    pty.send("\u{1B}")
    #expect(pty.wait(for: "escape"))
    pty.send("q")
    #expect(keys(of: pty) == ["character(\"x\")", "escape", "character(\"q\")"])
  }

  @Test func aKeyBehindEscIsNoPartOfAnAnswer() throws {
    let pty = try ask()
    pty.send("\u{1B}")
    pause(0.06, pty)
    pty.send("x")
    #expect(pty.wait(for: "character(\"x\")"))
    pty.send("q")
    #expect(keys(of: pty) == ["escape", "character(\"x\")", "character(\"q\")"])
  }

  @Test func aLateAnswerIsNoKey() throws {
    let pty = try ask()
    pause(1.2, pty)
    pty.send(Self.light + Self.attributes)
    #expect(pty.wait(for: "background("))
    pty.send("q")
    #expect(keys(of: pty) == ["background(Presentation.Background.light)", "character(\"q\")"])
  }

  /// What arrives after the key that quits does not reach the shell.
  @Test func anAnswerToTheLastSecondIsSwallowed() throws {
    let pty = try Pty(
      "/bin/sh", ["-c", "'\(Pty.product("terminal-probe"))' --ask; echo gone; read line; echo \"<$line>\""],
      columns: 60, rows: 8)
    try #require(pty.wait(for: "ready"))
    pty.send("q")
    pause(0.05, pty)
    pty.send(Self.light + Self.attributes)
    #expect(pty.wait(forOutput: "gone"))
    pty.send("x\r")
    #expect(pty.exitStatus() == 0)
    #expect(pty.output.contains("<x>"), "\(pty.output)")
  }

  @Test(arguments: [
    (["--no-color"], "xterm-256color"), ([], "vt100"), ([], "linux"), ([], "ansi"),
  ])
  func aTerminalThatMightPrintTheQuestionIsNotAsked(arguments: [String], term: String) throws {
    let pty = try ask(arguments, environment: ["TERM": term])
    pty.send("q")
    #expect(keys(of: pty) == ["character(\"q\")"])
    #expect(!pty.output.contains("\u{1B}]11"))
  }
}
