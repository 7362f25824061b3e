import LMCore

/// What `generate` writes into a trace.
struct TraceOptions: OptionValues {
  /// `--trace-rows`
  var rowCount = Trace.defaultRowCount
}

struct GenerateOptions: CommandOptions {
  let words: [String]
  let text: TextOptions
  let model: ModelOptions
  let length: LengthOptions
  let sampler: SamplerOptions
  let chance: ChanceOptions
  let trace: TraceOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    (length, sampler, chance) = (
      call[LengthOptions.self], call[SamplerOptions.self], call[ChanceOptions.self]
    )
    (trace, output) = (call[TraceOptions.self], call[OutputOptions.self])
  }
}

extension Command {
  static let generate = Command(
    CommandDescription(
      "generate", "a prompt and its continuation", synopsis: ["generate PROMPT -n N [options]"],
      details: """
        The same prompt, settings, seed and model give the same text, here and in the visualizer.
        An empty PROMPT begins with the model's token for it, as <|endoftext|>. The text ends after N tokens, at a
        token that ends texts or answers (<|endoftext|>, <|im_end|>), or where the context is full. Formats: text; csv, one row a step; jsonl, one object a step: a
        trace, which 'replay' shows on the screen again and 'report' makes a picture of.
        """,
      groups: [
        .textOrIDs, .model,
        .length, .sampler, .seed,
        .output(
          [.text, .jsonl, .csv],
          [
            Option(
              "trace-rows", nil, "N", "jsonl: list the N most probable tokens of each step (60)",
              \TraceOptions.rowCount
            ) { argument throws(UsageError) in try argument.integer(atLeast: 0) }
          ]),
      ],
      examples: [
        "gpt2-viz generate 'Once upon a time' -n 60 --greedy",
        "gpt2-viz generate 'Once upon a time' --preset nucleus --seed 42 --format jsonl",
      ]
    )
  ) { (options: GenerateOptions, surroundings) in
    let prompt = try options.text.readPrompt(options.words, for: "generate")
    let settings = try options.sampler.settings
    let seed = try options.chance.seedOrRandom(settings.seedLike)
    let loaded = try loadModel(options.model, surroundings)
    let ids = try loaded.promptReader.ids(of: prompt)
    let ends = try options.length.ends(of: loaded.profile)
    let format = options.output.format ?? .text
    guard format != .text || loaded.tokenizer != nil else {
      if loaded.tokenizerProblem != nil { _ = try loaded.requireTokenizer() }
      throw ModelUseError.noVocabularyToWriteWith(model: loaded.name)
    }
    let session = try GenerationSession(
      predictor: loaded.predictor, tokenizer: loaded.tokenizer, promptIDs: ids, settings: settings, seed: seed
    )
    let header = GenerationHeader(
      model: loaded, prompt: prompt, ids: ids, settings: settings, seed: seed)
    // A seed that was given is known, and greedy decoding uses none.
    if format != .jsonl, options.chance.seed == nil, !settings.isGreedy {
      reportMessage("gpt2-viz: seed \(seed)")
    }
    var writer: any GenerationWriter =
      switch format {
      case .jsonl: JSONLinesWriter(header, rowCount: options.trace.rowCount)
      case .csv: CSVWriter(header)
      default: TextWriter(header, isForTerminal: surroundings.output.isTerminal)
      }
    try carryOut(
      session, tokenCount: options.length.tokenCount, ends: ends, into: &writer, output: surroundings.output)
  }
}

private func carryOut(
  _ session: GenerationSession, tokenCount: Int, ends: Set<Int>, into writer: inout any GenerationWriter,
  output: StandardOutput
) throws {
  try writer.begin(output)
  try output.flush()
  var end = TraceEnd.Reason.length
  var count = 0
  let start = MonotonicClock.seconds
  while count < tokenCount {
    guard !session.isContextFull else {
      end = .context
      break
    }
    let decision = try session.decision
    let step = try session.advance()
    let isLast = ends.contains(step.id)
    try writer.write(step, decision, index: count, endsText: isLast, to: output)
    count += 1
    // So that a reader sees each step at once; a step costs far more than the flush.
    try output.flush()
    if isLast {
      end = .eos
      break
    }
  }
  let seconds = MonotonicClock.seconds - start
  try writer.finish(
    GenerationSummary(
      end: end, next: { try? session.decision },
      tokensPerSecond: count == 0 || seconds <= 0 ? nil : Double(count) / seconds),
    to: output)
  if end == .context {
    reportMessage(
      "gpt2-viz: the context is full, so the text ends after \(NumberFormat.grouped(count)) of \(NumberFormat.grouped(tokenCount)) tokens"
    )
  }
}
