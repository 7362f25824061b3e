import Foundation
import LMCore
import TerminalTestSupport
import TestSupport
import Testing

/// Lessons and an author's text on a pseudo-terminal, by keys alone, as a class would use them.
@Suite(.serialized) struct LessonScreenTests {
  private static let right = "\u{1B}[C"
  private static let home = "\u{1B}[H"

  private func open(_ arguments: [String], columns: Int = 110, rows: Int = 34, input: String? = nil) throws
    -> Pty
  {
    try Pty(Pty.product("gpt2-viz"), arguments, columns: columns, rows: rows, input: input)
  }

  /// Waits until the model is loaded and the lesson is at this step, and for the rest of the frame.
  private func wait(for step: String, on pty: Pty, seconds: Double = 20) throws {
    let isShown = pty.wait(seconds: seconds) {
      $0.text.contains(" \(step) ") && $0.text.contains("─ Next token ")
    }
    try #require(isShown, "\(pty.screen.text)")
    _ = pty.wait(seconds: 0.1) { _ in false }
  }

  /// Presses → until the lesson goes on by itself.
  private func stepOn(to step: String, within presses: Int, on pty: Pty) throws {
    for _ in 0..<presses {
      pty.send(Self.right)
      if pty.wait(seconds: 0.2, until: { $0.text.contains(" \(step) ") }) { break }
    }
    try wait(for: step, on: pty)
  }

  @Test(arguments: [(80, 24), (110, 34)])
  func greedyLoopsFromStartToEnd(columns: Int, rows: Int) throws {
    let pty = try open(["lesson", "greedy-loops"], columns: columns, rows: rows)
    try wait(for: "1/8", on: pty)
    #expect(pty.screen.text.contains("Press g for the simplest"))
    #expect(pty.screen.text.contains("A fox once met a wolf in the forest, and"))
    pty.send("g")
    try wait(for: "2/8", on: pty)
    #expect(pty.screen.text.contains("greedy"))
    pty.send(Self.right + Self.right + Self.right)
    try wait(for: "3/8", on: pty)
    #expect(pty.screen.text.contains("loop none"))
    try stepOn(to: "4/8", within: 40, on: pty)
    #expect(pty.screen.text.contains("×3"))
    try stepOn(to: "5/8", within: 40, on: pty)
    // The first copy beside the last.
    #expect(pty.screen.text.contains("×8"))
    #expect(pty.screen.text.contains("37.2% … "), "\(pty.screen.text)")
    pty.send(Self.home)
    try wait(for: "6/8", on: pty)
    pty.send("c")
    try wait(for: "7/8", on: pty)
    #expect(pty.screen.text.contains("A greedy") && pty.screen.text.contains("B nucleus"))
    try stepOn(to: "8/8", within: 40, on: pty)
    // The left text is caught, the right one is not.
    let meters = pty.screen.text.split(separator: "\n").first { $0.contains("loop none") }
    #expect(meters?.contains("×3") == true, "\(pty.screen.text)")
    #expect(meters?.contains(columns == 80 ? "37→52%" : "37.2% … 51.9%") == true, "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 0)
    let isBack = !pty.screen.isAlternate
    #expect(isBack)
  }

  @Test func spacePlaysALessonOn() throws {
    let pty = try open(["lesson", "greedy-loops"])
    try wait(for: "1/8", on: pty)
    pty.send("g" + Self.right + Self.right + Self.right)
    try wait(for: "3/8", on: pty)
    pty.send("++ ")
    try wait(for: "4/8", on: pty, seconds: 40)
    // Play mode stopped there: its speed is gone from the title.
    try #require(pty.wait { $0.text.contains(" step 22 ") && !$0.text.contains("/s") }, "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func theEndOfOneOpensTheNext() throws {
    let pty = try open(["lesson", "greedy-loops"], columns: 80, rows: 24)
    for step in 1...8 {
      try wait(for: "\(step)/8", on: pty)
      pty.send(">")
    }
    try wait(for: "1/7", on: pty)
    try #require(pty.wait(for: "the next lesson: What temperature does"), "\(pty.screen.text)")
    try #require(pty.wait(for: "│ Once upon a time there was a▏"), "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func aLessonOfOnesOwnWithItsText() throws {
    let folder = try TemporaryFolder()
    try folder.write("hare.txt", "The hare was asleep. The fox was not.")
    let lesson = try folder.write(
      "mine.lesson", "title: Mine\nscore: hare.txt\nPress the arrow.\nuntil: step 2\nDone.\n")
    let pty = try open(["lesson", lesson, "-m", TestFiles.storyteller], columns: 80, rows: 24)
    try wait(for: "1/2", on: pty)
    #expect(pty.screen.text.contains("author"))
    pty.send(Self.right + Self.right)
    try wait(for: "2/2", on: pty)
    #expect(pty.screen.text.contains("│ <|endoftext|>The hare"))
    pty.send("\u{1B}")
    try #require(pty.wait(for: "Esc once more leaves the lesson"))
    pty.send("\u{1B}")
    try #require(pty.wait { !$0.text.contains("2/2") }, "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  /// The screen says of the author's token what `score` says of it behind the token that begins texts; the text comes from
  /// standard input.
  @Test func scoreFollowsStandardInputWithTheNumbersOfScore() throws {
    let text = "Once there was a hare. The old fox met it in the forest."
    let folder = try TemporaryFolder()
    let file = try folder.write("hare.txt", text)
    let scored = try ProgramRun(["score", "<|endoftext|>" + text, "--format", "json"]).json()
    let tokens = try #require(scored["tokens"]?.array)
    let pty = try open(["--score", "-"], input: file)
    try #require(pty.wait(for: "The author:"), "\(pty.screen.text)")
    for (step, token) in tokens.dropFirst().enumerated() {
      let percent = NumberFormat.percent(exp(token["logprob"]!.double!))
      let words = "rank \(NumberFormat.grouped(token["rank"]!.int!)), \(percent)"
      let place = "text \(step)/\(tokens.count - 1)"
      let isShown = pty.wait { $0.text.contains(place) && $0.text.contains(words) }
      try #require(isShown, "step \(step): \(words)\n\(pty.screen.text)")
      pty.send(Self.right)
    }
    let hasEnded = pty.wait {
      $0.text.contains("met it in the forest.") && !$0.text.contains("The author:")
        && $0.text.contains("the author's text ends here")
    }
    try #require(hasEnded, "\(pty.screen.text)")
    pty.send("q")
    #expect(pty.exitStatus() == 0)
  }

  @Test func anEmptyTextIsOneSentence() throws {
    let pty = try open(["--score", "/dev/null"])
    #expect(pty.exitStatus() == 1)
    #expect(pty.output.contains("gpt2-viz: the text to follow has no tokens; give a longer one"))
  }
}
