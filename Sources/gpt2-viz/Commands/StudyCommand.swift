import Glibc
import LMCore
import Presentation

/// What `study` writes and measures.
struct StudyChoices: OptionValues {
  /// `--strategy`, as given.
  fileprivate var described: [String] = []
  /// nil: one for each prompt.
  var sampleCount: Int?
  /// `-n`
  var tokenCount = 200
  /// `--human`
  var humanFile: String?
  /// `--batch`
  var width = 32
  /// `-o`
  var page: String?
  /// `--theme`
  var theme = ReportTheme.auto

  /// The strategies that were named, else the paper's.
  func strategies(own presets: [SamplingPreset]) throws(UsageError) -> [StudyPlan.Strategy] {
    var strategies: [StudyPlan.Strategy] = []
    for text in described {
      guard !text.trimmed().isEmpty else {
        throw UsageError("--strategy: there is no strategy in it; name one, as 'nucleus'", command: "study")
      }
      do throws(SamplingError) {
        strategies.append(.init(name: text, method: try DecodingMethod(described: text, own: presets)))
      } catch {
        throw UsageError("--strategy: \(error)", command: "study")
      }
    }
    return strategies.isEmpty ? StudyPlan.strategiesOfThePaper : strategies
  }
}

struct StudyOptions: CommandOptions {
  let words: [String]
  let model: ModelOptions
  let choices: StudyChoices
  let sampler: SamplerOptions
  let chance: ChanceOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, model, choices) = (call.words, call[ModelOptions.self], call[StudyChoices.self])
    (sampler, chance) = (call[SamplerOptions.self], call[ChanceOptions.self])
    output = call[OutputOptions.self]
  }
}

extension Command {
  static let study = Command(
    CommandDescription(
      "study", "the paper's Table 1 of your own model",
      synopsis: ["study PROMPTS [options]"],
      details: """
        PROMPTS is a file with a prompt a line ('-' is standard input); empty lines are skipped. Each strategy
        writes a text behind each of them, or --samples texts, from the first prompt again where there are
        fewer. The table has a row for each strategy: perplexity of its texts under the model itself,
        Self-BLEU4, Zipf's coefficient, the share of texts that end in a loop, distinct-1, -2 and -4, repeated
        4-grams, mean length, and the share that ended by themselves; all over tokens behind the prompts.
        Text i, from 0, has the seed of --seed plus i, and is the one that 'generate' or 'beam' writes with this
        prompt, seed and strategy, whatever else is written with it. After Ctrl-C the same command goes on where it
        stopped: what is finished is kept in the folder of saved sessions until the study is done.
        """,
      groups: [
        OptionGroup(
          title: "Study",
          options: [
            Option(
              "strategy", nil, "STRATEGY",
              "a preset, a chain such as 'top-k 40, min-p 0.05', 'beam 16' or 'contrastive 4'; may be repeated (the paper's eight)",
              offering: .words(
                ["nucleus"] + SamplingPreset.all.map(\.name) + [
                  "beam 16", "sampled-beam 16", "stochastic-beam 16", "diverse-beam 16",
                  "contrastive 4",
                ])
            ) { argument throws(UsageError) in
              return { (options: inout StudyChoices) in options.described.append(argument.text) }
            },
            Option(
              "samples", nil, "N", "how many texts of each strategy (one for each prompt)",
              \StudyChoices.sampleCount
            ) { argument throws(UsageError) in try argument.integer(in: 1...1_000_000) },
            Option(
              "tokens", "n", "N", "how many tokens a text has at most (200)", \StudyChoices.tokenCount
            ) { argument throws(UsageError) in try argument.integer(in: 1...(1 << 20)) },
            Option(
              "human", nil, "FILE", "a text that people wrote: cut into pieces as long, it is the first row",
              \StudyChoices.humanFile, offering: .file
            ) { argument throws(UsageError) in argument.text },
            Option(
              "batch", nil, "N", "how many texts are in the model together; each beam counts (32)",
              \StudyChoices.width
            ) { argument throws(UsageError) in try argument.integer(in: 1...1024) },
            Option(
              "output", "o", "OUT", "write a page with the paper's figures as well: a file ending in .html",
              \StudyChoices.page, offering: .file
            ) { argument throws(UsageError) in
              guard ReportFormat(path: argument.text) == .html else {
                throw argument.refused("a file name that ends in .html")
              }
              return argument.text
            },
            Option(
              "theme", nil, "THEME", "of the page: light, dark or auto, as the reader's system is (auto)",
              \StudyChoices.theme, offering: .words(ReportTheme.allCases.map(\.rawValue))
            ) { argument throws(UsageError) in try argument.choice(of: ReportTheme.self) },
          ]),
        .model, .studySeed, .output([.table, .csv, .json]),
      ],
      examples: [
        "gpt2-viz study prompts.txt --human tales.txt -o study.html",
        "gpt2-viz study prompts.txt --strategy greedy --strategy 'top-p 0.9, temperature 0.8' --format csv",
      ], words: .file
    )
  ) { (options: StudyOptions, surroundings) in
    let strategies = try options.choices.strategies(own: options.sampler.ownPresets)
    for strategy in strategies { try options.chance.check(strategy.method.sampling.seedLike) }
    guard let path = options.words.first else {
      throw UsageError("'study' needs PROMPTS: a file with a prompt a line", command: "study")
    }
    if let page = options.choices.page { try OutputFile.check(page) }
    let lines = try TextInput.text(ofFile: path).split(whereSeparator: \.isNewline).map(String.init)
    let human = try options.choices.humanFile.map { try TextInput.text(ofFile: $0) }
    let loaded = try loadModel(options.model, surroundings)
    let reader = loaded.promptReader
    let plan = try StudyPlan(
      strategies, prompts: try lines.map { try reader.ids(of: .text($0)) },
      sampleCount: options.choices.sampleCount, tokenCount: options.choices.tokenCount,
      seed: options.chance.seed ?? 1, for: loaded.profile)
    if let warning = plan.repeatedTexts {
      reportMessage("gpt2-viz: \(warning)")
    }
    let study = Study(plan, loaded.predictor, loaded.tokenizer, width: options.choices.width)
    var rows: [StudyTable.Row] = []
    var mass: TopMass?
    if let human {
      let (texts, positions) = try study.measureHuman(try reader.textIDs(of: .text(human)))
      mass = positions
      if texts.count < plan.sampleCount {
        reportMessage(
          "gpt2-viz: the human text has \(counted(texts.count, "piece")), but there are \(plan.sampleCount) texts of each strategy; "
            + "Self-BLEU4, Zipf's coefficient and distinct-n depend on how many there are")
      }
      rows.append(.init(name: "human", method: nil, texts: texts))
    }
    // Before anything is written.
    if strategies.contains(where: { if case .contrastive = $0.method { true } else { false } }),
      !(loaded.predictor is LocalPredictor)
    {
      throw PredictorError.lacks(.hiddenStates)
    }
    let state = try SessionStore.directory(surroundings.environment).map {
      try StudyState(of: plan, loaded.profile, in: $0)
    }
    let texts = try carryOut(study, state, surroundings)
    for (place, strategy) in strategies.enumerated() {
      let own = Array(texts[place * plan.sampleCount..<(place + 1) * plan.sampleCount])
      rows.append(.init(name: strategy.name, method: strategy.method, texts: own))
    }
    let table = StudyTable(plan: plan, model: loaded.profile, rows: rows)
    switch options.output.format {
    case .csv: try surroundings.output.write(table.csv)
    case .json: try surroundings.output.writeLine(table.json.description)
    default: try surroundings.output.write(table.text(columns: surroundings.outputColumns))
    }
    if let path = options.choices.page {
      let page = StudyPage(
        table: table, mass: mass, tokenizer: loaded.tokenizer,
        style: ReportStyle(theme: options.choices.theme))
      try OutputFile.write(page.markup, to: path)
    }
    // Only what has been written need not be computed again.
    try surroundings.output.flush()
    state?.remove()
  }
}

