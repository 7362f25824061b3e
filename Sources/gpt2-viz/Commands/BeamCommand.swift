import LMCore
import Presentation

struct BeamOptions: CommandOptions {
  let words: [String]
  let text: TextOptions
  let model: ModelOptions
  let beams: BeamChoices
  let length: LengthOptions
  let sampler: SamplerOptions
  let chance: ChanceOptions
  let output: OutputOptions
  /// The command line itself, not a default, names a seed, whose seed it is, a diversity, or how many texts to write.
  let givesSeed: Bool
  let givesSeedLike: Bool
  let givesDiversity: Bool
  let givesReturn: Bool
  /// An option of a step that shapes draws alone, as it stands on the command line.
  let givenForDraws: String?
  let givesPreset: Bool

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    (beams, length, sampler) = (call[BeamChoices.self], call[LengthOptions.self], call[SamplerOptions.self])
    (chance, output) = (call[ChanceOptions.self], call[OutputOptions.self])
    givesSeed = call.layers.givenOption(named: ["seed"]) != nil
    givesSeedLike = call.layers.givenOption(named: ["seed-like"]) != nil
    givesDiversity = call.layers.givenOption(named: ["diversity"]) != nil
    givesReturn = call.layers.givenOption(named: ["return"]) != nil
    let drawn = KnobDescription.all.filter { !BeamSettings.actsWithoutDraws($0.step) }
    givesPreset = call.layers.givenOption(named: ["preset"]) != nil
    givenForDraws = call.layers.givenOption(named: drawn.map(\.optionName) + ["greedy"])
  }
}

extension Command {
  static let beam = Command(
    CommandDescription(
      "beam", "beam search: the likeliest texts, with their scores",
      synopsis: ["beam PROMPT --beams N -n LENGTH [options]"],
      details: """
        Search, scores and the three ways to stop are those of transformers. A text that ends is finished if it
        ranks among the first N continuations; at the length every text counts as finished. Penalties, DRY and
        the ban of repeated n-grams act on ln p; filters and the temperature act only with --sample and
        --stochastic. There a filter leaves at least two tokens, as in transformers, also top-k 1. What the search
        ranks by behind a chain is its "search sum", beside the sum of the model's own ln p.
        With --sample the continuations of each step are drawn. With --stochastic they are N
        different whole texts, drawn as if one after the other; that search ends when all of them have ended,
        so --early-stopping does not go with it. With --groups the beams are divided, and each group is a search
        of its own: first group 1, then group 2, for which the tokens that group 1 has just taken count as less
        likely by --diversity, and so on; the penalty stays in sums and scores. JSON then has the group of each beam,
        from 0. JSON has "sequences", best first, "steps" with the beams that
        live after each and the continuations that were looked at (their beam counts from 0), and "stopped":
        all-finished, no-better (no live beam can score better, by the rule of --early-stopping) or length.
        --format jsonl is a trace, as w writes it in the window of the search: 'replay' steps through it on the
        screen, 'report' draws it.
        """,
      groups: [.textOrIDs, .model, .beams, .length, .sampler, .seed, .output([.text, .json, .jsonl])],
      examples: [
        "gpt2-viz beam 'Once upon a time' --beams 5 -n 40 --return 5",
        "gpt2-viz beam 'Once upon a time' --beams 4 -n 30 --sample -p 0.9 --seed 7 --format json",
        "gpt2-viz beam 'Once upon a time' --beams 4 -n 60 --format jsonl",
      ]
    )
  ) { (options: BeamOptions, surroundings) in
    let prompt = try options.text.readPrompt(options.words, for: "beam")
    let choices = options.beams
    guard choices.returnCount <= choices.settings.width else {
      throw UsageError(
        "--return \(choices.returnCount) asks for more texts than the \(counted(choices.settings.width, "beam")) of --beams",
        command: "beam")
    }
    guard options.output.format != .jsonl || !options.givesReturn else {
      throw UsageError("--return does not go with --format jsonl: a trace has every text", command: "beam")
    }
    try choices.checkGroups(command: "beam")
    guard choices.settings.choice == .diverse || !options.givesDiversity else {
      throw UsageError("--diversity goes with --groups: without groups nothing pays for it", command: "beam")
    }
    let draws = choices.settings.draws
    guard draws || !options.givesSeed else {
      throw UsageError(
        "--seed goes with --sample or --stochastic: without them nothing is drawn", command: "beam")
    }
    if !draws, let given = options.givenForDraws {
      throw UsageError(
        "\(given) goes with --sample or --stochastic: without them nothing is drawn", command: "beam")
    }
    guard options.length.tokenCount > 0 else {
      throw UsageError("'beam' needs a length of at least 1: -n N", command: "beam")
    }
    var settings = choices.settings
    settings.sampling = try options.sampler.settings
    if options.givesPreset, let idle = settings.idleStep {
      throw UsageError(
        "--preset turns \(idle.title) on, which goes with --sample or --stochastic: without them nothing is drawn",
        command: "beam")
    }
    guard settings.sampling.seedLike == .own || !draws && !options.givesSeedLike else {
      let way = options.givesSeedLike ? "leave --seed-like out" : "give --seed-like gpt2-viz"
      throw UsageError("beam search has numbers of its own: \(way)", command: "beam")
    }
    do {
      try DecodingMethod.beams(settings).validate()
    } catch {
      throw UsageError("\(error)", command: "beam")
    }
    if draws { settings.seed = try options.chance.seedOrRandom(.own) }
    let loaded = try loadModel(options.model, surroundings)
    let ids = try loaded.promptReader.ids(of: prompt)
    // The last token of a text is predicted, but not read.
    let room = loaded.profile.contextLength + 1 - ids.count
    let limit = room > 0 ? min(options.length.tokenCount, room) : options.length.tokenCount
    let run = try BeamRun(
      loaded.predictor, loaded.tokenizer, promptIDs: ids, settings: settings, limit: limit,
      endOfText: try options.length.ends(of: loaded.profile))
    if limit < options.length.tokenCount {
      let (room, wanted) = (NumberFormat.grouped(limit), NumberFormat.grouped(options.length.tokenCount))
      reportMessage("gpt2-viz: the context has room for \(room) of \(wanted) tokens, so texts end there")
    }
    if options.output.format == .jsonl { return try writeTrace(of: run, loaded, prompt, surroundings.output) }
    if draws, options.chance.seed == nil, options.output.format != .json {
      reportMessage("gpt2-viz: seed \(settings.seed)")
    }
    while try run.advance() != nil {}
    let result = BeamResult(run: run, model: loaded, prompt: prompt, returnCount: choices.returnCount)
    if options.output.format == .json {
      try surroundings.output.writeLine(result.json.description)
    } else {
      let text = result.text
      try surroundings.output.write(
        surroundings.output.isTerminal ? withoutControls(text, except: ["\n"]) : text)
    }
  }
}

