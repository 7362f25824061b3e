/// The steps between a model's logits and the distribution that a token is drawn from.
///
/// They run in the order of `SamplingSettings.order`. Each sees the distribution renormalised over what the ones
/// before it left. At temperature 0 only the penalties and the ban run, then the most likely token is taken, as
/// `transformers` does without sampling.
public struct SamplerChain: Sendable {
  /// The settings, all within their ranges.
  public let settings: SamplingSettings
  private let steps: [any SamplerStep]
  /// The steps that are switched on and have no part all the same: in greedy decoding, and beside Mirostat in llama.cpp's
  /// order.
  public let ignored: [StepName]

  /// Every step, in the order in which their knobs are listed.
  static let allSteps: [any SamplerStep.Type] = [
    TemperatureStep.self, TopKStep.self, TopPStep.self, MinPStep.self, TypicalPStep.self, EpsilonStep.self,
    EtaStep.self, TopNSigmaStep.self, TopHStep.self, XTCStep.self, RepetitionPenaltyStep.self,
    PenaltiesStep.self, NoRepeatNgramStep.self, DRYStep.self, MirostatStep.self, AdaptivePStep.self,
  ]

  /// Throws the first setting outside its range, also where another one makes it ineffective.
  public init(_ settings: SamplingSettings) throws(SamplingError) {
    try self.init(settings, of: Self.allSteps)
  }

  /// A chain of these steps, each named once in the order.
  init(_ settings: SamplingSettings, of types: [any SamplerStep.Type]) throws(SamplingError) {
    self.settings = settings
    for type in types {
      for knob in type.knobs { try knob.check(settings) }
    }
    let on = settings.order.steps.compactMap { name in types.first { $0.name == name && $0.isOn(settings) } }
    let last: [any SamplerStep.Type] = KnownStep.isOn(settings) ? [KnownStep.self] : []
    steps = (on.filter { !settings.isPassedOver($0) } + last).map { $0.init(settings) }
    ignored = on.filter { settings.isPassedOver($0) }.map { $0.name }
  }

  /// The steps that are switched on, in the order in which they run.
  public var order: [StepName] { steps.map { type(of: $0).name } }

  /// Runs the chain on a model's logits [V]; `history` holds the ids of the text so far, prompt included.
  public func apply(to logits: [Float], history: [Int]) throws(SamplingError) -> Distribution {
    try apply(to: try Belief(logits), history: history)
  }

  /// Runs the chain on logits already ranked, behind a text that is all prompt.
  public func apply(to belief: Belief, history: [Int]) throws(SamplingError) -> Distribution {
    try apply(to: belief, ChainContext(history: history))
  }

  /// Runs the chain on a distribution: what a turned knob needs. Of a recording nothing is known that the chain could run
  /// on. With a head the chain ends before a step that needs more: `Distribution.untold`.
  ///
  /// - Parameter stepCount: how many of the steps run, from the first on; nil for all.
  public func apply(
    to belief: Belief, _ context: ChainContext, first stepCount: Int? = nil
  ) throws(SamplingError) -> Distribution {
    var candidates = try start(belief, context)
    for step in steps.prefix(stepCount ?? steps.count) {
      do throws(SamplingError) {
        try check(step, candidates)
        try step.apply(to: &candidates, context.scene(for: type(of: step).name))
      } catch {
        return Distribution(belief, candidates, stoppedBy: try Self.untold(error))
      }
    }
    return Distribution(belief, candidates)
  }

  /// The distribution, and what each step made of the candidates, in the order in which they run. It costs about a
  /// fifth more than the distribution alone; more where the steps would have left most of the tokens unlooked at.
  public func measure(
    _ belief: Belief, _ context: ChainContext
  ) throws(SamplingError) -> (distribution: Distribution, stages: [SamplerStage]) {
    var candidates = try start(belief, context)
    var meter = StageMeter(candidates, settings)
    for step in steps {
      let scene = context.scene(for: type(of: step).name)
      meter.begin(&candidates)
      do throws(SamplingError) {
        try check(step, candidates)
        try step.apply(to: &candidates, scene)
      } catch {
        return (Distribution(belief, candidates, stoppedBy: try Self.untold(error)), meter.stages)
      }
      meter.end(&candidates, type(of: step), scene)
    }
    return (Distribution(belief, candidates), meter.stages)
  }

