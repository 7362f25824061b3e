import LMCore
import Presentation

/// How much of a distribution `next` shows.
struct RowOptions: OptionValues {
  /// `--top`
  var count = 20
}

struct NextOptions: CommandOptions {
  let words: [String]
  let text: TextOptions
  let model: ModelOptions
  let sampler: SamplerOptions
  let chance: ChanceOptions
  let rows: RowOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, text, model) = (call.words, call[TextOptions.self], call[ModelOptions.self])
    (sampler, chance) = (call[SamplerOptions.self], call[ChanceOptions.self])
    (rows, output) = (call[RowOptions.self], call[OutputOptions.self])
  }
}

extension Command {
  static let next = Command(
    CommandDescription(
      "next", "the next token's distribution, before and after the sampler chain",
      synopsis: ["next PROMPT [options]"],
      details: """
        Rows are ordered by the model's own probability: 'before' is softmax(logits), 'after' what
        the sampler chain leaves, over the whole vocabulary. The filter that makes the cut is the one
        that removed the first token below the last kept one; where none is removed there, the one
        that removed the most probable. With --greedy or -t 0 only the penalties, DRY and the ban of
        repeated n-grams run before the choice; the other filters are ignored, as transformers does. With --seed the token is drawn that 'generate' begins with, and
        JSON has "seed", "u" and "drawn". "stages" tells what each stage of the chain left: its
        tokens, their mass in the model's own distribution, and the entropy. Without --seed, what chance decides (XTC) is decided as with seed 0. An empty PROMPT begins with the model's token for it, as <|endoftext|>.
        """,
      groups: [
        .textOrIDs, .model, .sampler, .drawSeed,
        .output(
          [.table, .json],
          [
            Option(
              "top", nil, "N", "how many rows (20)", \RowOptions.count, shown: { String($0.count) }
            ) { argument throws(UsageError) in try argument.integer(atLeast: 1) }
          ]),
      ],
      examples: [
        "gpt2-viz next 'Once upon a' --top 10 -p 0.92", "gpt2-viz next 'Once upon a' -k 40 --format json",
      ]
    )
  ) { (options: NextOptions, surroundings) in
    let prompt = try options.text.readPrompt(options.words, for: "next")
    let settings = try options.sampler.settings
    let chain = try SamplerChain(settings)
    try options.chance.check(settings.seedLike)
    let loaded = try loadModel(options.model, surroundings)
    let ids = try loaded.promptReader.ids(of: prompt)
    let prediction = try loaded.prediction(behind: ids)
    _ = try loaded.predictor.extend(prediction, to: min(options.rows.count, loaded.profile.vocabularySize))
    let breakers = loaded.tokenizer.map { settings.sequenceBreakers(in: $0) } ?? .none
    let context = ChainContext(
      history: ids, seed: options.chance.seed ?? 0, seedLike: settings.seedLike, breakers: breakers)
    let seed = options.chance.seed
    let (distribution, stages, drawn, problem) = try decide(
      loaded.predictor, prediction, chain, context,
      u: seed.map { Draw(firstOf: $0, like: settings.seedLike).u })
    let next = NextToken(
      modelName: loaded.name, tokenizer: loaded.tokenizer, ids: ids, settings: settings,
      order: chain.order, distribution: distribution, stages: stages,
      rowCount: min(options.rows.count, loaded.profile.vocabularySize),
      draw: seed.map { SeededDraw(seed: $0, settings, id: drawn) },
      tellsMore: (loaded.predictor as? ServedPredictor).map { $0.mostRanks > distribution.knownRanks }
        ?? false)
    if options.output.format == .json {
      try surroundings.output.writeLine(next.json.description)
    } else {
      let picture = BarPicture(drawsBlocks: surroundings.drawsBlocks)
      try surroundings.output.write(
        next.table(
          picture, glyphs: surroundings.glyphs, dimsRemoved: surroundings.usesColor))
    }
    // The distribution is known all the same.
    if let problem { throw SamplingError.untold(problem) }
  }
}

