import Glibc

/// Turns what the model believes behind a beam into the continuations that beam search ranks.
///
/// As `transformers`: penalties and bans always act, and on ln p in the place of logits. Filters and the temperature act only where
/// candidates are drawn, leave at least two tokens and one more than there are ends, and what they leave is not renormalised.
struct BeamChain: Sendable {
  private let settings: BeamSettings
  private let chain: SamplerChain
  private let candidateCount: Int
  private let leastKept: Int

  /// - Throws: `SamplingError` for a setting out of range, and for a step that beam search has no place for.
  init(_ search: BeamSearch) throws(SamplingError) {
    settings = search.settings
    let isSampled = settings.seed != nil
    var steps = SamplerChain.allSteps
    if !isSampled { steps = steps.filter { $0.runsInGreedyDecoding && $0.name != .temperature } }
    var sampling = settings.sampling
    // Greedy decoding is the search's own business.
    if sampling.isGreedy { sampling.temperature = 1 }
    try settings.sampling.validate()
    chain = try SamplerChain(sampling, of: steps)
    if let unfit = chain.order.first(where: { [.mirostat, .adaptiveP].contains($0) }) {
      throw .stepNeedsOneText(unfit)
    }
    (candidateCount, leastKept) = (search.candidateCount, max(2, 1 + search.endOfText.count))
  }

  /// The continuations of one beam, by ln p descending.
  ///
  /// - Parameters:
  ///   - place: which beam it is; with the length of the text and the seed it tells the noise.
  ///   - prompt: the ids in front of the beam's own.
  func continuations(
    of belief: Belief, behind prompt: [Int], _ beam: Hypothesis, place: Int, breakers: SequenceBreakers
  ) throws(SamplingError) -> [Continuation] {
    guard settings.seed != nil || !chain.order.isEmpty else {
      return belief.knownIDs.prefix(candidateCount).compactMap { id in
        belief.logProbability(of: id).map { Continuation(id: id, logProbability: $0) }
      }
    }
    guard let logarithms = try belief.ofLogProbabilities() else {
      throw .logitsUnknown(known: belief.knownRanks, vocabularySize: belief.vocabularySize)
    }
    let context = ChainContext(
      history: prompt + beam.ids, promptCount: prompt.count, seed: settings.seed ?? 0, breakers: breakers)
    let scores = try chain.scores(of: logarithms, context, keepingAtLeast: leastKept)
    guard let seed = settings.seed else {
      return scores.prefix(candidateCount).map { Continuation(id: $0.id, logProbability: $0.score) }
    }
    let noise = GumbelNoise(
      seed: seed, depth: beam.ids.count, beam: place, vocabularySize: belief.vocabularySize)
    return scores.map { Continuation(id: $0.id, logProbability: $0.score, noise: noise[$0.id]) }
  }
}

/// The noise of a step of beam sampling, -ln(-ln u): a number of its own for each token behind each beam, which no other token
/// and no order of work changes.
struct GumbelNoise {
  private let stream: UInt64
  private let first: Int

  init(seed: UInt64, depth: Int, beam: Int, vocabularySize: Int) {
    var source = RandomSource(seed: seed, skipping: depth)
    stream = source.next()
    first = beam * vocabularySize
  }

  subscript(id: Int) -> Double {
    var source = RandomSource(seed: stream, skipping: first + id)
    // In (0, 1): neither end has a finite logarithm.
    let u = (Double(source.next() >> 12) + 0.5) * 0x1p-52
    return -log(-log(u))
  }
}
