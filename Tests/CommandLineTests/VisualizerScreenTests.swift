import Foundation
import LMCore
import TerminalTestSupport
import Testing

/// The whole program on a pseudo-terminal, by keys alone. (`.serialized`: each test waits.)
@Suite(.serialized) struct VisualizerScreenTests {
  private static let right = "\u{1B}[C"
  private static let left = "\u{1B}[D"

  private func open(
    _ arguments: [String], columns: Int = 110, rows: Int = 34, environment: [String: String] = [:]
  ) throws -> Pty {
    try Pty(Pty.product("gpt2-viz"), arguments, columns: columns, rows: rows, environment: environment)
  }

  /// Presses a key so often that the title says this step.
  private func press(_ key: String, _ count: Int, until step: Int, on pty: Pty) throws {
    for _ in 0..<count { pty.send(key) }
    try waitFor(step, on: pty)
  }

  /// Waits for the title of a step, and for the rest of its frame.
  private func waitFor(_ step: Int, on pty: Pty) throws {
    try #require(pty.wait { $0.text.contains("step \(step) ") }, "\(pty.screen.text)")
    _ = pty.wait(seconds: 0.1) { _ in false }
  }

  /// What stands in the text panel, frames and the cursor bar left out.
  private func text(on pty: Pty) -> String {
    pty.screen.text.split(separator: "\n").drop { !$0.contains("─ Text ─") }.dropFirst()
      .prefix { !$0.contains("─ Next token ─") }
      .map { $0.filter { !"│▏".contains($0) }.trimmingBlanks }.joined(separator: " ").trimmingBlanks
  }

  @Test(arguments: [(80, 24), (110, 34), (200, 50)])
  func tenStepsTenBackAndForwardAgain(columns: Int, rows: Int) throws {
    let pty = try open(["--seed", "42", "--preset", "nucleus"], columns: columns, rows: rows)
    try waitFor(0, on: pty)
    let start = text(on: pty)
    #expect(start == "Once upon a time")
    try press(Self.right, 10, until: 10, on: pty)
    let there = text(on: pty)
    #expect(there.hasPrefix(start) && there != start)
    try press(Self.left, 10, until: 0, on: pty)
    #expect(text(on: pty) == start)
    try press(Self.right, 10, until: 10, on: pty)
    #expect(text(on: pty) == there)
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    let isBack = !pty.screen.isAlternate
    #expect(isBack)
  }

  @Test func theReadmeShowsThisScreen() throws {
    let readme = try String(contentsOf: TestFiles.repository.appending(path: "README.md"), encoding: .utf8)
    let parts = readme.components(separatedBy: "```text\n")
    let picture = try #require(parts.dropFirst().first?.components(separatedBy: "\n```").first)
    let pty = try open(["Once upon a time", "-k", "12", "--seed", "42"])
    try waitFor(0, on: pty)
    try press(Self.right, 12, until: 12, on: pty)
    #expect(pty.screen.text == picture)
  }

  @Test func theTitleTellsThePrecision() throws {
    let pty = try open(["Once upon a time", "--precision", "int8"])
    try waitFor(0, on: pty)
    let title = try #require(pty.screen.text.split(separator: "\n").first)
    #expect(title.contains("storyteller  5.92M  int8  "))
  }

  @Test func theScreenShowsTheNumbersOfNext() throws {
    let settings = ["-p", "0.9", "-t", "0.8"]
    let json = try ProgramRun(["next", "Once upon a time", "--top", "8", "--format", "json"] + settings)
      .json()
    let pty = try open(["Once upon a time"] + settings)
    try waitFor(0, on: pty)
    let lines = pty.screen.text.split(separator: "\n")
    for row in json["top"]!.array! {
      let rank = row["rank"]!.int!
      let line = try #require(lines.first { $0.drop { "│ ▸".contains($0) }.hasPrefix("\(rank) ") })
      #expect(line.contains(NumberFormat.percent(row["before"]!.double!)))
      #expect(line.contains("Σ") && line.contains(NumberFormat.percent(row["cumulative"]!.double!)))
      if row["kept"]!.bool! {
        #expect(line.contains(NumberFormat.percent(row["after"]!.double!)))
      } else {
        #expect(line.contains("✕"))
      }
    }
    let after = json["after"]!
    #expect(pty.screen.text.contains("kept \(after["kept"]!.int!) of 4,096"))
    #expect(pty.screen.text.contains(NumberFormat.fixed(after["kept_mass"]!.double!, decimals: 3)))
  }

  @Test func greedyByHandIsTheTextThatGenerateWrites() throws {
    let run = try ProgramRun(["generate", "--greedy", "-n", "60", "Once upon a time"])
    let again = try ProgramRun(["generate", "--greedy", "-n", "60", "Once upon a time"])
    #expect(run.output == again.output)
    let pty = try open(["Once upon a time"], rows: 50)
    try waitFor(0, on: pty)
    pty.send("g")
    try press(Self.right, 60, until: 60, on: pty)
    func words(_ text: String) -> [Substring] { text.split { " ⏎\n".contains($0) } }
    #expect(words(text(on: pty)) == words(run.output))
  }