/// Writes each step as soon as it is made.
private func writeTrace(
  of run: BeamRun, _ model: LoadedModel, _ prompt: Prompt, _ output: StandardOutput
) throws {
  let (bytes, tokenizer) = (prompt.bytes(readAs: run.promptIDs, model.tokenizer), model.tokenizer)
  var trace = run.emptyTrace(of: model.profile, promptBytes: bytes, tokenizer: tokenizer)
  try output.writeLine(trace.startLine)
  while let step = try run.advance() {
    trace.append(step, tokenizer)
    try output.writeLine(trace.line(ofStep: trace.steps.count - 1))
  }
  let words = tokenizer.map { ContinuationText($0, behind: run.promptIDs, writtenAs: bytes ?? []) }
  try output.writeLine(trace.line(BeamTraceEnd(run.search, words)))
}

/// A finished search as `beam` writes it.
struct BeamResult {
  let run: BeamRun
  let model: LoadedModel
  let prompt: Prompt
  let returnCount: Int

  /// nil without a vocabulary.
  private var words: ContinuationText? {
    model.tokenizer.map {
      ContinuationText(
        $0, behind: run.promptIDs, writtenAs: prompt.bytes(readAs: run.promptIDs, $0) ?? [])
    }
  }

  private var sequences: [FinishedHypothesis] { Array(run.search.finished.prefix(returnCount)) }

