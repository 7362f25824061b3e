import Foundation
import LMCore
import TestSupport
import Testing

@Suite struct GenerateCommandTests {
  private let prompt = "Once upon a time"

  private func generate(_ options: String...) throws -> ProgramRun {
    try ProgramRun(["generate", prompt] + options)
  }

  /// The lines without what the clock decides.
  private func timeless(_ run: ProgramRun) throws -> [JSON] {
    try run.jsonLines().map { line in
      .object((line.members ?? []).filter { $0.name != "tokens_per_second" })
    }
  }

  @Test func greedyIsTheSameEveryTime() throws {
    let first = try generate("--greedy", "-n", "60")
    #expect(first.code == 0)
    #expect(first.errors == "")
    #expect(first.output.hasPrefix(prompt))
    #expect(first.output.hasSuffix("\n"))
    #expect(first.output.count > prompt.count + 60)
    #expect(try generate("-t", "0", "-n60", "--seed", "7").output == first.output)
    #expect(try generate("--greedy", "-n", "60", "--threads", "1").output == first.output)
  }

  @Test func theSeedDecides() throws {
    let options = ["generate", prompt, "-n", "30", "-p", "0.95", "--format", "jsonl", "--seed"]
    let first = try timeless(ProgramRun(options + ["42"]))
    #expect(try timeless(ProgramRun(options + ["42"])) == first)
    #expect(try timeless(ProgramRun(options + ["43"])) != first)
  }

  @Test func aRandomSeedIsToldAndReproduces() throws {
    let first = try generate("-n", "12")
    let seed = try #require(first.errors.firstMatch(of: /^gpt2-viz: seed (\d+)\n$/)?.1)
    #expect(try generate("-n", "12", "--seed", String(seed)).output == first.output)
  }