/// Runs the chain on a prediction, and draws with u. Where the first ranks do not decide it, a server is asked for more.
/// Returns as well why nothing was drawn, where a server does not tell enough.
private func decide(
  _ predictor: any Predictor, _ prediction: Prediction, _ chain: SamplerChain, _ context: ChainContext,
  u: Double?
) throws -> (distribution: Distribution, stages: [SamplerStage], drawn: Int?, problem: Untold?) {
  while true {
    let (distribution, stages) = try chain.measure(try predictor.belief(of: prediction), context)
    if distribution.isCutOpen, try predictor.extend(prediction, to: nil) { continue }
    var untold = distribution.untold
    var drawn: Int?
    if let u, untold == nil {
      do throws(SamplingError) {
        drawn = try chain.token(at: u, in: distribution, context)
        if drawn == nil { untold = distribution.openDraw(at: u) }
      } catch {
        guard case .untold(let reason) = error else { throw error }
        untold = reason
      }
    }
    if let untold, untold.needsRanks, try predictor.extend(prediction, to: nil) { continue }
    if let untold {
      guard case .draw = untold else { throw SamplingError.untold(untold) }
    }
    return (distribution, stages, drawn, untold)
  }
}

/// The token drawn with the first number of a seed: the one that `generate` with this seed begins with.
struct SeededDraw {
  let seed: UInt64
  /// In [0, 1); nil for greedy decoding, which uses no random number.
  let u: Double?
  let id: Int?

  init(seed: UInt64, _ settings: SamplingSettings, id: Int?) {
    self.seed = seed
    u = settings.isGreedy ? nil : Draw(firstOf: seed, like: settings.seedLike).u
    self.id = id
  }

  var json: [JSON.Member] {
    [.init("seed", JSON(seed)), .init("u", JSON(u)), .init("drawn", id.map { JSON($0) } ?? .null)]
  }
}

/// One decision as `next` shows it.
struct NextToken {
  let modelName: String
  let tokenizer: (any TokenTable)?
  let ids: [Int]
  let settings: SamplingSettings
  let order: [StepName]
  let distribution: Distribution
  let stages: [SamplerStage]
  let rowCount: Int
  /// nil where no seed was given.
  let draw: SeededDraw?
  /// A server tells more ranks than it was asked for.
  var tellsMore = false

  private var vocabularySize: Int { distribution.vocabularySize }
  private var rows: [DistributionRow] { (1...rowCount).compactMap(distribution.row(atRank:)) }

  var json: JSON {
    let top = rows.map { TraceRow($0, tokenizer: tokenizer).json(hasVocabulary: tokenizer != nil) }
    let answer: JSON = [
      "model": JSON(modelName), "ids": JSON(ids), "vocab_size": JSON(vocabularySize),
      "order": JSON(order.map(\.rawValue)), "settings": settings.json,
      "before": .object(
        [.init("entropy_bits", JSON(distribution.entropyBefore, unless: distribution.belief.entropyBounds))]
          + headMembers),
      "after": .object(
        [
          .init("entropy_bits", JSON(distribution.entropyAfter, unless: distribution.entropyAfterBounds)),
          .init("kept", JSON(distribution.keptCount)),
          .init("kept_mass", JSON(distribution.keptMass)),
          .init("binding", JSON(distribution.bindingFilter?.rawValue)),
        ] + openMembers),
      "stages": .array(stages.map(\.json)), "top": .array(top),
    ]
    return .object((answer.members ?? []) + (draw?.json ?? []))
  }

  /// Of a head what is known of the rest; nothing where all tokens are known.
  private var headMembers: [JSON.Member] {
    guard distribution.knownRanks < vocabularySize, let rest = distribution.belief.restMass else { return [] }
    return [
      .init("known_ranks", JSON(distribution.knownRanks)), .init("rest_mass", JSON(rest)),
      .init("entropy_bounds", JSON(distribution.belief.entropyBounds)),
    ]
  }

  /// Where the numbers after the chain lie, of those that a head leaves open.
  private var openMembers: [JSON.Member] {
    var members: [JSON.Member] = []
    if case let bounds = distribution.entropyAfterBounds, bounds.lowerBound < bounds.upperBound {
      members.append(.init("entropy_bounds", JSON(bounds)))
    }
    if distribution.isCutOpen {
      members.append(.init("kept_bounds", JSON(distribution.keptCountBounds)))
    }
    if case let bounds = distribution.keptMassBounds, bounds.lowerBound < bounds.upperBound {
      members.append(.init("kept_mass_bounds", JSON(bounds)))
    }
    return members
  }

