/// A text of a study while it is written.
protocol GrowingText {
  /// The text's place in the plan.
  var index: Int { get }
  /// How many tokens there are behind the prompt.
  var count: Int { get }
  var isFinished: Bool { get }
  /// What is kept of it, once it is finished.
  var collected: CollectedText { get }
  /// The texts that have to be predicted next.
  var paths: [TextPath] { get }

  /// Takes what the model holds of one path after the other; with the last one the text grows.
  ///
  /// - Parameter more: the same belief with more ranks, where not all are known; nil where the source tells no more.
  mutating func take(_ belief: Belief, more: () throws -> Belief?) throws
}

extension StudyPlan {
  /// The text at a place of the plan, with nothing behind its prompt.
  ///
  /// - Parameter breakers: of DRY, for the strategy's settings.
  func text(_ index: Int, breakers: SequenceBreakers) throws(SamplingError) -> any GrowingText {
    let sample = index % sampleCount
    let (prompt, seed) = (prompt(of: sample), seed &+ UInt64(sample))
    switch strategies[index / sampleCount].method {
    case .sampling(let settings):
      return try SampledText(
        index: index, prompt: prompt, chain: try SamplerChain(settings), seed: seed, breakers: breakers,
        limit: tokenCount, endOfText: endOfText)
    case .beams(var settings):
      settings.seed = seed
      return try SearchedText(
        index: index, prompt: prompt,
        search: BeamSearch(settings, limit: tokenCount, endOfText: endOfText), breakers: breakers)
    }
  }
}

/// A text that grows by its own chain and seed: the tokens that a `GenerationSession` chooses with the same prompt,
/// settings and seed, without the session's tree.
private struct SampledText: GrowingText {
  let index: Int
  private let promptIDs: [Int]
  private let chain: SamplerChain
  private let breakers: SequenceBreakers
  private let limit: Int
  private let endOfText: Set<Int>
  private var stream: DrawStream
  private var memories: [StepName: StepMemory] = [:]
  private var generated: [Int] = []
  private var logProbabilities: [Double] = []
  private(set) var isFinished = false
  private var isEnded = false

  init(
    index: Int, prompt: [Int], chain: SamplerChain, seed: UInt64, breakers: SequenceBreakers, limit: Int,
    endOfText: Set<Int>
  ) throws(SamplingError) {
    (self.index, promptIDs, self.chain, self.breakers) = (index, prompt, chain, breakers)
    (self.limit, self.endOfText, stream) = (limit, endOfText, DrawStream(seed: seed))
  }

  var paths: [TextPath] { [TextPath(prompt: promptIDs, generated: generated)] }

  var count: Int { generated.count }

  var collected: CollectedText {
    CollectedText(ids: generated, logProbabilities: logProbabilities, isEnded: isEnded)
  }

  mutating func take(_ belief: Belief, more: () throws -> Belief?) throws {
    let rule = chain.settings.seedLike
    let context = ChainContext(
      history: promptIDs + generated, promptCount: promptIDs.count, seed: stream.seed, seedLike: rule,
      memories: memories, breakers: breakers)
    let draw = Draw(seed: stream.seed, redraws: 0, u: stream.next(rule))
    func decide(_ belief: Belief) throws(SamplingError) -> Decision {
      let (distribution, stages) = try chain.measure(belief, context)
      return try Decision(chain, distribution, stages, context, draw: draw, followed: nil)
    }
    var (belief, decision) = (belief, try decide(belief))
    while decision.needsMoreRanks, let longer = try more() {
      (belief, decision) = (longer, try decide(longer))
    }
    if chain.keepsNumberLikeLlamaCpp(decision.distribution) { stream.skip(-1) }
    let id = try decision.step.id
    memories = chain.memories(after: id, in: decision.distribution, decision.stages, context)
    guard let logProbability = belief.logProbability(of: id) else {
      throw SamplingError.tokenUntold(id: id, known: belief.knownRanks)
    }
    logProbabilities.append(logProbability)
    if endOfText.contains(id) {
      (isEnded, isFinished) = (true, true)
      return
    }
    generated.append(id)
    isFinished = generated.count == limit
  }
}

/// The best text of a beam search.
private struct SearchedText: GrowingText {
  let index: Int
  private let promptIDs: [Int]
  private let chain: BeamChain
  private let breakers: SequenceBreakers
  private var search: BeamSearch
  /// Of the first live beams, until all have theirs.
  private var continuations: [[Continuation]] = []

  init(
    index: Int, prompt: [Int], search: BeamSearch, breakers: SequenceBreakers
  ) throws(SamplingError) {
    chain = try BeamChain(search)
    (self.index, promptIDs, self.search, self.breakers) = (index, prompt, search, breakers)
  }

  var paths: [TextPath] { search.live.map { TextPath(prompt: promptIDs, generated: $0.ids) } }

  var count: Int { search.depth }

  var isFinished: Bool { search.stop != nil }

  var collected: CollectedText {
    guard let best = search.finished.first else {
      return CollectedText(ids: [], logProbabilities: [], isEnded: false)
    }
    let ids = best.hypothesis.ids
    return CollectedText(
      ids: best.isEnded ? ids.dropLast() : ids, logProbabilities: best.hypothesis.logProbabilities,
      isEnded: best.isEnded)
  }

  mutating func take(_ belief: Belief, more: () throws -> Belief?) throws {
    let place = continuations.count
    continuations.append(
      try chain.continuations(
        of: belief, behind: promptIDs, search.live[place], place: place, breakers: breakers,
        more: more))
    guard continuations.count == search.live.count else { return }
    _ = search.advance(continuations)
    continuations = []
  }
}
