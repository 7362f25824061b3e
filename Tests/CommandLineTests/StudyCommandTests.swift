import Foundation
import LMCore
import TestSupport
import Testing

@testable import gpt2_viz

/// `study` on the built-in model.
@Suite struct StudyCommandTests {
  private let folder: TemporaryFolder
  private let prompts: String

  init() throws {
    folder = try TemporaryFolder()
    prompts = folder.path + "/prompts.txt"
    try "Once upon a time\n\nThe king said\r\nShe was".write(
      toFile: prompts, atomically: true, encoding: .utf8)
  }

  private func run(_ words: String...) throws -> ProgramRun {
    try ProgramRun(["study", prompts] + words, environment: ["XDG_STATE_HOME": folder.path])
  }

  private let names = [
    "texts", "perplexity", "self_bleu4", "zipf", "repetition", "distinct_1", "distinct_2", "distinct_4",
    "repeated_4grams", "mean_length", "ended",
  ]

  @Test func theFormatsAgree() throws {
    let few = ["-n", "8", "--strategy", "greedy", "--strategy", "top-k 5, temperature 0.7", "--seed", "3"]
    let answer = try ProgramRun(["study", prompts, "--format", "json"] + few).json()
    let rows = try #require(answer["rows"]?.array)
    #expect(rows.map { $0["strategy"]?.string } == ["greedy", "top-k 5, temperature 0.7"])
    #expect(rows[0].members?.map(\.name) == ["strategy", "settings"] + names)
    #expect(rows[1]["settings"]?["top_k"] == 5)
    // The empty line is no prompt.
    #expect(rows.allSatisfy { $0["texts"] == 3 })
    #expect(answer["seed"] == 3)
    let csv = try ProgramRun(["study", prompts, "--format", "csv"] + few).output
    let lines = csv.split(separator: "\n")
    #expect(lines[0] == "strategy,\(names.joined(separator: ","))")
    #expect(lines[2].hasPrefix("\"top-k 5, temperature 0.7\",3,"))
    #expect(lines[1].split(separator: ",")[2] == rows[0]["perplexity"]?.description[...] ?? "")
    let table = try ProgramRun(["study", prompts] + few).output.split(separator: "\n")
    #expect(table[0].split(separator: " ").map(String.init) == ["strategy"] + names)
    #expect(table.count == 3)
  }

  /// Where a server has not told all tokens of a human text.
  @Test func aBoundIsMarked() throws {
    let profile = ModelProfile(
      name: "fake", source: .server, parameterCount: 1, dtype: "f32", byteCount: 4, vocabularySize: 40,
      contextLength: 64)
    let plan = try StudyPlan(
      StudyPlan.strategiesOfThePaper, prompts: [[1]], tokenCount: 2, seed: 1, for: profile)
    func row(_ name: String, _ hasUntold: Bool) -> StudyTable.Row {
      let text = CollectedText(
        ids: [1, 2], logProbabilities: [-1, -1], isEnded: false, hasUntold: hasUntold)
      return .init(name: name, method: nil, texts: [text])
    }
    let table = StudyTable(plan: plan, model: profile, rows: [row("bound", true), row("exact", false)])
    #expect(table.cells.rows.map { $0[2] } == ["at least 2.72", "2.72"])
    let lines = table.csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(lines[0].last == "perplexity_at_least" && lines.allSatisfy { $0.count == lines[0].count })
    #expect(lines[1][2] == "" && lines[1].last?.hasPrefix("2.718") == true)
    #expect(lines[2][2].hasPrefix("2.718") && lines[2].last == "")
    let rows = try #require(table.json["rows"]?.array)
    #expect(rows[0]["perplexity"] == .null && rows[0]["perplexity_at_least"]?.double != nil)
    #expect(rows[1]["perplexity"]?.double != nil && rows[1]["perplexity_at_least"] == nil)
    let exact = StudyTable(plan: plan, model: profile, rows: [row("exact", false)])
    #expect(!exact.csv.contains("at_least"))
  }

