import Testing

@testable import gpt2_viz

/// Names that llama.cpp, vLLM and `transformers` have for what is called otherwise here, or is not there.
@Suite struct ForeignOptionTests {
  private func complaint(_ words: [String]) -> String {
    do throws(UsageError) {
      _ = try ArgumentParser(commands: Command.descriptions).parse(words)
      return "no complaint"
    } catch {
      return error.description
    }
  }

  @Test(
    arguments: [
      ("--repeat-penalty", "here it is --repetition-penalty"),
      ("--repetition_penalty", "here it is --repetition-penalty"),
      ("--repeat_penalty", "here it is --repetition-penalty"), ("--top_k", "here it is --top-k"),
      ("--min_p", "here it is --min-p"), ("--n-predict", "here it is --tokens"),
      ("--max-new-tokens", "here it is --tokens"), ("--max_tokens", "here it is --tokens"),
      ("--samplers", "here it is --order"), ("--no_repeat_ngram_size", "here it is --no-repeat-ngram"),
      ("--ctx-size", "the context is as long as the model's"),
      ("-c", "the context is as long as the model's"),
      ("--dry-multiplier", "there is no DRY here; --no-repeat-ngram bans what would repeat"),
      ("--xtc-probability", "there is no XTC here"), ("--mirostat", "there is no Mirostat here"),
      ("--do-sample", "a token is drawn unless --greedy is given"),
      ("--num-beams", "there is no beam search here"), ("--num_beams", "there is no beam search here"),
      ("--logprobs", "here it is --top, of 'gpt2-viz next'"),
    ])
  func aForeignNameHasAnAnswer(option: String, answer: String) {
    #expect(complaint(["generate", "a", option, "1"]) == "unknown option '\(option)'; \(answer)")
  }

  @Test func theCommandThatHasItIsNamed() {
    #expect(
      complaint(["--n-predict", "5"])
        == "unknown option '--n-predict'; here it is --tokens, of 'gpt2-viz generate'")
    #expect(complaint(["-n", "5"]) == "unknown option '-n'; it belongs to 'gpt2-viz generate'")
    #expect(
      complaint(["tokenize", "a", "--temp", "1"]).hasSuffix(
        "; here it is --temperature, of 'gpt2-viz generate', 'gpt2-viz next' or 'gpt2-viz filter'"))
    // Where it is a beginning of one option, it means that.
    #expect(complaint(["generate", "a", "--temp", "1"]) == "no complaint")
  }

  @Test func theProgramSaysIt() throws {
    let run = try ProgramRun(["generate", "a", "--mirostat", "2"])
    #expect(run.code == 2)
    #expect(run.output == "")
    #expect(
      run.errors == """
        gpt2-viz: unknown option '--mirostat'; there is no Mirostat here
        Try 'gpt2-viz help generate'.

        """)
  }

  /// A name of an option of our own needs no answer, and an answer names one.
  @Test func theTableAgreesWithTheOptions() {
    let own = Set(Command.descriptions.flatMap(\.options).map(\.name))
    let names = ForeignOption.all.flatMap(\.names)
    #expect(own.intersection(names) == [])
    #expect(Set(names).count == names.count)
    for foreign in ForeignOption.all {
      switch foreign.answer {
      case .option(let name): #expect(own.contains(name))
      case .words(let words):
        for option in words.matches(of: /--([a-z-]+)/) { #expect(own.contains(String(option.output.1))) }
      }
    }
  }
}
