import LMCore
import Testing

@Suite struct ContextTests {
  /// The prompt's seven tokens fill the context; one more is predicted.
  @Test func aTextEndsWhereTheContextDoes() throws {
    let run = try ProgramRun(["next", "--ids", "1 2 3 4 5 6 7", "--context", "7", "--format", "json"])
    #expect(run.code == 0, "\(run.errors)")
    let long = try ProgramRun(["next", "--ids", "1 2 3 4 5 6 7 8", "--context", "7"])
    #expect(long.code == 1)
    #expect(long.errors.contains("the context 7; shorten it, or give a larger --context (up to 512)"))
    let generated = try ProgramRun([
      "generate", "--ids", "1 2 3", "-n", "20", "--context", "7", "--format", "jsonl", "--no-stop-at-eos",
    ])
    #expect(generated.output.split(separator: "\n").count == 7, "a start, five tokens, an end")
  }

  /// The floats of a position depend on the tokens before it alone.
  @Test func theNumbersAreTheSame() throws {
    let words = ["logits", "Once upon a time", "--format", "json"]
    #expect(try ProgramRun(words + ["--context", "64"]).json() == ProgramRun(words).json())
  }

  @Test func aLongerContextThanTheModelsIsRefused() throws {
    let run = try ProgramRun(["next", "a", "--context", "513"])
    #expect(run.code == 1)
    #expect(
      run.errors.contains(
        "reads at most 512 tokens, so a context of 513 is not possible; give a --context of at most 512."
      ))
    #expect(try ProgramRun(["next", "a", "--context", "0"]).code == 2)
  }
}
