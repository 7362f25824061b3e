import Foundation
import TerminalTestSupport
import Testing

/// The panels of the whole program on a pseudo-terminal, by keys and mouse. (`.serialized`: each test waits.)
@Suite(.serialized) struct VisualizerPanelsTests {
  private static let (right, left, up, down) = ("\u{1B}[C", "\u{1B}[D", "\u{1B}[A", "\u{1B}[B")

  private func open(
    _ arguments: [String], columns: Int = 110, rows: Int = 34, environment: [String: String] = [:]
  ) throws -> Pty {
    let pty = try Pty(
      Pty.product("gpt2-viz"), arguments, columns: columns, rows: rows, environment: environment)
    try #require(pty.wait(for: "step 0 "))
    return pty
  }

  private func step(_ count: Int, on pty: Pty) throws {
    for _ in 0..<count { pty.send(Self.right) }
    try #require(pty.wait { $0.text.contains("step \(count) ") }, "\(pty.screen.text)")
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func searchFindsATokenAndForcesIt(columns: Int, rows: Int) throws {
    let pty = try open(["Once upon a time", "-p", "0.9", "--seed", "42"], columns: columns, rows: rows)
    pty.send("/water")
    try #require(pty.wait { $0.text.contains("␣water #743: rank ") && $0.text.contains("cut by top-p") })
    let isChosen = pty.wait {
      $0.text.split(separator: "\n").contains { $0.hasPrefix("│▸") && $0.contains("␣water") }
    }
    #expect(isChosen)
    pty.send("\r\r")
    #expect(pty.wait(for: "Once upon a time water▏"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func aNameAndABranchAreKept() throws {
    let pty = try open(["Once upon a time", "--seed", "42"])
    try step(4, on: pty)
    pty.send(Self.left + Self.left)
    try #require(pty.wait(for: "step 2 "))
    pty.send("g" + Self.right)
    try #require(pty.wait(for: "step 3 "))
    pty.send("b")
    try #require(pty.wait(for: "2 branches"))
    pty.send("nqueen\r")
    try #require(pty.wait(for: "queen: "))
    pty.send(Self.up + "\r")
    try #require(pty.wait(for: "step 4 "))
    pty.send("b")
    try #require(pty.wait(for: "2 branches"))
    pty.send("d")
    try #require(pty.wait(for: "go to another branch before"))
    pty.send(Self.down + "dy")
    try #require(pty.wait(for: "1 branch "))
    pty.send("\u{1B}")
    try #require(pty.wait { !$0.text.contains("1 branch ") })
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  /// The built-in model under greedy decoding: three copies, their figures, brackets, and the way back.
  @Test func aRealLoopIsMeasuredAndTracedBack() throws {
    let pty = try open(["Once upon a time", "--greedy", "--seed", "1"])
    try step(130, on: pty)
    try #require(pty.wait(for: "period 19"))
    let line = try #require(pty.screen.text.split(separator: "\n").first { $0.contains("loop ␣and␣said") })
    let means = line.split(separator: " ").compactMap { $0.hasSuffix("%") ? Double($0.dropLast()) : nil }
    // The first copy, the last one, and the share of repeated 4-grams.
    try #require(means.count >= 3, "\(line)")
    #expect(means[0] < means[means.count - 2], "\(line)")
    #expect(pty.screen.text.contains("[ and said, \"I will go"))
    pty.send("L")
    try #require(pty.wait(for: "here the loop of 19 tokens began"))
    // What is said of the jump may come a frame before it.
    try #require(pty.wait(for: "was very angry,▏"))
    try #require(pty.wait(for: "ahead: → replays"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func strategiesAndPromptsAreListed() throws {
    let pty = try open([], columns: 80, rows: 24)
    pty.send("v")
    try #require(pty.wait(for: "nucleus-0.95"))
    pty.send(Self.up + Self.up + "\r")
    try #require(pty.wait(for: "greedy: argmax"))
    pty.send("v\u{1B}[F\r")
    try #require(pty.wait(for: "I will give you my daughter in▏"))
    pty.send("e" + Self.up)
    try #require(pty.wait(for: "Prompt: 4 tokens of 512"))
    pty.send("\r")
    try #require(pty.wait(for: "Once upon a time▏"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func theMouseChoosesTravelsAndScrolls() throws {
    let pty = try open(["Once upon a time", "--seed", "42"])
    try step(5, on: pty)
    // Button 0 down and up at column 30, row 14: the fifth row of the table.
    pty.send("\u{1B}[<0;30;14M\u{1B}[<0;30;14m")
    try #require(pty.wait(for: "│▸ 5 "))
    pty.send("\u{1B}[<65;30;13M")
    try #require(pty.wait { !$0.text.contains("│  1 ") })
    pty.send("\u{1B}[<64;30;13M")
    try #require(pty.wait { $0.text.contains("│  1 ") })
    // The prompt.
    pty.send("\u{1B}[<0;5;3M\u{1B}[<0;5;3m")
    try #require(pty.wait(for: "step 0 "))
    #expect(pty.wait(for: "5 ahead"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func withoutColoursAttributesCarryTheScale() throws {
    let pty = try open(
      ["Once upon a time", "--seed", "3"], columns: 80, rows: 24, environment: ["NO_COLOR": "1"])
    try step(9, on: pty)
    let isQuiet = !pty.screen.text.contains("≤1000")
    #expect(isQuiet)
    pty.send("m")
    try #require(pty.wait(for: "rank 1 ≤10 ≤100 ≤1000 beyond"))
    #expect(!pty.output.contains("38;5;"))
    // Underline and bold stand in for colours.
    #expect(pty.output.contains("\u{1B}[4m") || pty.output.contains(";4m"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func aTurnedKnobIsExplained() throws {
    let pty = try open([], columns: 80, rows: 24)
    pty.send("p")
    try #require(pty.wait(for: "─ top-p 0.999 ─"))
    // The rest of the frame may still be on its way.
    try #require(pty.wait(for: "Nucleus: keeps the most likely tokens"))
    pty.send(Self.right)
    try #require(pty.wait { $0.text.contains("step 1 ") && !$0.text.contains("Nucleus: keeps") })
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }
}
