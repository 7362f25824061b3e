/// The filters between a model's logits and the distribution that a token is drawn from, in their order.
///
/// `transformers`: repetition penalty, n-gram ban, temperature, top-k, top-p, min-p, typical-p, epsilon, eta.
/// llama.cpp: repetition penalty, n-gram ban, top-k, typical-p, top-p, min-p, epsilon, eta, temperature. llama.cpp has
/// no epsilon and eta; they stand behind min-p as in `transformers`, and before the temperature because there every
/// filter judges the model's own probabilities. Its n-gram ban is the one of `transformers`, beside the
/// penalty, where llama.cpp has its own means against repetition.
///
/// Each filter sees the distribution renormalised over what the ones before it left. At temperature 0 only the
/// penalties and the ban run, then the most likely token is taken, as `transformers` without sampling.
public struct SamplerChain: Sendable {
  public let settings: SamplingSettings
  private let processors: [any LogitsProcessor]

  /// Checks every setting, also those that another one makes ineffective.
  public init(_ settings: SamplingSettings) throws(SamplingError) {
    self.settings = settings
    let penalties: [any LogitsProcessor] = [
      try RepetitionPenaltyProcessor(settings.repetitionPenalty),
      try NoRepeatNgramProcessor(settings.noRepeatNgram),
    ]
    let temperature = try TemperatureProcessor(settings.temperature)
    let topK = try TopKProcessor(settings.topK)
    let topP = try TopPProcessor(settings.topP)
    let minP = try MinPProcessor(settings.minP)
    let typicalP = try TypicalPProcessor(settings.typicalP)
    let epsilon = try EpsilonProcessor(settings.epsilon)
    let eta = try EtaProcessor(settings.eta)

    let warpers: [any LogitsProcessor] =
      switch settings.order {
      case _ where settings.isGreedy: [temperature]
      case .huggingFace: [temperature, topK, topP, minP, typicalP, epsilon, eta]
      case .llamaCpp: [topK, typicalP, topP, minP, epsilon, eta, temperature]
      }
    processors = (penalties + warpers).filter(\.isActive)
  }

  /// The steps that are switched on, in the order in which they run.
  public var order: [FilterName] { processors.map(\.filter) }

  /// Runs the chain on a model's logits [V]; `history` holds the ids of the text so far, prompt included.
  public func apply(to logits: [Float], history: [Int]) throws(SamplingError) -> Distribution {
    try apply(to: try Belief(logits), history: history)
  }

  /// Runs the chain on logits already ranked: what a turned knob needs. All of them must be known.
  public func apply(to belief: Belief, history: [Int]) throws(SamplingError) -> Distribution {
    guard case .complete(let ranked) = belief.content else {
      throw .logitsUnknown(known: belief.knownRanks, vocabularySize: belief.vocabularySize)
    }
    if let invalidID = history.first(where: { !(0..<belief.vocabularySize).contains($0) }) {
      throw .historyOutsideVocabulary(id: invalidID, vocabularySize: belief.vocabularySize)
    }
    var candidates = Candidates(ranked)
    for processor in processors { try processor.process(&candidates, history: history) }
    return Distribution(belief, candidates)
  }
}

extension SamplingSettings {
  /// Throws one sentence about the first setting outside its range.
  public func validate() throws(SamplingError) { _ = try SamplerChain(self) }
}
