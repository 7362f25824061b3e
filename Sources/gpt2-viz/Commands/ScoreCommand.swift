import Glibc
import LMCore
import Presentation

/// What stands before the text of `score`.
struct BeginningOptions: OptionValues {
  /// `--bos`
  var startsWithEndOfText = false
}

struct ScoreOptions: CommandOptions {
  let words: [String]
  let text: TextOptions
  let model: ModelOptions
  let beginning: BeginningOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    (beginning, output) = (call[BeginningOptions.self], call[OutputOptions.self])
  }
}

extension Command {
  static let score = Command(
    CommandDescription(
      "score", "log-probability, rank and entropy of each token of a text",
      synopsis: ["score TEXT [options]"],
      details: """
        How well the model, without any sampler, predicts TEXT: the natural logarithm of each token's
        probability, its rank (1 is the most probable), the entropy of the prediction in bits, and
        the perplexity of the whole. The first token has no prediction unless --bos puts
        the model's token that begins texts, as <|endoftext|>, before it. The last token is predicted and not read: TEXT may have one token more
        than the model's context, and with --bos as many. A longer one is refused, as how to cut it
        would change the answer.
        """,
      groups: [
        .textOrIDs, .model,
        .output(
          [.table, .json],
          [
            Option(
              flag: "bos", "predict the first token too, from the one that begins texts",
              \BeginningOptions.startsWithEndOfText)
          ]),
      ],
      examples: ["gpt2-viz score 'Once upon a time'", "gpt2-viz score -f story.txt --bos --format json"]
    )
  ) { (options: ScoreOptions, surroundings) in
    let prompt = try options.text.readPrompt(options.words, for: "score", called: "TEXT")
    let loaded = try loadModel(options.model, surroundings)
    let ids = try loaded.promptReader.textIDs(of: prompt)
    let begin = options.beginning.startsWithEndOfText ? try loaded.promptReader.requireBegin() : nil
    let start = [begin].compactMap { $0 == ids.first ? nil : $0 }
    let limit = loaded.profile.contextLength + 1 - start.count
    guard ids.count <= limit else {
      throw ScoreError(
        tokens: ids.count, limit: limit, context: loaded.profile.contextLength, hasStart: !start.isEmpty)
    }
    let scored = try predictEach(of: start + ids, with: loaded).suffix(ids.count)
    if options.output.format == .json {
      try surroundings.output.writeLine(json(Array(scored), loaded).description)
    } else {
      try surroundings.output.write(table(Array(scored), loaded, surroundings.glyphs))
    }
  }
}

/// The text is longer than the model can predict in one piece.
struct ScoreError: Error, Equatable, CustomStringConvertible {
  let tokens: Int
  let limit: Int
  let context: Int
  let hasStart: Bool

  var description: String {
    "the text has \(tokens) tokens, but with a context of \(context) at most \(limit) can be scored"
      + (hasStart ? " behind the token that begins texts" : "") + "; score it in parts"
  }
}

/// A token of the text, and how the model predicted it.
struct ScoredToken {
  let id: Int
  /// nil for the first token, which nothing predicts.
  let prediction: TokenScore?
}

private func predictEach(of ids: [Int], with loaded: LoadedModel) throws -> [ScoredToken] {
  guard !ids.isEmpty else { return [] }
  try checkIDs(ids, against: loaded.profile.vocabularySize)
  let scores = try loaded.predictor.scores(of: ids)
  return [ScoredToken(id: ids[0], prediction: nil)] + zip(ids.dropFirst(), scores).map(ScoredToken.init)
}

private func perplexity(_ scored: [ScoredToken]) -> Double? {
  LMCore.perplexity(of: scored.compactMap { $0.prediction?.logProbability })
}

private func json(_ scored: [ScoredToken], _ loaded: LoadedModel) -> JSON {
  let tokens = scored.map { token in
    let prediction = token.prediction
    let isTold = prediction?.isUntold == false
    var members: [JSON.Member] = [
      .init("id", JSON(token.id)), .init("token", JSON(loaded.tokenizer?.name(of: token.id))),
      .init("piece", JSON(loaded.tokenizer?.text(of: token.id))),
      .init("logprob", JSON(isTold ? prediction?.logProbability : nil)),
      .init("rank", isTold ? JSON(prediction?.rank ?? 0) : .null),
      .init("entropy_bits", prediction.map { JSON($0.entropyBits, unless: $0.entropyBounds) } ?? .null),
    ]
    if let bounds = prediction?.entropyBounds, bounds.lowerBound < bounds.upperBound {
      members.append(.init("entropy_bounds", JSON(bounds)))
    }
    if let prediction, prediction.isUntold {
      members += [
        .init("logprob_at_most", JSON(prediction.logProbability)),
        .init("rank_at_least", JSON(prediction.rank)),
      ]
    }
    return JSON.object(members)
  }
  guard hasUntold(scored) else { return ["tokens": .array(tokens), "perplexity": JSON(perplexity(scored))] }
  return ["tokens": .array(tokens), "perplexity": .null, "perplexity_at_least": JSON(perplexity(scored))]
}

/// Whether a server did not tell a token, so that the perplexity is the least that it can be.
private func hasUntold(_ scored: [ScoredToken]) -> Bool {
  scored.contains { $0.prediction?.isUntold == true }
}

private func table(_ scored: [ScoredToken], _ loaded: LoadedModel, _ glyphs: GlyphSet) -> String {
  var table = TextTable(columns: [
    .right("#"), .left("token"), .right("id"), .right("probability"), .right("logprob"), .right("rank"),
    .right("entropy"),
  ])
  for (index, token) in scored.enumerated() {
    let place = [
      String(index), visiblePiece(of: token.id, loaded.tokenizer, glyphs: glyphs), String(token.id),
    ]
    guard let prediction = token.prediction else {
      table.append(place + ["-", "-", "-", "-"])
      continue
    }
    let (most, least) = prediction.isUntold ? ("at most ", "at least ") : ("", "")
    table.append(
      place + [
        most + NumberFormat.percent(exp(prediction.logProbability)),
        most + NumberFormat.fixed(prediction.logProbability, decimals: 3),
        least + NumberFormat.grouped(prediction.rank),
        RangeText.fixed(prediction.entropyBounds, decimals: 2) + " bits",
      ])
  }
  let value =
    perplexity(scored).map { (hasUntold(scored) ? "at least " : "") + NumberFormat.fixed($0, decimals: 2) }
    ?? "not defined: nothing was predicted"
  return table.text + "perplexity \(value)\n"
}
