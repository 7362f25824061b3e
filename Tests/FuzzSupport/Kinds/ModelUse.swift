import LMCore

/// Uses a model that was made from damaged files: whatever the numbers in it, a step ends.
enum ModelUse {
  static func exercise(
    _ model: Transformer, tokenizer: (any Tokenizer)? = nil, _ random: inout RandomSource
  ) throws {
    let blueprint = model.blueprint
    try require(model.vocabularySize > 0 && model.contextLength > 0 && model.hiddenSize > 0, "a size of 0")
    try require(blueprint.headCount % blueprint.keyValueHeadCount == 0, "uneven heads")
    let longest = min(model.contextLength, 6)
    let prompt = (0..<1 + random.below(longest)).map { _ in random.below(model.vocabularySize) }
    try follow(model, prompt, &random)
    guard let tokenizer else { return }
    try require(tokenizer.vocabularySize <= model.vocabularySize, "the vocabulary is larger than the model")
    let text = try tokenizer.encode("Once upon a time 1234 <|endoftext|> é")
    try require(
      text.allSatisfy { (0..<model.vocabularySize).contains($0) }, "a text has an id outside the model")
  }

  /// A prompt and a few steps, forward and back.
  private static func follow(_ model: Transformer, _ prompt: [Int], _ random: inout RandomSource) throws {
    let session = try GenerationSession(
      predictor: LocalPredictor(model), promptIDs: prompt, settings: SettingsChoice.any(&random),
      seed: random.next())
    for _ in 0..<2 {
      do {
        let step = try session.advance()
        try require((0..<model.vocabularySize).contains(step.id), "a step has an id outside the vocabulary")
        let distribution = try session.decision.distribution
        try require(distribution.knownRanks == model.vocabularySize, "logits are missing")
        try require((1...model.vocabularySize).contains(distribution.keptCount), "no token is kept")
        try require(
          (1...distribution.knownRanks).allSatisfy { rank in
            distribution.row(atRank: rank).map { (0...1.000_001).contains($0.after ?? 0) } ?? false
          }, "a probability outside 0...1")
      } catch let error as SessionError {
        // Only a short context may end a text; the ids are right.
        guard case .contextFull = error else { throw WrongResult("\(error)") }
      }
      // Weights that are no numbers are refused by the sampler chain, with a sentence: that goes on to the caller.
    }
    session.back()
    session.jump(toDepth: 0)
  }
}

/// Settings of the sampler chain, with extremes.
enum SettingsChoice {
  static func any(_ random: inout RandomSource) -> SamplingSettings {
    var settings = SamplingSettings()
    if random.isOneIn(3) { settings.temperature = random.pick([0, 1e-300, 0.5, 2, 1e300, .infinity]) }
    if random.isOneIn(3) { settings.topK = random.pick([1, 5, 1000, .max]) }
    if random.isOneIn(3) { settings.topP = random.pick([1e-300, 0.5, 0.9, 1]) }
    if random.isOneIn(4) { settings.repetitionPenalty = random.pick([1e-300, 1.3, 1e300]) }
    if random.isOneIn(4) { settings.noRepeatNgram = random.pick([1, 2, 7, .max]) }
    if random.isOneIn(4) { settings.minP = random.pick([0.1, 1]) }
    if random.isOneIn(4) { settings.typicalP = random.pick([0.2, 0.95]) }
    if random.isOneIn(4) { settings.epsilon = random.pick([1e-4, 0.5]) }
    if random.isOneIn(4) { settings.eta = random.pick([1e-4, 0.5]) }
    if random.isOneIn(3) { settings.order = .llamaCpp }
    return settings
  }
}
