import LMCore
import Testing

/// What GPT-2 (124M) itself must give. Needs its published weights, which the repository does not hold.
@Suite(
  .enabled(
    if: TestFiles.gpt2Weights != nil,
    "no weights of gpt2: set GPT2_VIZ_GPT2_DIR to their folder, or have them in the Hugging Face cache"))
struct ReferenceRunTests {
  private let prompt = "My favourite movie is"
  private let fifteen = " The Matrix, and I'm not sure if I'll ever watch it again"

  private func run(_ command: String, _ options: String...) throws -> ProgramRun {
    try ProgramRun([command, prompt, "-m", try #require(TestFiles.gpt2Weights)] + options)
  }

  @Test func logitsOfEveryPosition() throws {
    let answer = try run("logits", "--all").json()
    #expect(answer["ids"] == [3666, 12507, 3807, 318])
    #expect(answer["shape"] == [4, 50257])
    let last = try #require(answer["logits"]?.array?.last?.doubles)
    #expect(last.count == 50257)
    #expect(last.firstIndex(of: try #require(last.max())) == 383)
  }

  @Test func mostProbableTokenIsThe() throws {
    #expect(try run("next", "--format", "json").json()["top"]?.array?.first?["token"] == "ĠThe")
  }

  @Test func greedyText() throws {
    #expect(try run("generate", "-n", "15", "--greedy").output == prompt + fifteen + "\n")
    let again = "I'm not sure if I'll ever"
    #expect(
      try run("generate", "-n", "50", "--greedy").output
        == prompt + fifteen + ".\n\n" + again + " watch it again. " + again + " watch it again. " + again
        + "\n")
  }
}
