import TerminalTestSupport
import Testing

/// The program on a pseudo-terminal of 34 rows, pressed from step to step.
protocol StepsOnScreen {}

extension StepsOnScreen {
  static var right: String { "\u{1B}[C" }

  func open(
    _ arguments: [String], _ environment: [String: String] = [:], columns: Int = 110
  ) throws -> Pty {
    try Pty(Pty.product("gpt2-viz"), arguments, columns: columns, rows: 34, environment: environment)
  }

  func waitFor(_ step: Int, on pty: Pty) throws {
    try #require(pty.wait { $0.text.contains("step \(step) ") }, "\(pty.screen.text)")
    // The rest of its frame.
    _ = pty.wait(seconds: 0.1) { _ in false }
  }

  func press(_ key: String, _ count: Int, until step: Int, on pty: Pty) throws {
    for _ in 0..<count { pty.send(key) }
    try waitFor(step, on: pty)
  }
}
