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
  let contrastive: ContrastiveOptions
  let trace: TraceOptions
  let output: OutputOptions
  /// How the command line itself, not a default, names a seed, or whose seed it is; nil for neither.
  let givenSeed: String?

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    (length, sampler, chance) = (
      call[LengthOptions.self], call[SamplerOptions.self], call[ChanceOptions.self]
    )
    contrastive = call[ContrastiveOptions.self]
    (trace, output) = (call[TraceOptions.self], call[OutputOptions.self])
    givenSeed = call.layers.givenOption(named: ["seed", "seed-like"])
  }
}

extension Command {
  static let generate = Command(
    CommandDescription(
      "generate", "a prompt and its continuation", synopsis: ["generate PROMPT -n N [options]"],
      details: """
        The same prompt, settings, seed and model give the same text, here and in the visualizer.
        An empty PROMPT begins with the model's token for it, as <|endoftext|>. The text ends after N tokens, at a
        token that ends texts or answers (<|endoftext|>, <|im_end|>), or where the context is full. Formats: text; csv, one row a step (what a server leaves open is empty there and has columns with bounds at the end); jsonl, one object a step: a
        trace, which 'replay' shows on the screen again and 'report' makes a picture of.
        Contrastive search (arXiv 2202.06417) draws nothing: it lets the model read each of the K likeliest
        tokens and takes the one whose (1 - ALPHA) p - ALPHA * similarity is largest; the similarity is that of
        its hidden state to the most similar one of the text. Penalties and bans act; other settings do not go
        with it. It needs a model on this machine. In jsonl each step has its candidates in "contrastive"
        ("nearest" is the place of the token that each is most like, from 0), and counts as forced, since no
        draw chose it.
        """,
      groups: [
        .textOrIDs, .model,
        .length, .contrastive, .sampler, .seed,
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
        "gpt2-viz generate 'Once upon a time' --contrastive 0.6 -k 4",
      ]
    )
  ) { (options: GenerateOptions, surroundings) in
    let prompt = try options.text.readPrompt(options.words, for: "generate")
    let contrastive = try options.contrastive.settings(options.sampler.settings)
    if contrastive != nil, let given = options.givenSeed {
      throw UsageError("--contrastive does not go with \(given): it draws nothing", command: "generate")
    }
    let settings = try contrastive?.shown ?? options.sampler.settings
    let seed =
      try contrastive == nil ? options.chance.seedOrRandom(settings.seedLike) : options.chance.seed ?? 0
    let loaded = try loadModel(options.model, surroundings)
    let ids = try loaded.promptReader.ids(of: prompt)
    let ends = try options.length.ends(of: loaded.profile)
    let format = options.output.format ?? .text
    guard format != .text || loaded.tokenizer != nil else {
      if loaded.tokenizerProblem != nil { _ = try loaded.requireTokenizer() }
      throw ModelUseError.noVocabularyToWriteWith(model: loaded.name)
    }
    let growth: any TextGrowth =
      if let contrastive {
        try ContrastiveRun(loaded.predictor, loaded.tokenizer, promptIDs: ids, settings: contrastive)
      } else {
        try GenerationSession(
          predictor: loaded.predictor, tokenizer: loaded.tokenizer, promptIDs: ids, settings: settings,
          seed: seed)
      }
    let header = GenerationHeader(
      model: loaded, prompt: prompt, ids: ids, settings: settings, seed: seed, contrastive: contrastive)
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
      growth, tokenCount: options.length.tokenCount, ends: ends, into: &writer, output: surroundings.output)
  }
}

/// What a text grows by: a session's draws, or contrastive search.
private protocol TextGrowth {
  var isContextFull: Bool { get }
  /// The decision that stands next.
  var decision: Decision { get throws }
  func grow() throws -> MadeStep
}

extension GenerationSession: TextGrowth {
  fileprivate func grow() throws -> MadeStep {
    let decision = try decision
    return MadeStep(step: try advance(), decision: decision)
  }
}

extension ContrastiveRun: TextGrowth {
  fileprivate func grow() throws -> MadeStep {
    let (step, decision) = try advance()
    return MadeStep(step: step, decision: decision)
  }
}

private func carryOut(
  _ growth: any TextGrowth, tokenCount: Int, ends: Set<Int>, into writer: inout any GenerationWriter,
  output: StandardOutput
) throws {
  // What no text of this chain can get over is told before anything is written.
  if tokenCount > 0, !growth.isContextFull, let problem = try growth.decision.problem {
    switch problem {
    case .logits, .allTokens, .cut: throw SamplingError.untold(problem)
    case .draw: break
    }
  }
  try writer.begin(output)
  try output.flush()
  var end = TraceEnd.Reason.length
  var count = 0
  let start = MonotonicClock.seconds
  while count < tokenCount {
    guard !growth.isContextFull else {
      end = .context
      break
    }
    let made: MadeStep
    do {
      made = try growth.grow()
    } catch {
      // The error is told behind what is written, on a line of its own.
      try writer.stop(output)
      throw error
    }
    let isLast = ends.contains(made.step.id)
    try writer.write(made, index: count, endsText: isLast, to: output)
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
      end: end, next: { try? growth.decision },
      tokensPerSecond: count == 0 || seconds <= 0 ? nil : Double(count) / seconds),
    to: output)
  if end == .context {
    reportMessage(
      "gpt2-viz: the context is full, so the text ends after \(NumberFormat.grouped(count)) of \(NumberFormat.grouped(tokenCount)) tokens"
    )
  }
}