/// Writes the texts, with their progress on standard error.
private func carryOut(
  _ study: Study, _ state: StudyState?, _ surroundings: Surroundings
) throws -> [CollectedText] {
  let finished = state?.texts ?? [:]
  if !finished.isEmpty {
    reportMessage(
      "gpt2-viz: \(finished.count) of \(counted(study.plan.textCount, "text")) were finished before")
  }
  var display = StudyDisplay(
    columns: surroundings.errorColumns, picture: BarPicture(drawsBlocks: surroundings.localeIsUTF8))
  let cancellation = Cancellation()
  let interruption = Interruption(of: cancellation)
  do {
    let texts = try study.run(
      after: finished, unless: { cancellation.isCancelled },
      progress: { reportPart(display.text(for: $0, at: MonotonicClock.seconds)) },
      keep: { index, text in try state?.append(index, text) })
    reportPart(display.ending())
    return texts
  } catch {
    reportPart(display.ending())
    let kept = state.map { state in
      "\(state.texts.count) of \(study.plan.textCount) texts are in \(state.path), from which the same command goes on"
    }
    guard error as? PredictorError == .cancelled else {
      // Nothing to go on from: the same command would fail again.
      if let state, state.texts.isEmpty {
        state.remove()
      } else if let kept {
        reportMessage("gpt2-viz: \(kept)")
      }
      throw StudyDrawError(error) ?? error
    }
    reportMessage("gpt2-viz: interrupted; \(kept ?? "nothing is kept, as there is no home folder")")
    interruption.endProgram()
    throw error
  }
}

/// A server did not tell what a strategy draws, or chooses from.
private struct StudyDrawError: Error, CustomStringConvertible {
  let description: String

  /// nil for another error.
  init?(_ error: any Error) {
    switch error {
    case SamplingError.untold(.draw), SamplingError.logitsUnknown:
      description = Advice.joined(
        "\(error)", ": a strategy can end with known-only, as in --strategy 'nucleus, known-only'.")
    default: return nil
    }
  }
}
