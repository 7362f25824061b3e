/// Options of llama.cpp, vLLM and `transformers` that are called otherwise here, or do not exist.
struct ForeignOption: Sendable {
  enum Answer: Sendable, Equatable {
    /// The name of the option that does the same.
    case option(String)
    /// The end of a sentence that says what is there instead, or that nothing is.
    case words(String)
  }

  /// Without hyphens before them, with `-` for `_`; a letter is an option such as `-c`.
  let names: [String]
  let answer: Answer

  /// What stands for an option that has this name elsewhere; nil for an unknown name.
  static func answer(to name: String) -> Answer? {
    let hyphened = hyphened(name)
    return all.first { $0.names.contains(hyphened) }?.answer
  }

  /// The end of a sentence about an unknown name: what stands for it here, in this spelling; nil where nothing is known.
  static func hint(for name: String, spelling: (String) -> String) -> String? {
    answer(to: name).map { answer in
      switch answer {
      case .option(let own): "; here it is \(spelling(own))"
      case .words(let words): "; \(words)"
      }
    }
  }

  /// `top-k` for `top_k`: both spellings are in use.
  static func hyphened(_ name: String) -> String { String(name.map { $0 == "_" ? "-" : $0 }) }

  private init(_ names: String, is option: String) {
    (self.names, answer) = (names.split(separator: " ").map(String.init), .option(option))
  }

  private init(_ names: String, _ words: String) {
    (self.names, answer) = (names.split(separator: " ").map(String.init), .words(words))
  }

  static let all = [
    ForeignOption("penalty-repeat", is: "repeat-penalty"),
    ForeignOption("penalty-last-n", is: "repeat-last-n"),
    ForeignOption("n-predict predict max-new-tokens max-tokens max-length", is: "tokens"),
    ForeignOption("no-repeat-ngram-size", is: "no-repeat-ngram"),
    ForeignOption("epsilon-cutoff", is: "epsilon"),
    ForeignOption("eta-cutoff", is: "eta"),
    ForeignOption("sampler-seq sampling-seq", is: "order"),
    ForeignOption("ignore-eos", is: "no-stop-at-eos"),
    ForeignOption("n-probs logprobs top-logprobs num-logprobs", is: "top"),
    ForeignOption("rng-seed random-seed manual-seed s", is: "seed"),
    ForeignOption("threads-batch num-threads", is: "threads"),
    ForeignOption("dtype torch-dtype quantization load-in-8bit", is: "precision"),
    ForeignOption("model-path model-name model-name-or-path hf-repo", is: "model"),
    ForeignOption("prompt", "the text needs no option: gpt2-viz 'TEXT'"),
    ForeignOption("do-sample", "a token is drawn unless --greedy is given; 'gpt2-viz beam' has --sample"),
    ForeignOption("num-return-sequences n-sequences", is: "return"),
    ForeignOption("ctx-size c n-ctx max-model-len max-position-embeddings", is: "context"),
    ForeignOption("tfs tfs-z", "there is no tail-free sampling here"),
    ForeignOption("num-beams beam-width", is: "beams"),
    ForeignOption("num-beam-groups beam-groups", is: "groups"),
    ForeignOption("diversity-penalty", is: "diversity"),
    ForeignOption("best-of", "a run writes one text; another --seed writes another"),
    ForeignOption("penalty-alpha", is: "contrastive"),
    ForeignOption("logit-bias", "there is no logit bias here"),
    ForeignOption("grammar grammar-file json-schema", "there are no grammars here"),
    ForeignOption("n-gpu-layers ngl gpu-layers device tensor-split", "models run on the processor"),
  ]
}
