import Presentation
import TerminalTestSupport
import Testing

/// The colours of the whole program on a pseudo-terminal. (`.serialized`: each test waits.)
@Suite(.serialized) struct ThemeScreenTests {
  private static let question = "\u{1B}]11;?"

  private func open(_ arguments: [String] = [], environment: [String: String] = [:]) throws -> Pty {
    let pty = try Pty(
      Pty.product("gpt2-viz"), ["Once upon a time", "--seed", "1"] + arguments, columns: 110, rows: 34,
      environment: environment)
    try #require(pty.wait { $0.text.contains("step 0 ") && $0.text.contains("quit") })
    return pty
  }

  /// The colour of the first bar of the model's own probabilities: -1 for the terminal's own, nil where there is no bar.
  private func barColor(_ screen: EmulatedScreen) -> Int? {
    screen.cells.joined().first { $0.text == "█" }.map { $0.style.foreground ?? -1 }
  }

  private static let dark = Int(ColorPalette.dark.before)
  private static let light = Int(ColorPalette.light.before)
  private static let neutral = Int(ColorPalette.neutral.before)

  @Test(
    arguments: [
      (["--theme", "dark"], [:], dark), (["--theme=light"], ["COLORFGBG": "15;0"], light),
      (["--theme", "high-contrast"], [:], -1), ([], ["GPT2_VIZ_THEME": "light"], light),
      ([], ["COLORFGBG": "0;15"], light), (["--theme", "auto"], ["COLORFGBG": "15;default;0"], dark),
      (["--no-color"], [:], -1),
    ] as [([String], [String: String], Int)])
  func whatIsKnownIsNotAsked(options: [String], environment: [String: String], color: Int) throws {
    let pty = try open(options, environment: environment)
    #expect(pty.wait { barColor($0) == color })
    #expect(!pty.output.contains(Self.question))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test(arguments: [("rgb:ffff/ffff/ffff", light), ("rgb:2828/2c2c/3434", dark)])
  func theTerminalIsAsked(background: String, color: Int) throws {
    let pty = try open(environment: ["COLORFGBG": "15;default"])
    #expect(pty.output.contains(Self.question))
    #expect(pty.wait { barColor($0) == Self.neutral })
    pty.send("\u{1B}]11;\(background)\u{07}\u{1B}[?62c")
    #expect(pty.wait { barColor($0) == color })
    // No message that waits for a key has gone with it, and keys work.
    pty.send("l")
    #expect(pty.wait(for: "step 1 "))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func aWrongThemeIsSaid() throws {
    let run = try ProgramRun(["--theme", "solarized"])
    #expect(run.code == 2)
    #expect(
      run.errors.hasPrefix("gpt2-viz: --theme takes auto, dark, light or high-contrast, not 'solarized'\n"))
  }
}
