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

  /// Takes what the model holds of one path after the other; with the last one the text grows, or what it needs is there.
  ///
  /// - Parameters:
  ///   - prediction: that of the path, of which the belief is read.
  ///   - more: the same belief with more ranks, where not all are known; nil where the source tells no more.
  mutating func take(_ prediction: Prediction, _ belief: Belief, more: () throws -> Belief?) throws
}

extension StudyPlan {
  /// The text at a place of the plan, with nothing behind its prompt.
  ///
  /// - Parameters:
  ///   - breakers: of DRY, for the strategy's settings.
  ///   - predictor: what the text is written by.
  func text(
    _ index: Int, breakers: SequenceBreakers, by predictor: any Predictor
  ) throws -> any GrowingText {
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
    case .contrastive(let settings):
      let source = try predictor.requireHiddenStates()
      return ContrastiveText(
        index: index, prompt: prompt, source: source,
        search: try ContrastiveSearch(
          settings, promptIDs: prompt, states: source.hiddenStates(of: prompt), breakers: breakers),
        limit: tokenCount, endOfText: endOfText)
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

  mutating func take(_ prediction: Prediction, _ belief: Belief, more: () throws -> Belief?) throws {
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

  mutating func take(_ prediction: Prediction, _ belief: Belief, more: () throws -> Belief?) throws {
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

/// A text of contrastive search: first what follows the text is asked for, then in turn what follows each candidate.
private struct ContrastiveText: GrowingText {
  let index: Int
  private let promptIDs: [Int]
  private let source: any HiddenStateSource
  private var search: ContrastiveSearch
  private let limit: Int
  private let endOfText: Set<Int>
  private var generated: [Int] = []
  private var logProbabilities: [Double] = []
  private(set) var isFinished = false
  private var isEnded = false
  /// What the model holds behind the text; nil at first.
  private var belief: Belief?
  private var candidates: [(id: Int, probability: Double)] = []
  /// Of the first candidates, until all have theirs.
  private var tried: [(state: [Float], belief: Belief)] = []

  init(
    index: Int, prompt: [Int], source: any HiddenStateSource, search: ContrastiveSearch, limit: Int,
    endOfText: Set<Int>
  ) {
    (self.index, promptIDs, self.source, self.search) = (index, prompt, source, search)
    (self.limit, self.endOfText) = (limit, endOfText)
  }

  var paths: [TextPath] {
    guard belief != nil else { return [TextPath(prompt: promptIDs)] }
    return candidates.map { TextPath(prompt: promptIDs, generated: generated + [$0.id]) }
  }

  var count: Int { generated.count }

  var collected: CollectedText {
    CollectedText(ids: generated, logProbabilities: logProbabilities, isEnded: isEnded)
  }

  mutating func take(_ prediction: Prediction, _ belief: Belief, more: () throws -> Belief?) throws {
    guard let own = self.belief else { return try stand(behind: belief) }
    tried.append((source.hiddenState(of: prediction), belief))
    guard tried.count == candidates.count else { return }
    let step = search.choose(among: candidates, states: tried.map(\.state))
    logProbabilities.append(own.logProbability(of: step.id) ?? -.infinity)
    guard !endOfText.contains(step.id) else {
      (isEnded, isFinished) = (true, true)
      return
    }
    generated.append(step.id)
    isFinished = generated.count == limit
    try stand(behind: tried[step.place].belief)
  }

  private mutating func stand(behind belief: Belief) throws {
    self.belief = belief
    tried = []
    candidates = isFinished ? [] : try search.candidates(of: belief, behind: generated)
  }
}
