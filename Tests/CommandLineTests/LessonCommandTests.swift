import Foundation
import LMCore
import TestSupport
import Testing

@Suite struct LessonCommandTests {
  @Test func listsTheLessons() throws {
    let run = try ProgramRun(["lesson"])
    let lines = run.output.split(separator: "\n")
    #expect(run.code == 0)
    #expect(lines.count == 14)
    let json = try ProgramRun(["lesson", "--format", "json"]).json()
    let lessons = try #require(json["lessons"]?.array)
    #expect(
      lessons.compactMap { $0["name"]?.string } == [
        "greedy-loops", "temperature", "top-k-vs-top-p", "nucleus", "human-text", "beam-repeats",
        "contrastive", "min-p",
        "order-of-the-chain", "temperature-with-min-p", "one-percent", "typical", "penalties",
      ])
    // The basics come first.
    #expect(
      lessons.compactMap { $0["part"]?.string }
        == .init(repeating: "basics", count: 7) + .init(repeating: "engineers", count: 6))
    for (line, lesson) in zip(lines.dropFirst(), lessons) {
      #expect(line.hasPrefix(lesson["name"]!.string! + " "))
      #expect(line.contains(" \(lesson["part"]!.string!) "))
      #expect(line.hasSuffix(lesson["title"]!.string!))
      #expect(lesson["steps"]!.int! >= 5)
    }
  }

  /// What is printed is a lesson file again.
  @Test func printsALessonThatCanBeChanged() throws {
    let folder = try TemporaryFolder()
    let run = try ProgramRun(["lesson", "temperature", "--print"])
    let file = try folder.write("mine.lesson", run.output)
    let again = try ProgramRun(["lesson", file, "--print"])
    #expect(again.code == 0)
    #expect(again.output == run.output)
  }

  /// The example of the documentation is a lesson.
  @Test func theDocumentedLessonIsOne() throws {
    let path = TestFiles.repository.appending(path: "Documentation/Lessons.md")
    let parts = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "```\n")
    let example = try #require(parts.first { $0.hasPrefix("# Lines that begin") })
    let folder = try TemporaryFolder()
    let file = try folder.write("mine.lesson", example)
    let run = try ProgramRun(["lesson", file, "--print"])
    #expect(run.code == 0, "\(run.errors)")
  }

  @Test(arguments: [
    (["lesson", "gredy-loops"], "there is no lesson 'gredy-loops'; did you mean 'greedy-loops'?"),
    (["lesson", "quantum"], "there is no lesson 'quantum', and no file of this name"),
    (["lesson", "--print"], "--print needs the name of a lesson"),
    (
      ["lesson", "nucleus", "-k", "3"],
      "unknown option '-k'; it belongs to the visualizer ('gpt2-viz' without a command), 'gpt2-viz generate', 'gpt2-viz beam', 'gpt2-viz next' or 'gpt2-viz filter'"
    ),
    (["--score", "a.txt", "Once"], "--score FILE brings its own text; leave the prompt out"),
  ])
  func wrongWordsAreCode2(arguments: [String], sentence: String) throws {
    let run = try ProgramRun(arguments)
    #expect(run.code == 2)
    #expect(run.errors.hasPrefix("gpt2-viz: \(sentence)\n"), "\(run.errors)")
  }

  @Test func aBadFileIsNamedWithItsLine() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("mine.lesson", "title: A\nLook.\nuntil: lopp\n")
    let run = try ProgramRun(["lesson", file])
    #expect(run.code == 1)
    #expect(run.errors.hasPrefix("gpt2-viz: \(file), line 3: 'lopp' is nothing to wait for"))
    let misspelt = try folder.write("other.lesson", "title: A\nLook.\nuntill: loop\nLook again.\n")
    let other = try ProgramRun(["lesson", misspelt, "--print"])
    #expect(other.code == 1)
    #expect(
      other.errors.hasPrefix(
        "gpt2-viz: \(misspelt), line 3: 'untill:' means nothing; did you mean 'until:'?"), "\(other.errors)")
    let lost = try ProgramRun(["lesson", folder.path + "/none.lesson"])
    #expect(lost.code == 1)
    #expect(lost.errors.hasPrefix("gpt2-viz: cannot read "))
  }
}