  @Test func twoLanesSteppedSixtyTimesAreTwoRunsOfGenerate() throws {
    let pty = try open(["Once upon a time", "--seed", "3"], columns: 200, rows: 50)
    try waitFor(0, on: pty)
    pty.send("c")
    try #require(pty.wait(for: "B nucleus"))
    for _ in 0..<60 { pty.send(Self.right) }
    try #require(pty.wait { $0.text.components(separatedBy: "step 60 ").count >= 3 }, "\(pty.screen.text)")
    _ = pty.wait(seconds: 0.1) { _ in false }
    let lines = pty.screen.text.split(separator: "\n").dropFirst(2).prefix { !$0.contains("─ Next token") }
    func words(_ text: some StringProtocol) -> [Substring] { String(text).split { " ⏎\n▏".contains($0) } }
    for (lane, preset) in ["greedy", "nucleus"].enumerated() {
      let run = try ProgramRun(
        ["generate", "--preset", preset, "--seed", "3", "-n", "60", "Once upon a time"])
      let shown = lines.map { $0.split(separator: "│")[lane] }.joined(separator: " ")
      #expect(words(shown) == words(run.output))
    }
  }

  @Test func anEmptyPromptBeginsWithTheEndOfText() throws {
    let pty = try open([""])
    try waitFor(0, on: pty)
    #expect(pty.screen.text.contains("ctx 1/512"))
    #expect(!pty.screen.text.contains("Once upon"))
  }

  @Test func aPipedTextIsThePromptAndTheTerminalHasTheKeys() throws {
    let pty = try Pty(
      "/bin/sh", ["-c", "printf 'The old king' | '\(Pty.product("gpt2-viz"))' --seed 1"], columns: 110,
      rows: 34)
    try waitFor(0, on: pty)
    #expect(text(on: pty) == "The old king")
    try press(Self.right, 2, until: 2, on: pty)
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    #expect(pty.isCooked)
  }

  @Test func anInputWithoutATextIsNoPrompt() throws {
    let pty = try Pty(Pty.product("gpt2-viz"), columns: 110, rows: 34, input: "/dev/null")
    try waitFor(0, on: pty)
    #expect(text(on: pty) == "Once upon a time")
  }

  @Test func aSmallWindowGetsANoticeAndGrowsBack() throws {
    let pty = try open([], columns: 10, rows: 3)
    try #require(pty.wait(for: "80"))
    pty.resize(columns: 80, rows: 24)
    try waitFor(0, on: pty)
    pty.resize(columns: 1, rows: 1)
    pty.resize(columns: 120, rows: 40)
    try #require(pty.wait { $0.text.contains("Once upon a time") && $0.text.contains("quit") })
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test(arguments: [
    ("xterm-256color", ["NO_COLOR": "1"]), ("xterm", [:]), ("vt100", [:]), ("linux", [:]),
  ])
  func drawsWithFewColoursOrNone(term: String, environment: [String: String]) throws {
    let pty = try open(
      ["--preset", "nucleus"], columns: 80, rows: 24,
      environment: environment.merging(["TERM": term]) { $1 })
    try waitFor(0, on: pty)
    #expect(pty.screen.text.contains("top-p 0.95"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func anInterruptEndsAsAShellExpects() throws {
    let pty = try open([])
    try waitFor(0, on: pty)
    pty.send("\u{3}")
    #expect(pty.exitStatus() == 130)
    let isBack = !pty.screen.isAlternate
    #expect(isBack)
  }

  @Test func quitByControlBackslashEndsAtOnce() throws {
    let pty = try open([], environment: ["SWIFT_BACKTRACE": ""])
    try waitFor(0, on: pty)
    pty.send("\u{1C}")
    #expect(pty.exitStatus() == 131)
    let isBack = !pty.screen.isAlternate && pty.isCooked
    #expect(isBack)
    #expect(!pty.output.contains("crash"))
  }

  @Test func aTooLongPromptIsOneSentence() throws {
    let pty = try open([String(repeating: "a king and ", count: 400)])
    #expect(pty.exitStatus() == 1)
    let isBack = !pty.screen.isAlternate
    #expect(isBack)
    #expect(pty.output.contains("gpt2-viz: the prompt has "))
  }

  @Test func keysOfAllKindsLeadSomewhereSensible() throws {
    let pty = try open(["--seed", "1"])
    try waitFor(0, on: pty)
    pty.send("?")
    try #require(pty.wait(for: "append the drawn token"))
    pty.send("\u{1B}")
    try #require(pty.wait { !$0.text.contains("append the drawn token") })
    pty.send("e")
    try #require(pty.wait(for: "Prompt: 4 tokens"))
    pty.send("\u{15}The king\r")
    try #require(pty.wait { $0.text.contains("│ The king") })
    pty.send("S")
    try #require(pty.wait(for: "seed, a whole number:"))
    pty.send("\u{15}77\r")
    try #require(pty.wait(for: "seed 77"))
    pty.send("x\u{1B}[B\u{1B}[B\r")
    try #require(pty.wait(for: "step 1"))
    pty.send(" ")
    try #require(pty.wait(for: "step 3"))
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }
}

extension StringProtocol {
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