  var json: JSON {
    let (settings, words) = (run.search.settings, words)
    let json: JSON = [
      "model": JSON(model.name), "ids": JSON(run.promptIDs), "beams": JSON(settings.width),
      "length": JSON(run.search.limit), "length_penalty": JSON(settings.lengthPenalty),
      "early_stopping": JSON(settings.earlyStopping.rawValue),
      "seed": settings.draws ? JSON(settings.seed) : .null,
      "settings": settings.sampling.json, "stop_ids": JSON(run.search.endOfText.sorted()),
      "sequences": .array(
        sequences.map { sequence in
          withGroup(
            [
              "ids": JSON(sequence.hypothesis.ids), "score": JSON(sequence.score),
              "sum_logprob": JSON(sequence.hypothesis.sum), "finished": JSON(sequence.isEnded),
              "text": JSON(words?.continuation(of: sequence)),
            ], of: sequence.hypothesis)
        }),
      "steps": .array(
        run.steps.map { step in
          [
            "beams": .array(
              step.live.map { withGroup(["ids": JSON($0.ids), "sum_logprob": JSON($0.sum)], of: $0) }),
            "candidates": .array(
              step.candidates.map { withGroup(Self.json($0), of: step.parents[$0.parent]) }),
          ]
        }),
      "stopped": JSON(run.search.stop?.rawValue), "method": JSON(settings.choice.rawValue),
    ]
    return .object((json.members ?? []) + settings.groupMembers)
  }

  /// The object with the group of its text, where there are groups.
  private func withGroup(_ json: JSON, of text: Hypothesis) -> JSON {
    guard run.search.settings.choice == .diverse else { return json }
    return .object((json.members ?? []) + [.init("group", JSON(text.group))])
  }

  /// As in a trace, what does not differ is left out.
  private static func json(_ candidate: BeamCandidate) -> JSON {
    let token = candidate.token
    let json: JSON = [
      "rank": JSON(candidate.rank), "beam": JSON(candidate.parent), "id": JSON(candidate.id),
      "logprob": JSON(token.ownLogProbability), "sum_logprob": JSON(candidate.sum),
      "fate": JSON(candidate.fate.name.rawValue), "score": JSON(candidate.fate.score),
    ]
    let counted =
      token.logProbability == token.ownLogProbability
      ? [] : [JSON.Member("chain_logprob", JSON(token.logProbability))]
    let number =
      candidate.number == candidate.sum ? [] : [JSON.Member("number", JSON(candidate.number))]
    return .object((json.members ?? []) + counted + number)
  }

  /// For each text a line of numbers, the text, and an empty line between two; last why the search ended.
  var text: String {
    let words = words
    let blocks = sequences.enumerated().map { place, sequence in
      let numbers =
        [
          "\(place + 1)", "score \(NumberFormat.fixed(sequence.score, decimals: 4))",
        ] + sums(of: sequence.hypothesis) + [
          counted(sequence.hypothesis.ids.count, "token"), sequence.isEnded ? "ended" : "at the length",
        ] + (run.search.settings.choice == .diverse ? ["group \(sequence.hypothesis.group + 1)"] : [])
      let ids = sequence.hypothesis.ids.map(String.init).joined(separator: " ")
      let whole = words?.whole(of: sequence)
      return "\(numbers.joined(separator: "  "))\n\(whole ?? ids)\n"
    }
    return blocks.joined(separator: "\n") + "\n\(ending)\n"
  }

  /// `sum of ln p -3.1500`; where the search ranks by another one, that as well.
  private func sums(of text: Hypothesis) -> [String] {
    let own = (BeamDescription.ownSum, text.ownSum)
    let settings = run.search.settings
    return ((settings.hasSearchSums ? [(BeamDescription.sumName(settings), text.sum)] : []) + [own])
      .map { "\($0) \(NumberFormat.fixed($1, decimals: 4))" }
  }

  private var ending: String {
    let steps = "stopped after \(counted(run.depth, "step"))"
    if run.search.settings.choice == .diverse, run.search.stop != .length {
      return "\(steps): every group has ended"
    }
    switch run.search.stop {
    case .allFinished: return "\(steps): \(counted(run.search.finished.count, "text")) finished"
    case .noBetter:
      guard let last = run.steps.last, let best = last.bestPossibleScore, let worst = last.worstFinishedScore
      else { return steps }
      let scores = BeamDescription.numbers(best, worst, decimals: 4)
      return
        "\(steps): the best live beam could score \(scores.0), no better than the worst finished text, \(scores.1)"
    case .length, nil: return "\(steps), at the length"
    }
  }
}
