/// The steps between a model's logits and the distribution that a token is drawn from.
///
/// They run in the order of `SamplingSettings.order`. Each sees the distribution renormalised over what the ones
/// before it left. At temperature 0 only the penalties and the ban run, then the most likely token is taken, as
/// `transformers` does without sampling.
public struct SamplerChain: Sendable {
  /// The settings, all within their ranges.
  public let settings: SamplingSettings
  private let steps: [any SamplerStep]

  /// Every step, in the order in which their knobs are listed.
  static let allSteps: [any SamplerStep.Type] = [
    TemperatureStep.self, TopKStep.self, TopPStep.self, MinPStep.self, TypicalPStep.self, EpsilonStep.self,
    EtaStep.self, RepetitionPenaltyStep.self, NoRepeatNgramStep.self,
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
    let active = types.filter { type in
      type.knobs.first?.isOff(in: settings) == false && (!settings.isGreedy || type.runsInGreedyDecoding)
    }
    steps = settings.order.steps.compactMap { name in
      active.first { $0.name == name }.map { $0.init(settings) }
    }
  }

  /// The steps that are switched on, in the order in which they run.
  public var order: [StepName] { steps.map { type(of: $0).name } }

  /// Runs the chain on a model's logits [V]; `history` holds the ids of the text so far, prompt included.
  public func apply(to logits: [Float], history: [Int]) throws(SamplingError) -> Distribution {
    try apply(to: try Belief(logits), history: history)
  }

  /// Runs the chain on logits already ranked, behind a text that is all prompt. All logits must be known.
  public func apply(to belief: Belief, history: [Int]) throws(SamplingError) -> Distribution {
    try apply(to: belief, ChainContext(prompt: history))
  }

  /// Runs the chain on logits already ranked: what a turned knob needs. All of them must be known.
  public func apply(to belief: Belief, _ context: ChainContext) throws(SamplingError) -> Distribution {
    guard case .complete(let ranked) = belief.content else {
      throw .logitsUnknown(known: belief.knownRanks, vocabularySize: belief.vocabularySize)
    }
    if let invalidID = context.history.first(where: { !(0..<belief.vocabularySize).contains($0) }) {
      throw .historyOutsideVocabulary(id: invalidID, vocabularySize: belief.vocabularySize)
    }
    var candidates = Candidates(ranked)
    for step in steps { try step.apply(to: &candidates, context.scene(for: type(of: step).name)) }
    return Distribution(belief, candidates)
  }

  /// What the steps keep for the decision behind this one, which chose a token.
  func memories(after chosen: DistributionRow, _ context: ChainContext) -> [StepName: Double] {
    var memories: [StepName: Double] = [:]
    for step in steps {
      let name = type(of: step).name
      if let memory = step.memory(after: chosen, context.scene(for: name)) { memories[name] = memory }
    }
    return memories
  }
}

extension SamplingSettings {
  /// Throws one sentence about the first setting outside its range.
  public func validate() throws(SamplingError) { _ = try SamplerChain(self) }
}
