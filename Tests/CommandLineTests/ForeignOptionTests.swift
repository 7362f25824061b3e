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
      ("--penalty-last-n", "here it is --repeat-last-n"), ("-ngl", "models run on the processor"),
      ("-temp", "here it is --temperature"), ("-top-k", "here it is --top-k"),
      ("--repetition_penalty", "here it is --repetition-penalty"),
      ("--repeat_penalty", "here it is --repeat-penalty"), ("--top_k", "here it is --top-k"),
      ("--min_p", "here it is --min-p"), ("--n-predict", "here it is --tokens"),
      ("--max-new-tokens", "here it is --tokens"), ("--max_tokens", "here it is --tokens"),
      ("--sampler-seq", "here it is --order"), ("--no_repeat_ngram_size", "here it is --no-repeat-ngram"),
      ("--ctx-size", "here it is --context"),
      ("-c", "here it is --context"),
      ("--tfs", "there is no tail-free sampling here"),
      ("--do-sample", "a token is drawn unless --greedy is given; 'gpt2-viz beam' has --sample"),
      (
        "--num-beams",
        "here it is --beams, of the visualizer ('gpt2-viz' without a command) or 'gpt2-viz beam'"
      ),
      (
        "--num-beam-groups",
        "here it is --groups, of the visualizer ('gpt2-viz' without a command) or 'gpt2-viz beam'"
      ),
      (
        "--num_beams",
        "here it is --beams, of the visualizer ('gpt2-viz' without a command) or 'gpt2-viz beam'"
      ),
      ("--logprobs", "here it is --top, of 'gpt2-viz next'"),
    ])
  func aForeignNameHasAnAnswer(option: String, answer: String) {
    #expect(complaint(["generate", "a", option, "1"]) == "unknown option '\(option)'; \(answer)")
  }

  @Test func theCommandThatHasItIsNamed() {
    #expect(
      complaint(["--n-predict", "5"])
        == "unknown option '--n-predict'; here it is --tokens, of 'gpt2-viz generate', 'gpt2-viz beam' or 'gpt2-viz study'"
    )
    #expect(
      complaint(["-n", "5"])
        == "unknown option '-n'; it belongs to 'gpt2-viz generate', 'gpt2-viz beam' or 'gpt2-viz study'")
    #expect(
      complaint(["tokenize", "a", "--temp", "1"]).hasSuffix(
        "; here it is --temperature, of the visualizer ('gpt2-viz' without a command), 'gpt2-viz generate', 'gpt2-viz beam', 'gpt2-viz next' or 'gpt2-viz filter'"
      ))
    // Where it is a beginning of one option, it means that.
    #expect(complaint(["generate", "a", "--temp", "1"]) == "no complaint")
  }

  @Test func llamaCppsOptionsAreAcceptedAsTheyStand() throws {
    let words = """
      --samplers penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature --temp 0.8 --top-k 40 --top-p 0.95
      --min-p 0.05 --top-nsigma -1 --xtc-probability 0.5 --xtc-threshold 0.1 --typical 0.9 --repeat-last-n 64
      --repeat-penalty 1.1 --presence-penalty 0.1 --frequency-penalty 0.1 --dry-multiplier 0.8 --dry-base 1.75
      --dry-allowed-length 2 --dry-penalty-last-n -1 --dry-sequence-breaker \\n --adaptive-target -1
      --adaptive-decay 0.9 --dynatemp-range 0.2 --dynatemp-exp 1 --mirostat 0 --mirostat-lr 0.1 --mirostat-ent 5
      """
    #expect(
      complaint(["generate", "a"] + words.split { $0.isWhitespace }.map(String.init)) == "no complaint")
  }

  @Test func theProgramSaysIt() throws {
    let run = try ProgramRun(["generate", "a", "--tfs", "2"])
    #expect(run.code == 2)
    #expect(run.output == "")
    #expect(
      run.errors == """
        gpt2-viz: unknown option '--tfs'; there is no tail-free sampling here
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