  /// Whether a step of it works on logits, which no server tells.
  package var needsLogits: Bool { steps.contains { if case .logits = $0.need { true } else { false } } }
  /// Whether a step of it looks at all tokens that are left.
  package var needsAllTokens: Bool {
    steps.contains { if case .allTokens = $0.need { true } else { false } }
  }

  /// Throws where a head does not tell what a step needs.
  private func check(_ step: any SamplerStep, _ candidates: Candidates) throws(SamplingError) {
    let name = type(of: step).name
    switch step.need {
    case .none: return
    case .allTokens where candidates.rest == nil: return
    case .allTokens:
      let known = candidates.ranked.rankCount
      throw .untold(.allTokens(neededBy: name, known: known, order: orderHelping(name, known: known)))
    case .logits where candidates.ranked.hasLogits: return
    case .logits: throw .untold(.logits(neededBy: name))
    }
  }

  /// The steps that are on, with a top-k that stands behind a step moved before it; nil where no top-k behind it leaves known
  /// tokens only.
  private func orderHelping(_ step: StepName, known: Int) -> String? {
    var names = order.filter { $0 != .known }
    guard let place = names.firstIndex(of: step), let topK = names.firstIndex(of: .topK), topK > place,
      settings.topK <= known
    else { return nil }
    names.insert(names.remove(at: topK), at: place)
    return names.map(\.rawValue).joined(separator: ";")
  }

  /// What a head leaves open ends the chain; any other error is thrown.
  private static func untold(_ error: SamplingError) throws(SamplingError) -> Untold {
    guard case .untold(let untold) = error else { throw error }
    return untold
  }

  /// What the steps make of logarithms of probabilities, as beam search of `transformers` uses them: neither shifted nor
  /// renormalised.
  ///
  /// - Parameters:
  ///   - belief: its logits are the logarithms.
  ///   - count: how many tokens each filter keeps at least.
  /// - Returns: the tokens that are left, by score descending, ties lowest id first.
  func scores(
    of belief: Belief, _ context: ChainContext, keepingAtLeast count: Int
  ) throws(SamplingError) -> [(id: Int, score: Double)] {
    try left(of: belief, context, keepingAtLeast: count).scores
  }

  /// The same of a belief whose source told the first ranks alone; nil where they do not decide what is left.
  func scores(
    ofHead belief: Belief, _ context: ChainContext, keepingAtLeast count: Int
  ) -> [(id: Int, score: Double)]? {
    guard let left = try? left(of: belief, context, keepingAtLeast: count) else { return nil }
    return left.hasUntold ? nil : left.scores
  }

  private func left(
    of belief: Belief, _ context: ChainContext, keepingAtLeast count: Int
  ) throws(SamplingError) -> (scores: [(id: Int, score: Double)], hasUntold: Bool) {
    var candidates = try start(belief, context, keepingAtLeast: count)
    for step in steps {
      try check(step, candidates)
      try step.apply(to: &candidates, context.scene(for: type(of: step).name))
    }
    let scores = candidates.range.map {
      (candidates.id(at: $0), candidates.scores[$0] / candidates.temperature)
    }
    return (scores, candidates.rest != nil)
  }

  private func start(
    _ belief: Belief, _ context: ChainContext, keepingAtLeast count: Int = 1
  ) throws(SamplingError) -> Candidates {
    guard case .complete(let ranked) = belief.content else {
      throw .logitsUnknown(known: belief.knownRanks, vocabularySize: belief.vocabularySize)
    }
    if let invalidID = context.history.first(where: { !(0..<belief.vocabularySize).contains($0) }) {
      throw .historyOutsideVocabulary(id: invalidID, vocabularySize: belief.vocabularySize)
    }
    return Candidates(ranked, keepingAtLeast: count)
  }

  /// What the steps keep for the decision behind this one, which chose a token.
  ///
  /// - Parameter stages: what `measure` told of it.
  public func memories(
    after id: Int, in distribution: Distribution, _ stages: [SamplerStage], _ context: ChainContext
  ) -> [StepName: StepMemory] {
    guard let chosen = distribution.row(of: id) else { return [:] }
    var memories: [StepName: StepMemory] = [:]
    for (step, stage) in zip(steps, stages) {
      memories[stage.name] = step.memory(
        after: chosen, of: distribution, stage, context.scene(for: stage.name))
    }
    return memories
  }
}

extension SamplingSettings {
  /// Throws one sentence about the first setting outside its range.
  public func validate() throws(SamplingError) { _ = try SamplerChain(self) }
}