  /// Perplexity and length from what `generate` writes with the same prompts and seeds.
  @Test func theTextsAreThoseOfGenerate() throws {
    let rows = try run("-n", "9", "--strategy", "nucleus", "--seed", "40", "--format", "json").json()["rows"]?
      .array
    var logs: [Double] = []
    for (place, prompt) in ["Once upon a time", "The king said", "She was"].enumerated() {
      let steps = try ProgramRun([
        "generate", prompt, "-n", "9", "--preset", "nucleus", "--seed", String(40 + place), "--format",
        "jsonl",
      ]).jsonLines().filter { $0["type"] == "step" }
      logs += steps.compactMap { $0["logprob"]?.double }
    }
    let perplexity = try #require(rows?.first?["perplexity"]?.double)
    #expect(abs(perplexity - exp(-logs.reduce(0, +) / Double(logs.count))) < 1e-9)
  }

  @Test func batchesAndThreadsChangeNothing() throws {
    let expected = try run("-n", "10", "--samples", "5", "--format", "csv", "--batch", "1")
    #expect(expected.code == 0)
    #expect(expected.output.split(separator: "\n").count == 9)
    for words in [["--batch", "7"], ["--batch", "64", "--threads", "1"]] {
      let run = try ProgramRun(["study", prompts, "-n", "10", "--samples", "5", "--format", "csv"] + words)
      #expect(run.output == expected.output)
    }
  }

  @Test func humanTextIsTheFirstRow() throws {
    let human = folder.path + "/human.txt"
    let tale = String(repeating: "There was once a miller who had three sons, and a mill. ", count: 3)
    try tale.write(toFile: human, atomically: true, encoding: .utf8)
    let run = try run("-n", "8", "--strategy", "pure", "--human", human, "--format", "json")
    #expect(run.code == 0)
    let rows = try JSON(parsing: run.output)["rows"]?.array
    #expect(rows?.map { $0["strategy"]?.string } == ["human", "pure"])
    #expect(rows?[0]["settings"] == .null)
    #expect(rows?[0]["mean_length"] == 8)
    let short = try ProgramRun(["study", prompts, "-n", "300", "--human", human])
    short.expectSentence("the human text has", "give a longer text, or a smaller -n")
  }

  /// Ctrl-C, then the same command again: the same bytes as without, and no file is left.
  @Test func anInterruptedStudyGoesOn() throws {
    let words =
      "study '\(prompts)' -n 60 --samples 30 --strategy pure --strategy greedy --batch 2 --format csv"
    let expected = try ProgramRun.shell("gpt2-viz \(words)")
    #expect(expected.code == 0)
    let state = ["XDG_STATE_HOME": folder.path]
    let stopped = try ProgramRun.shell(
      """
      gpt2-viz \(words) & pid=$!
      for i in $(seq 600); do [ "$(cat "$XDG_STATE_HOME"/gpt2-viz/study-* 2>/dev/null | wc -l)" -ge 4 ] && break; sleep 0.05; done
      kill -INT $pid; wait $pid; echo "code $?"
      """, environment: state)
    #expect(stopped.output == "code 130\n", "\(stopped.errors)")
    #expect(stopped.errors.contains("of 60 texts are in \(folder.path)/gpt2-viz/study-"), "\(stopped.errors)")
    let again = try ProgramRun.shell("gpt2-viz \(words)", environment: state)
    #expect(again.output == expected.output)
    #expect(again.errors.contains("of 60 texts were finished before"), "\(again.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/gpt2-viz").isEmpty)
  }

  /// The output has no room: the texts stay, and the next run only writes the table.
  @Test func aFullDiskLosesNothing() throws {
    let words = "study '\(prompts)' -n 5 --strategy pure"
    let state = ["XDG_STATE_HOME": folder.path]
    let full = try ProgramRun.shell("gpt2-viz \(words) >/dev/full", environment: state)
    full.expectSentence("No space left on device")
    let again = try ProgramRun.shell("gpt2-viz \(words)", environment: state)
    #expect(again.code == 0)
    #expect(again.errors == "gpt2-viz: 3 of 3 texts were finished before\n")
  }