  // MARK: Table

  func table(_ picture: BarPicture, glyphs: GlyphSet, dimsRemoved: Bool) -> String {
    let barWidth = 20
    let largest = [rows.first?.before, distribution.largestAfter].compactMap { $0 }.max() ?? 1
    var table = TextTable(columns: [
      .right("rank"), .left("token"), .right("id"), .right(scoreTitle), .right("before"), .left(""),
      .right("sum"), .right("after"), .left(""),
    ])
    for row in rows {
      table.append(
        [
          String(row.rank), visiblePiece(of: row.id, tokenizer, glyphs: glyphs), String(row.id),
          NumberFormat.fixed(Double(row.belief.logit), decimals: 2),
          NumberFormat.percent(row.before), picture.bar(row.before / largest, width: barWidth),
          NumberFormat.percent(row.belief.cumulative),
          row.afterBounds.map(RangeText.percent)
            ?? ChainDescription.removal(by: row.removedBy),
          row.after.map { picture.bar($0 / largest, width: barWidth) } ?? "",
        ], isDim: dimsRemoved && !row.isKept)
    }
    let chain = ChainDescription(settings, glyphs: glyphs).text
    return "\(modelName), \(counted(ids.count, "token")) read; \(chain)\n\n" + table.text + "\n"
      + waterfall(picture, glyphs: glyphs) + summary + drawn(glyphs)
  }

  /// A row for each stage of the chain; empty where none is on.
  private func waterfall(_ picture: BarPicture, glyphs: GlyphSet) -> String {
    guard !stages.isEmpty else { return "" }
    var table = TextTable(columns: [
      .left("stage"), .right("tokens"), .right("mass"), .left(""), .right("entropy"), .left("here"),
    ])
    for stage in stages {
      let words = StageDescription(stage, settings, distribution, glyphs: glyphs) { id in
        visiblePiece(of: id, tokenizer, glyphs: glyphs)
      }
      table.append([
        glyphs.spelled(ChainDescription.name(of: stage.name, in: settings)),
        RangeText.count(stage.keptBounds),
        RangeText.percent(stage.massBounds), picture.bar(stage.mass, width: 10),
        RangeText.fixed(stage.entropyBounds, decimals: 2), words.text,
      ])
    }
    return table.text + "\n"
  }

  private func drawn(_ glyphs: GlyphSet) -> String {
    guard let draw, let id = draw.id else { return "" }
    let piece = visiblePiece(of: id, tokenizer, glyphs: glyphs)
    guard let u = draw.u else { return "greedy decoding takes \(piece), whatever the seed\n" }
    return "u = \(NumberFormat.fixed(u, decimals: 4)), the first of seed \(draw.seed), falls on \(piece)\n"
  }

  private var scoreTitle: String { distribution.belief.hasLogits == false ? "ln p" : "logit" }

  private var summary: String {
    let rest = vocabularySize - rows.count
    var text = ""
    if rest > 0 {
      let mass = RestMass.below(rows.last?.belief.cumulative ?? 0, last: rows.last?.before ?? 1) {
        distribution.massBefore(ofRanks: rows.count + 1...vocabularySize)
      }
      text += "\(counted(rest, "more token")) with \(NumberFormat.percent(mass)) of the probability\n"
    }
    if let untold = distribution.untoldText(tellsMore: tellsMore) { text += untold + "\n" }
    text += "kept \(distribution.keptText) of \(counted(vocabularySize, "token"))"
    text += ", \(distribution.keptMassText) of the probability"
    text += ChainDescription.bindingDeed(in: distribution).map { "; \($0)\n" } ?? "\n"
    let before = RangeText.fixed(distribution.belief.entropyBounds, decimals: 2)
    let after = RangeText.fixed(distribution.entropyAfterBounds, decimals: 2)
    return text + "entropy \(before) bits before, \(after) bits after\n"
  }
}
