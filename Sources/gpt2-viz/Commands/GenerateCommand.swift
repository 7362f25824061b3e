import LMCore

extension Command {
  static let generate = Command(
    "generate", "a prompt and its continuation", synopsis: ["generate PROMPT -n N [options]"],
    details: """
      The same prompt, settings, seed and model give the same text, here and in the visualizer.
      An empty PROMPT begins with <|endoftext|>. The text ends after N tokens, at <|endoftext|>,
      or where the context is full. Formats: text; jsonl, one object a step; csv, one row a step.
      """,
    groups: [
      .textOrIDs, .model,
      OptionGroup(
        title: "Length",
        options: [
          Option("tokens", "n", "N", "how many tokens to generate (50)") {
            options, value throws(UsageError) in options.tokenCount = try value.integer(atLeast: 0)
          }.configurable { String($0.tokenCount) },
          Option(flag: "stop-at-eos", "end where the model chooses <|endoftext|> (so by default)") {
            $0.stopsAtEndOfText = true
          },
          Option(flag: "no-stop-at-eos", "go on after <|endoftext|>") { $0.stopsAtEndOfText = false },
        ]),
      .sampler, .seed, .output([.text, .jsonl, .csv]),
    ],
    examples: [
      "gpt2-viz generate 'Once upon a time' -n 60 --greedy",
      "gpt2-viz generate 'Once upon a time' --preset nucleus --seed 42 --format jsonl",
    ]
  ) { options, surroundings in
    let prompt = try options.readPrompt(for: "generate")
    let loaded = try loadModel(options, surroundings)
    let format = options.format ?? .text
    guard format != .text || loaded.tokenizer != nil else {
      throw ModelUseError.noVocabularyToWriteWith(model: loaded.name)
    }
    let ids = try loaded.ids(of: prompt)
    let settings = options.samplingSettings
    let seed = options.seed ?? UInt64(UInt32.random(in: .min ... .max))
    let session = try GenerationSession(model: loaded.model, promptIDs: ids, settings: settings, seed: seed)
    let header = GenerationHeader(
      model: loaded.name, prompt: prompt, ids: ids, tokenizer: loaded.tokenizer, settings: settings,
      seed: seed)
    // Who named a seed, or asked for no chance at all, need not be told one.
    if format != .jsonl, options.seed == nil, !settings.isGreedy { say("gpt2-viz: seed \(seed)") }
    var writer: any GenerationWriter =
      switch format {
      case .jsonl: JSONLinesWriter(header)
      case .csv: CSVWriter(header)
      default: TextWriter(header, isForTerminal: surroundings.output.isTerminal)
      }
    try carryOut(
      session, loaded: loaded, options: options, into: &writer, output: surroundings.output)
  }
}

/// Why generation ended.
enum GenerationEnd: String { case length, eos, context }

private func carryOut(
  _ session: GenerationSession, loaded: LoadedModel, options: Options,
  into writer: inout any GenerationWriter,
  output: StandardOutput
) throws {
  try writer.begin(output)
  try output.flush()
  var end = GenerationEnd.length
  var steps: [GenerationStep] = []
  let start = monotonicSeconds()
  while steps.count < options.tokenCount {
    guard !session.isContextFull else {
      end = .context
      break
    }
    let step = try session.advance()
    steps.append(step)
    let isLast = options.stopsAtEndOfText && loaded.endsText(step.id)
    try writer.write(step, index: steps.count - 1, endsText: isLast, to: output)
    // A reader follows along; a step costs far more than the hand-over.
    try output.flush()
    if isLast {
      end = .eos
      break
    }
  }
  let seconds = monotonicSeconds() - start
  try writer.finish(
    GenerationSummary(
      end: end, perplexity: perplexity(of: steps),
      tokensPerSecond: steps.isEmpty || seconds <= 0 ? nil : Double(steps.count) / seconds),
    to: output)
}
