import LMCore
import TerminalTestSupport
import Testing

/// Colours go to those who can see and want them; a pager or a file gets plain text.
@Suite struct ColorTests {
  private static let words = ["next", "a", "-k", "1", "--top", "3"]

  private func isColored(_ options: [String], _ environment: [String: String] = [:]) throws -> Bool {
    let run = try ProgramRun(Self.words + options, environment: environment)
    try #require(run.code == 0, "\(run.errors)")
    return run.output.contains("\u{1B}")
  }

  @Test func aPipeIsPlainUnlessColoursAreForced() throws {
    #expect(try !isColored([]))
    #expect(try isColored(["--color=always"]))
    #expect(try isColored([], ["CLICOLOR_FORCE": "1"]))
    #expect(try !isColored([], ["CLICOLOR_FORCE": "0"]))
    #expect(try !isColored([], ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]))
    #expect(try isColored(["--color", "always"], ["NO_COLOR": "1"]))
    #expect(try !isColored(["--no-color"], ["CLICOLOR_FORCE": "1"]))
    #expect(try !isColored(["--color=always", "--no-color"]))
    #expect(try isColored([], ["GPT2_VIZ_COLOR": "always", "NO_COLOR": "1"]))
  }

  @Test(
    arguments: [
      ([], [:], true), ([], ["NO_COLOR": "1"], false), ([], ["NO_COLOR": ""], true),
      (["--color=never"], [:], false), (["--no-color"], [:], false), ([], ["TERM": "dumb"], false),
      (["--color", "always"], ["TERM": "dumb"], true), (["--color", "auto"], [:], true),
    ] as [([String], [String: String], Bool)])
  func aTerminalIsAsked(options: [String], environment: [String: String], isColored: Bool) throws {
    let pty = try Pty(
      Pty.product("gpt2-viz"), Self.words + options, columns: 100, rows: 30, environment: environment)
    #expect(pty.exitStatus() == 0)
    #expect(pty.output.contains("\u{1B}[2m") == isColored)
  }

  @Test func aWrongChoiceIsSaid() throws {
    let run = try ProgramRun(["next", "a", "--color", "sometimes"])
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: --color takes auto, always or never, not 'sometimes'\n"))
  }
}
