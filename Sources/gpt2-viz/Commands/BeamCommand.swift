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

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    (beams, length, sampler) = (call[BeamChoices.self], call[LengthOptions.self], call[SamplerOptions.self])
    (chance, output) = (call[ChanceOptions.self], call[OutputOptions.self])
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
        the ban of repeated n-grams act on ln p. With --sample the continuations are drawn, and the whole chain
        acts. With --stochastic they are N different whole texts, drawn as if one after the other. JSON has "sequences", best first, "steps" with the beams that live after each and the continuations that were looked at (their beam counts from 0), and "stopped":
        all-finished, no-better (no live beam can score better, by the rule of --early-stopping) or length.
        """,
      groups: [.textOrIDs, .model, .beams, .length, .sampler, .seed, .output([.text, .json])],
      examples: [
        "gpt2-viz beam 'Once upon a time' --beams 5 -n 40 --return 5",
        "gpt2-viz beam 'Once upon a time' --beams 4 -n 30 --sample -p 0.9 --seed 7 --format json",
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
    let draws = choices.settings.choice != .best
    guard draws || options.chance.seed == nil else {
      throw UsageError(
        "--seed goes with --sample or --stochastic: without them nothing is drawn", command: "beam")
    }
    guard options.length.tokenCount > 0 else {
      throw UsageError("'beam' needs a length of at least 1: -n N", command: "beam")
    }
    var settings = choices.settings
    settings.sampling = try options.sampler.settings
    guard settings.sampling.seedLike == .own else {
      throw UsageError("beam search has numbers of its own: leave --seed-like out", command: "beam")
    }
    if draws { settings.seed = try options.chance.seedOrRandom(.own) }
    let loaded = try loadModel(options.model, surroundings)
    let ids = try loaded.promptReader.ids(of: prompt)
    let run = try BeamRun(
      loaded.predictor, loaded.tokenizer, promptIDs: ids, settings: settings,
      limit: options.length.tokenCount,
      endOfText: try options.length.ends(of: loaded.profile))
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

/// A finished search as `beam` writes it.
struct BeamResult {
  let run: BeamRun
  let model: LoadedModel
  let prompt: Prompt
  let returnCount: Int

  private var sequences: [FinishedHypothesis] { Array(run.search.finished.prefix(returnCount)) }

  var json: JSON {
    let settings = run.search.settings
    return [
      "model": JSON(model.name), "ids": JSON(run.promptIDs), "beams": JSON(settings.width),
      "length": JSON(run.search.limit), "length_penalty": JSON(settings.lengthPenalty),
      "early_stopping": JSON(settings.earlyStopping.rawValue),
      "seed": settings.choice == .best ? .null : JSON(settings.seed),
      "settings": settings.sampling.json, "stop_ids": JSON(run.search.endOfText.sorted()),
      "sequences": .array(
        sequences.map { sequence in
          [
            "ids": JSON(sequence.hypothesis.ids), "score": JSON(sequence.score),
            "sum_logprob": JSON(sequence.hypothesis.sum), "finished": JSON(sequence.isEnded),
            "text": model.tokenizer.map { JSON(continuation(sequence, $0)) } ?? .null,
          ]
        }),
      "steps": .array(
        run.steps.map { step in
          [
            "beams": .array(
              step.live.map { ["ids": JSON($0.ids), "sum_logprob": JSON($0.sum)] as JSON }),
            "candidates": .array(step.candidates.map(Self.json)),
          ]
        }),
      "stopped": JSON(run.search.stop?.rawValue),
    ]
  }

  private static func json(_ candidate: BeamCandidate) -> JSON {
    let (fate, score): (String, Double?) =
      switch candidate.fate {
      case .lives: ("lives", nil)
      case .finished(let score): ("finished", score)
      case .finishedBelowOthers(let score): ("finished-below-others", score)
      case .endedTooLow: ("ended-too-low", nil)
      case .cut: ("cut", nil)
      }
    return [
      "rank": JSON(candidate.rank), "beam": JSON(candidate.parent), "id": JSON(candidate.id),
      "logprob": JSON(candidate.token.ownLogProbability), "sum_logprob": JSON(candidate.sum),
      "fate": JSON(fate), "score": JSON(score),
    ]
  }

  /// For each text a line of numbers, the text, and an empty line between two; last why the search ended.
  var text: String {
    let blocks = sequences.enumerated().map { place, sequence in
      let numbers = [
        "\(place + 1)", "score \(NumberFormat.fixed(sequence.score, decimals: 4))",
        "sum \(NumberFormat.fixed(sequence.hypothesis.sum, decimals: 4))",
        counted(sequence.hypothesis.ids.count, "token"), sequence.isEnded ? "ended" : "at the length",
      ].joined(separator: "  ")
      let ids = sequence.hypothesis.ids.map(String.init).joined(separator: " ")
      let whole = model.tokenizer.map {
        Self.promptText(prompt, run.promptIDs, $0) + continuation(sequence, $0)
      }
      return "\(numbers)\n\(whole ?? ids)\n"
    }
    return blocks.joined(separator: "\n") + "\n\(ending)\n"
  }

  private var ending: String {
    let steps = "stopped after \(counted(run.depth, "step"))"
    switch run.search.stop {
    case .allFinished: return "\(steps): \(counted(run.search.finished.count, "text")) finished"
    case .noBetter:
      guard let last = run.steps.last, let best = last.bestPossibleScore, let worst = last.worstFinishedScore
      else { return steps }
      return
        "\(steps): the best live beam could score \(NumberFormat.fixed(best, decimals: 4)), no better than the worst finished text, \(NumberFormat.fixed(worst, decimals: 4))"
    case .length, nil: return "\(steps), at the length"
    }
  }

  private static func promptText(_ prompt: Prompt, _ ids: [Int], _ tokenizer: any Tokenizer) -> String {
    String(decoding: prompt.bytes(readAs: ids, tokenizer) ?? [], as: UTF8.self)
  }

  /// The text behind the prompt, without the token that ended it.
  private func continuation(_ sequence: FinishedHypothesis, _ tokenizer: any Tokenizer) -> String {
    var stream = TokenStream(
      tokenizer, behind: run.promptIDs, writtenAs: prompt.bytes(readAs: run.promptIDs, tokenizer) ?? [])
    _ = stream.complete()
    let ids = sequence.isEnded ? sequence.hypothesis.ids.dropLast() : sequence.hypothesis.ids[...]
    return ids.reduce(into: "") { $0 += stream.push($1) } + stream.finish()
  }
}
