import Foundation
import LMCore
import Testing

@Suite struct ScoreCommandTests {
  private let text = "Once upon a time there was a king."

  @Test func firstTokenHasNoPrediction() throws {
    let answer = try ProgramRun(["score", text, "--format", "json"]).json()
    let tokens = try #require(answer["tokens"]?.array)
    #expect(tokens[0].members?.map(\.name) == ["id", "token", "piece", "logprob", "rank", "entropy_bits"])
    #expect(tokens[0]["logprob"] == .null)
    #expect(tokens[0]["rank"] == .null)
    #expect(tokens.compactMap { $0["piece"]?.string }.joined() == text)
    let logs = tokens.compactMap { $0["logprob"]?.double }
    #expect(logs.count == tokens.count - 1)
    let perplexity = exp(-logs.reduce(0, +) / Double(logs.count))
    #expect(abs(try #require(answer["perplexity"]?.double) - perplexity) < 1e-9)
  }

  @Test func endOfTextPredictsTheFirst() throws {
    let tokens = try #require(
      try ProgramRun(["score", text, "--bos", "--format", "json"]).json()["tokens"]?.array)
    #expect(tokens.compactMap { $0["piece"]?.string }.joined() == text)
    let first = try ProgramRun(["next", "", "--top", "4096", "--format", "json"]).json()["top"]?.array?
      .first { $0["id"] == tokens[0]["id"] }
    #expect(first?["rank"] == tokens[0]["rank"])
    let expected = log(try #require(first?["before"]?.double))
    #expect(abs(try #require(tokens[0]["logprob"]?.double) - expected) < 1e-4)
  }

  /// What `generate` says of its own tokens, `score` says of the same text.
  @Test func agreesWithGenerate() throws {
    let lines = try ProgramRun(["generate", text, "-n", "10", "--greedy", "--format", "jsonl"]).jsonLines()
    let ids = (lines[0]["ids"]?.array ?? []) + lines.compactMap { $0["id"] }
    let answer = try ProgramRun(["score", "--ids", JSON.array(ids).description, "--format", "json"]).json()
    let tokens = try #require(answer["tokens"]?.array).suffix(10)
    for (scored, step) in zip(tokens, lines[1...10]) {
      #expect(scored["id"] == step["id"])
      #expect(scored["rank"] == step["rank"])
      for (one, other) in [("logprob", "logprob"), ("entropy_bits", "entropy_bits")] {
        let difference = abs(try #require(scored[one]?.double) - (try #require(step[other]?.double)))
        #expect(difference < 1e-3, "\(one)")
      }
    }
  }

  @Test func tableEndsWithThePerplexity() throws {
    let run = try ProgramRun(["score", text])
    #expect(run.code == 0)
    #expect(run.output.split(separator: "\n").last?.hasPrefix("perplexity ") == true)
  }

  @Test func nothingToScoreIsNoError() throws {
    #expect(try ProgramRun(["score", "", "--format", "json"]).json() == ["tokens": [], "perplexity": nil])
    #expect(try ProgramRun(["score", "a", "--format", "json"]).json()["perplexity"] == .null)
  }

  @Test func theLastTokenNeedsNoPlace() throws {
    func ids(_ count: Int) -> String { Array(repeating: "7", count: count).joined(separator: " ") }
    #expect(try ProgramRun(["score", "--ids", ids(513), "--format", "json"]).code == 0)
    let run = try ProgramRun(["score", "--ids", ids(514), "--format", "json"])
    #expect(run.code == 1)
    #expect(
      run.errors == "gpt2-viz: the text has 514 tokens, but with a context of 512 at most 513 can be scored; "
        + "score it in parts\n")
    #expect(try ProgramRun(["score", "--bos", "--ids", ids(512), "--format", "json"]).code == 0)
    let behind = try ProgramRun(["score", "--bos", "--ids", ids(513)])
    #expect(behind.code == 1)
    #expect(
      behind.errors.contains("has 513 tokens, but with a context of 512 at most 512 can be scored behind"))
  }
}