  @Test func linesHaveTheirFields() throws {
    let lines = try generate("-n", "5", "--seed", "1", "-k", "40", "--format", "jsonl").jsonLines()
    #expect(lines.map { $0["type"]?.string } == ["start", "step", "step", "step", "step", "step", "end"])
    #expect(
      lines[0].members?.map(\.name) == [
        "type", "model", "prompt", "ids", "settings", "seed", "version", "tokens", "vocab_size", "context",
        "parameters", "dtype",
      ])
    #expect(lines[0]["prompt"] == JSON(prompt))
    #expect(lines[0]["settings"]?["top_k"] == 40)
    #expect(lines[0]["seed"] == 1)
    for (index, step) in lines[1...5].enumerated() {
      #expect(
        step.members?.map(\.name) == [
          "type", "index", "id", "token", "piece", "forced", "u", "logprob", "before", "after", "rank",
          "entropy_bits", "kept", "kept_mass", "entropy_after_bits", "filtered_mass", "binding", "cut_rank",
          "draw", "drawn", "interval", "stages", "rows",
        ])
      #expect(step["index"] == JSON(index))
      #expect(step["forced"] == false)
      let u = try #require(step["u"]?.double)
      #expect((0..<1).contains(u))
      let before = try #require(step["before"]?.double)
      #expect(abs(try #require(step["logprob"]?.double) - log(before)) < 1e-12)
      #expect(try #require(step["after"]?.double) >= before)
      #expect((1...40).contains(try #require(step["rank"]?.int)))
      #expect(try #require(step["kept"]?.int) >= 40)
    }
    let pieces = lines[1...5].compactMap { $0["piece"]?.string }
    #expect(lines[6]["text"] == JSON(prompt + pieces.joined()))
    #expect(lines[6]["reason"] == "length")
    let mean = lines[1...5].compactMap { $0["logprob"]?.double }.reduce(0, +) / 5
    #expect(abs(try #require(lines[6]["perplexity"]?.double) - exp(-mean)) < 1e-9)
    #expect(try #require(lines[6]["tokens_per_second"]?.double) > 0)
  }

  /// What stands in the lines is a trace, and the rows in it are those of `next`.
  @Test func linesAreATrace() throws {
    let options = ["-p", "0.9", "--seed", "3", "--format", "jsonl"]
    let run = try ProgramRun(["generate", prompt, "-n", "4", "--trace-rows", "5"] + options)
    let trace = try Trace(parsing: Array(run.output.utf8))
    #expect(trace.steps.count == 4)
    #expect(trace.end?.next != nil)
    #expect(trace.steps.allSatisfy { $0.decision.knownRanks == 5 })
    let next = try ProgramRun(["next", prompt, "-p", "0.9", "--top", "5", "--format", "json"]).json()
    let rows = try #require(try run.jsonLines()[1]["rows"]?.array)
    #expect(Array(rows.prefix(5)) == next["top"]?.array)
    let bare = try ProgramRun(["generate", prompt, "-n", "4", "--trace-rows", "0"] + options)
    #expect(try bare.jsonLines().allSatisfy { $0["rows"] == nil })
    #expect(try Trace(parsing: Array(bare.output.utf8)).steps.map(\.step) == trace.steps.map(\.step))
  }

  @Test func greedyDrawsNoNumber() throws {
    let lines = try generate("-n", "3", "--greedy", "--format", "jsonl").jsonLines()
    for step in lines[1...3] {
      #expect(step["u"] == .null)
      #expect(step["rank"] == 1)
      #expect(step["kept"] == 1)
    }
  }

  @Test func textAndLinesTellTheSameStory() throws {
    let options = ["generate", prompt, "-n", "20", "--seed", "5"]
    let text = try ProgramRun(options).output
    #expect(
      JSON(String(text.dropLast()))
        == (try ProgramRun(options + ["--format", "jsonl"]).jsonLines().last?["text"]))
  }

  @Test func csvHasARowAStep() throws {
    let run = try generate("-n", "4", "--seed", "1", "--format", "csv")
    let rows = run.output.split(separator: "\n")
    #expect(rows[0] == "index,id,token,piece,forced,u,logprob,before,after,rank,entropy_bits,kept,kept_mass")
    #expect(rows.count == 5)
    let step = try generate("-n", "4", "--seed", "1", "--format", "jsonl").jsonLines()[1]
    #expect(rows[1].hasPrefix("0,\(try #require(step["id"])),\"\(try #require(step["token"]?.string))\","))
  }

  @Test func zeroTokensGiveThePromptBack() throws {
    #expect(try generate("-n", "0", "--greedy").output == prompt + "\n")
    let end = try #require(try generate("-n", "0", "--format", "jsonl").jsonLines().last)
    #expect(end["perplexity"] == .null)
    #expect(end["text"] == JSON(prompt))
  }

  @Test func emptyPromptBeginsWithEndOfText() throws {
    let lines = try ProgramRun(["generate", "", "-n", "3", "--greedy", "--format", "jsonl"]).jsonLines()
    let endOfText = try ProgramRun(["tokenize", "<|endoftext|>", "--format", "json"]).json()["ids"]
    #expect(lines[0]["ids"] == endOfText)
    #expect(lines[0]["prompt"] == "")
    #expect(lines.last?["text"]?.string?.contains("<|endoftext|>") == false)
  }

  @Test func idsStandForThePrompt() throws {
    let ids = try #require(try ProgramRun(["tokenize", prompt, "--format", "json"]).json()["ids"])
    let run = try ProgramRun(["generate", "--ids", ids.description, "-n", "8", "--greedy"])
    #expect(run.output == (try generate("-n", "8", "--greedy").output))
  }

  @Test func endsWhereTheContextIsFull() throws {
    // One token more than the model can read: the last one chosen is never fed.
    let ids = Array(repeating: "5", count: 510).joined(separator: " ")
    let run = try ProgramRun(
      ["generate", "--ids", ids, "-n", "50", "--greedy", "--no-stop-at-eos", "--format", "jsonl"])
    let lines = try run.jsonLines()
    #expect(run.errors == "gpt2-viz: the context is full, so the text ends after 3 of 50 tokens\n")
    #expect(lines.last?["reason"] == "context")
    #expect(lines.count == 1 + 3 + 1)
  }

  /// A byte that is no character keeps its value in a table of text.
  @Test func bytesInCSVAreThoseOfTheScreen() throws {
    // At this temperature nearly all tokens are equal, and one in thirty is such a byte.
    let table = try generate("-t", "100", "--seed", "1", "-n", "200", "--no-stop-at-eos", "--format", "csv")
    #expect(!table.output.contains("\u{FFFD}"))
    #expect(table.output.contains(/,"<[0-9A-F]{2}>",/))
  }

  @Test func stopsAtEndOfTextUnlessTold() throws {
    let ending = "and they lived happily ever after."
    func run(_ options: String...) throws -> [JSON] {
      // A seed whose first number falls on <|endoftext|>.
      try ProgramRun(["generate", ending, "-n", "8", "--seed", "4", "--format", "jsonl"] + options)
        .jsonLines()
    }
    let endOfText = try ProgramRun(["tokenize", "<|endoftext|>", "--format", "json"]).json()["ids"]?.array?
      .first
    let stopped = try run()
    #expect(stopped.count == 3)
    #expect(stopped[1]["id"] == endOfText)
    #expect(stopped[2]["reason"] == "eos")
    #expect(stopped[2]["text"] == JSON(ending))
    #expect(try run("--no-stop-at-eos", "--stop-at-eos").count == 3)
    let unstopped = try run("--no-stop-at-eos")
    #expect(unstopped.count == 10)
    #expect(unstopped[9]["reason"] == "length")
    #expect(unstopped[9]["text"]?.string?.hasPrefix(ending + "<|endoftext|>") == true)
  }

  @Test func aFolderWithoutVocabularyServesIDs() throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "model.safetensors"])
    let options = ["generate", "-m", folder.path, "--ids", "300 301", "-n", "4", "--greedy", "--format"]
    let lines = try ProgramRun(options + ["jsonl"]).jsonLines()
    #expect(lines[1]["token"] == .null)
    #expect(lines[1]["piece"] == .null)
    #expect(lines.last?["text"] == .null)
    let builtIn = try ProgramRun(["generate", "--ids", "300 301", "-n", "4", "--greedy", "--format", "jsonl"])
    #expect(lines[1...4].map { $0["id"] } == (try builtIn.jsonLines())[1...4].map { $0["id"] })
    let text = try ProgramRun(options + ["text"])
    #expect(text.code == 1)
    #expect(text.errors.contains("no vocabulary"))
  }
}
