import LMCore

struct FilterOptions: CommandOptions {
  let words: [String]
  let sampler: SamplerOptions
  let chance: ChanceOptions

  init(_ call: CommandCall) {
    (words, sampler, chance) = (call.words, call[SamplerOptions.self], call[ChanceOptions.self])
  }
}

extension Command {
  static let filter = Command(
    CommandDescription(
      "filter", "the sampler chain on given logits; needs no model", synopsis: ["filter FILE [options]"],
      details: """
        FILE ('-' is standard input) holds {"logits":[1.0,null,...],"ids":[...]}: null is minus
        infinity, ids are the tokens so far, which only the penalties, DRY and the ban of repeated
        n-grams look at. The answer: {"mask":[1,0,...],"probs":[...],"kept":n,
        "kept_mass":p,"entropy_bits":x,"order":[...], "stages":[...]}, probs and entropy after the
        chain, all in double precision; "stages" tells what each stage left. FILE may also have
        "prompt_count", how many of the ids are the prompt's; "chance" of steps, as {"xtc":0.2};
        "memory" of steps, as {"mirostat":10}; "breakers", DRY's, as lists of ids; and "u" in [0, 1),
        which draws: the answer then has "token", and "memory" behind the draw. With --seed also "seed", its first number "u", and the token "drawn".
        """,
      groups: [.sampler, .drawSeed, .output([.json])],
      examples: [#"echo '{"logits":[3,2,1]}' | gpt2-viz filter - -p 0.8"#], words: .file
    )
  ) { (options: FilterOptions, surroundings) in
    guard let file = options.words.first else {
      throw UsageError("'filter' needs a FILE with logits, '-' for standard input", command: "filter")
    }
    let settings = try options.sampler.settings
    let chain = try SamplerChain(settings)
    try options.chance.check(settings.seedLike)
    let input = try LogitsDocument(bytes: try TextInput.bytes(ofFile: file))
    let context = ChainContext(
      history: input.ids, promptCount: input.promptCount, seed: options.chance.seed ?? 0,
      seedLike: settings.seedLike,
      chances: input.chances,
      memories: input.memories, breakers: SequenceBreakers(input.breakers))
    let (result, stages) = try chain.measure(try Belief(precise: input.logits), context)
    let rows = input.logits.indices.lazy.map { result.row(of: $0) }
    let answer: JSON = [
      "mask": JSON(rows.map { $0?.isKept == true ? 1 : 0 }),
      "probs": .array(rows.map { JSON($0?.after ?? 0) }),
      "kept": JSON(result.keptCount), "kept_mass": JSON(result.keptMass),
      "entropy_bits": JSON(result.entropyAfter), "order": JSON(chain.order.map(\.rawValue)),
      "stages": .array(stages.map(\.json)),
    ]
    let token = try input.u.flatMap { try chain.token(at: $0, in: result, context) }
    let drawn: [JSON.Member] =
      token.map { id in
        [
          .init("token", JSON(id)),
          .init("memory", JSON(chain.memories(after: id, in: result, stages, context))),
        ]
      } ?? []
    let draw = try options.chance.seed.map {
      SeededDraw(
        seed: $0, chain.settings,
        id: try chain.token(at: Draw(firstOf: $0, like: chain.settings.seedLike).u, in: result, context))
    }
    try surroundings.output.writeLine(
      JSON.object((answer.members ?? []) + drawn + (draw?.json ?? [])).description)
  }
}
