import TestSupport
import Testing

/// What is no trace is one sentence, before any screen opens.
@Suite struct TraceInputTests {
  @Test(arguments: ["replay", "report"])
  func defectsAreOneSentenceWithTheirLine(command: String) throws {
    let folder = try TemporaryFolder()
    let trace = try ProgramRun(["generate", "The king", "-n", "2", "--seed", "1", "--format", "jsonl"]).output
    let lines = trace.split(separator: "\n").map(String.init)
    let cut = try folder.write(
      "cut.jsonl", ([lines[0], String(lines[1].dropLast(40))] + lines[2...]).joined(separator: "\n"))
    let first = try folder.write("first.jsonl", lines[0].utf8.dropLast())
    let words = try folder.write("words.jsonl", "Once upon a time\n")
    let binary = try folder.write("binary.jsonl", [0, 255, 10])
    let empty = try folder.write("empty.jsonl", "")
    func run(_ path: String) throws -> String {
      let run = try ProgramRun([command, path])
      #expect(run.code == 1)
      #expect(run.output == "")
      return run.errors
    }
    #expect(try run(cut).hasPrefix("gpt2-viz: \(cut) is no trace that can be read: line 2 is not JSON: "))
    #expect(try run(first).hasPrefix("gpt2-viz: \(first) is no trace that can be read: line 1 is not JSON: "))
    #expect(
      try run(words)
        == "gpt2-viz: \(words) is no trace that can be read: line 1 is not JSON: a value that is no JSON at byte 0\n"
    )
    #expect(
      try run(binary).hasPrefix("gpt2-viz: \(binary) is no trace that can be read: line 1 is not JSON: "))
    #expect(
      try run(empty)
        == "gpt2-viz: \(empty) is no trace that can be read: the file is empty; it should begin with a line of type \"start\"\n"
    )
    #expect(try run("/nonexistent").hasPrefix("gpt2-viz: cannot read /nonexistent: No such file"))
  }

  /// As a process leaves it that was killed while it wrote; a byte order mark comes from other programs.
  @Test func aLastLineThatIsCutIsLeftOutAndSaid() throws {
    let folder = try TemporaryFolder()
    let trace = try ProgramRun(["generate", "The king", "-n", "3", "--seed", "1", "--format", "jsonl"]).output
    let lines = trace.split(separator: "\n")
    let cut = try folder.write(
      "cut.jsonl", [0xEF, 0xBB, 0xBF] + Array(lines[0...3].joined(separator: "\n").utf8.dropLast(40)))
    let whole = try folder.write("whole.jsonl", Array(lines[0...2].joined(separator: "\n").utf8))
    let run = try ProgramRun(["report", cut])
    #expect(run.code == 0)
    #expect(run.errors == "gpt2-viz: line 4 of \(cut) is cut off; the 2 steps before it are used\n")
    let expected = try ProgramRun(["report", whole])
    #expect(expected.code == 0 && expected.errors == "" && run.output == expected.output)
  }

  @Test(arguments: ["replay", "report"])
  func aFileIsNeeded(command: String) throws {
    let run = try ProgramRun([command])
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: '\(command)' needs FILE: "))
  }
}