  @Test func wrongWordsAreSaid() throws {
    #expect(try ProgramRun(["study"]).errors.contains("'study' needs PROMPTS"))
    #expect(try ProgramRun(["study"]).code == 2)
    let strategy = try run("--strategy", "nuclear")
    #expect(strategy.code == 2 && strategy.errors.contains("--strategy: "), "\(strategy.errors)")
    for (strategy, words) in [
      (" ", "there is no strategy in it"),
      ("contrastive 4, alpha 2", "alpha must be a number from 0 to 1, but it is 2"),
      ("beam 4, length-penalty x", "length-penalty must be a number, but it is x"),
      ("beam 4, early-stopping", "must be one of false, true, never, but it is missing"),
      ("beam 4, top-p 0.9", "top-p shapes what is drawn, and this search draws nothing"),
      ("beam 4, groups 2", "write \"diverse-beam 4, groups …\""),
    ] {
      let run = try run("--strategy", strategy)
      #expect(run.code == 2 && run.errors.contains(words), "\(run.errors)")
    }
    try ProgramRun(["study", "/dev/null"]).expectSentence("there is no prompt")
    try run("-n", "511").expectSentence("longer than the context of 512", "a smaller -n")
  }
}

extension StudyCommandTests {
  @Test func repeatedTextsAreSaid() throws {
    let both = ["--strategy", "greedy", "--strategy", "nucleus", "--strategy", "contrastive 2", "-n", "4"]
    let run = try ProgramRun(["study", prompts, "--samples", "4"] + both)
    #expect(run.code == 0)
    #expect(run.errors.contains("'greedy', 'contrastive 2' write the same text again"), "\(run.errors)")
    #expect(run.errors.contains("at most 3 of 4 texts differ"))
    #expect(try ProgramRun(["study", prompts] + both).errors == "")
    let drawn = try ProgramRun(["study", prompts, "--samples", "4", "-n", "4", "--strategy", "nucleus"])
    #expect(drawn.errors == "")
  }

  @Test func aPageThatCannotBeWrittenIsSaidAtOnce() throws {
    let state = folder.path + "/state"
    for (page, reason) in [
      (folder.path + "/none/x.html", "No such file or directory"),
      (folder.path + "/is.html", "Is a directory"),
    ] {
      try FileManager.default.createDirectory(
        atPath: folder.path + "/is.html", withIntermediateDirectories: true)
      let run = try ProgramRun(["study", prompts, "-o", page], environment: ["XDG_STATE_HOME": state])
      run.expectSentence("cannot write \(page): \(reason)")
      // Nothing was begun.
      #expect(!FileManager.default.fileExists(atPath: state))
    }
  }

  @Test(
    arguments: [
      (1, "name  one\nx       1\n\nname  two\nx       2\n"),
      (14, "name  one\nx       1\n\nname  two\nx       2\n"),
      (15, "name  one  two\nx       1    2\n"), (nil, "name  one  two\nx       1    2\n"),
    ] as [(Int?, String)])
  func aWideTableGoesOnBelow(columns: Int?, expected: String) {
    var table = TextTable(columns: [.left("name"), .right("one"), .right("two")])
    table.append(["x", "1", "2"])
    #expect(table.text(columns: columns) == expected)
  }
}

@Suite struct StudyDisplayTests {
  private func progress(_ texts: Int, _ tokens: Int) -> Study.Progress {
    Study.Progress(finishedTexts: texts, textCount: 800, tokens: tokens, share: Double(tokens) / 160_000)
  }

  @Test func aTerminalHasOneLineThatChanges() {
    var display = StudyDisplay(columns: 100, picture: BarPicture(drawsBlocks: false))
    #expect(display.text(for: progress(0, 32), at: 5).hasPrefix("\r#..."))
    #expect(display.text(for: progress(0, 64), at: 5.05) == "")
    let line = display.text(for: progress(400, 80_032), at: 45)
    #expect(line.hasSuffix("  400 of 800 texts  50.0%  2.00K tokens/s  0:40 left\u{1B}[K"), "\(line)")
    #expect(display.ending() == "\r\u{1B}[K")
    #expect(display.ending() == "")
    var narrow = StudyDisplay(columns: 19, picture: BarPicture(drawsBlocks: false))
    #expect(narrow.text(for: progress(400, 80_032), at: 0) == "\r400 of 800 texts\u{1B}[K")
  }

  @Test func elsewhereALineComesNowAndThen() {
    var display = StudyDisplay(columns: nil, picture: BarPicture(drawsBlocks: false))
    #expect(display.text(for: progress(0, 32), at: 0) == "")
    #expect(display.text(for: progress(1, 64), at: 9.9) == "")
    let line = display.text(for: progress(10, 16_032), at: 10)
    #expect(line == "gpt2-viz: 10 of 800 texts, 10.0%, 1.60K tokens/s, 1:30 left\n", "\(line)")
    #expect(display.ending() == "")
  }
}
