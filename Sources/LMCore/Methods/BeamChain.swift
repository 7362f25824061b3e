import Glibc

/// Turns what the model believes behind a beam into the continuations that beam search ranks.
///
/// As `transformers`: penalties and bans always act, and on ln p in the place of logits. Filters and the temperature act only where
/// candidates are drawn, leave at least two tokens and one more than there are ends, and what they leave is not renormalised.
struct BeamChain: Sendable {
  private let settings: BeamSettings
  private let chain: SamplerChain
  private let neededCount: Int
  private let leastKept: Int

  /// - Throws: `SamplingError` for a setting out of range, and for a step that beam search has no place for.
  init(_ search: BeamSearch) throws(SamplingError) {
    settings = search.settings
    let steps = Self.steps(drawing: settings.draws)
    var sampling = settings.sampling
    // Greedy decoding is the search's own business.
    if sampling.isGreedy { sampling.temperature = 1 }
    try settings.sampling.validate()
    guard !settings.draws || !settings.sampling.isGreedy else { throw .drawnBeamsNeedTemperature }
    guard sampling.seedLike == .own || !settings.draws else { throw .seedRuleNeedsOneText }
    chain = try SamplerChain(sampling, of: steps)
    if let unfit = chain.order.first(where: { [.mirostat, .adaptiveP].contains($0) }) {
      throw .stepNeedsOneText(unfit)
    }
    (neededCount, leastKept) = (search.neededCount, max(2, 1 + search.endOfText.count))
  }

  /// A step of the chain acts.
  var changesProbabilities: Bool { !chain.order.isEmpty }

  /// The steps that have a part.
  static func steps(drawing: Bool) -> [any SamplerStep.Type] {
    SamplerChain.allSteps.filter { drawing || actsWithoutDraws($0) }
  }

  /// Penalties and bans, and the limit to what a server tells.
  static func actsWithoutDraws(_ step: any SamplerStep.Type) -> Bool {
    step.runsInGreedyDecoding && step.name != .temperature
  }

  /// The continuations of one beam that can be looked at: the best, or those that can be drawn.
  ///
  /// - Parameters:
  ///   - place: which beam it is; with the length of the text and the seed it tells the noise.
  ///   - prompt: the ids in front of the beam's own.
  ///   - more: the same belief with more ranks, where not all are known; nil where the source tells no more.
  /// - Throws: `SamplingError`, and the errors of `more`.
  func continuations(
    of belief: Belief, behind prompt: [Int], _ beam: Hypothesis, place: Int, breakers: SequenceBreakers,
    more: () throws -> Belief?
  ) throws -> [Continuation] {
    guard settings.draws || !chain.order.isEmpty else {
      let needed = min(neededCount, belief.vocabularySize)
      var belief = belief
      while belief.knownRanks < needed, let longer = try more() { belief = longer }
      guard belief.knownRanks >= needed else {
        throw SamplingError.tooFewRanks(known: belief.knownRanks, needed: needed)
      }
      return belief.knownIDs.prefix(neededCount).compactMap { id in
        belief.logProbability(of: id).map { Continuation(id: id, ownLogProbability: $0) }
      }
    }
    let context = ChainContext(
      history: prompt + beam.ids, promptCount: prompt.count, seed: settings.seed, breakers: breakers)
    var (ownLogProbability, scores) = try scores(of: belief, context, more: more)
    if settings.choice == .stochastic, let first = scores.first?.score {
      // Whole texts are drawn from a distribution, so that the sums of what a filter leaves must be those of one.
      let total = first + log(scores.reduce(0) { $0 + exp($1.score - first) })
      for place in scores.indices { scores[place].score -= total }
    }
    guard settings.draws else {
      let slopes = slopes(context)
      return scores.prefix(neededCount).map {
        Continuation(
          id: $0.id, ownLogProbability: ownLogProbability($0.id), logProbability: $0.score,
          slope: slopes[$0.id, default: 1])
      }
    }
    let noise = GumbelNoise(
      seed: settings.seed, depth: beam.ids.count, beam: place, vocabularySize: belief.vocabularySize)
    // More of one beam are never drawn.
    return largest(neededCount, of: scores.indices) { scores[$0].score + noise[scores[$0].id] }
      .map { scores[$0] }
      .map {
        Continuation(
          id: $0.id, ownLogProbability: ownLogProbability($0.id), logProbability: $0.score,
          noise: noise[$0.id])
      }
  }

  /// What the chain leaves of ln p, and the model's own ln p by id.
  private func scores(
    of belief: Belief, _ context: ChainContext, more: () throws -> Belief?
  ) throws -> (own: (Int) -> Double, left: [(id: Int, score: Double)]) {
    var belief = belief
    // The scores of a head are ln p already.
    func own(_ belief: Belief) -> (Int) -> Double { { belief.logProbability(of: $0) ?? -.infinity } }
    let isHead = belief.hasLogits == false
    if isHead, settings.sampling.knownOnly {
      let needed = min(max(neededCount, leastKept), belief.vocabularySize)
      while belief.knownRanks < needed, let longer = try more() { belief = longer }
      guard belief.knownRanks >= needed else {
        throw SamplingError.tooFewRanks(known: belief.knownRanks, needed: needed)
      }
      return (own(belief), try chain.scores(of: belief, context, keepingAtLeast: leastKept))
    }
    while belief.knownRanks < belief.vocabularySize {
      if isHead, let left = chain.scores(ofHead: belief, context, keepingAtLeast: leastKept) {
        return (own(belief), left)
      }
      guard let longer = try more() else { break }
      belief = longer
    }
    guard let all = try belief.ofLogProbabilities() else {
      throw SamplingError.logitsUnknown(known: belief.knownRanks, vocabularySize: belief.vocabularySize)
    }
    return ({ all.values[$0] }, try chain.scores(of: all.belief, context, keepingAtLeast: leastKept))
  }

  /// By what the chain multiplies the ln p of a token, below 0, where that is not 1: the penalties of the text's own tokens.
  private func slopes(_ context: ChainContext) -> [Int: Double] {
    var slopes: [Int: Double] = [:]
    if chain.order.contains(.repetitionPenalty) {
      for id in Set(context.history) { slopes[id] = chain.settings.repetitionPenalty }
    }
    if chain.order.contains(.penalties) {
      for id in Set(context.history.suffix(max(chain.settings.repeatLastN, 0))) {
        slopes[id, default: 1] *= chain.settings.repeatPenalty
      }
    }
    return slopes
  }
}

/// The indices with the largest keys, by key descending, ties lowest index first.
private func largest(_ count: Int, of indices: Range<Int>, key: (Int) -> Double) -> [Int] {
  var best: [(key: Double, index: Int)] = []
  for index in indices {
    let key = key(index)
    if best.count == count, let last = best.last, key <= last.key { continue }
    let place = best.indices.partitioningIndex { best[$0].key < key }
    best.insert((key, index), at: place)
    if best.count > count { best.removeLast() }
  }
  return best.map(\.index)
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
