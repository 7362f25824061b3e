/// A text that grows by its own chain and seed: the tokens that a `GenerationSession` chooses with the same prompt,
/// settings and seed, without the session's tree.
struct GrowingText {
  /// The text's place in the plan.
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

  /// - Parameter breakers: of DRY, for the strategy's settings.
  init(_ plan: StudyPlan, index: Int, breakers: SequenceBreakers) throws(SamplingError) {
    let sample = index % plan.sampleCount
    self.index = index
    self.breakers = breakers
    promptIDs = plan.prompt(of: sample)
    chain = try SamplerChain(plan.strategies[index / plan.sampleCount].settings)
    (limit, endOfText) = (plan.tokenCount, plan.endOfText)
    stream = DrawStream(seed: plan.seed &+ UInt64(sample))
  }

  /// The text that has to be predicted next.
  var path: TextPath { TextPath(prompt: promptIDs, generated: generated) }

  /// How many tokens there are behind the prompt.
  var count: Int { generated.count }

  var collected: CollectedText {
    CollectedText(ids: generated, logProbabilities: logProbabilities, isEnded: isEnded)
  }

  /// Chooses the next token from what the model holds of it.
  mutating func grow(_ belief: Belief) throws(SamplingError) {
    let rule = chain.settings.seedLike
    let context = ChainContext(
      history: promptIDs + generated, promptCount: promptIDs.count, seed: stream.seed, seedLike: rule,
      memories: memories, breakers: breakers)
    let (distribution, stages) = try chain.measure(belief, context)
    let draw = Draw(seed: stream.seed, redraws: 0, u: stream.next(rule))
    if chain.keepsNumberLikeLlamaCpp(distribution) { stream.skip(-1) }
    let id = try Decision(chain, distribution, stages, context, draw: draw, followed: nil).drawn
    memories = chain.memories(after: id, in: distribution, stages, context)
    logProbabilities.append(belief.logProbability(of: id) ?? -.infinity)
    if endOfText.contains(id) {
      (isEnded, isFinished) = (true, true)
      return
    }
    generated.append(id)
    isFinished = generated.count == limit
  }
}
