/// How contrastive search runs: names and rules of `transformers`.
public struct ContrastiveSettings: Hashable, Sendable {
  /// The largest number of candidates.
  public static let mostCandidates = 64

  /// k: how many of the likeliest tokens are tried at each step; in 1...64.
  public var candidateCount: Int
  /// How much a token's similarity to the text counts against its probability; in 0...1. 0 is greedy decoding.
  public var alpha: Double
  /// Penalties and bans, which change the probabilities. Nothing is drawn, so that nothing else of a chain has a part.
  public var sampling: SamplingSettings

  /// Settings with these values.
  public init(
    candidateCount: Int = 4, alpha: Double = 0.6, sampling: SamplingSettings = SamplingSettings()
  ) {
    (self.candidateCount, self.alpha, self.sampling) = (candidateCount, alpha, sampling)
  }

  /// The same for a text whose settings may shape draws as well: of those only the penalties and bans have a part.
  public init(candidateCount: Int = 4, alpha: Double = 0.6, penaltiesOf sampling: SamplingSettings) {
    var sampling = sampling
    for step in StepName.allCases where !Self.steps.contains(step) { step.switchOff(&sampling) }
    sampling.knownOnly = false
    self.init(candidateCount: candidateCount, alpha: alpha, sampling: sampling)
  }

  /// The settings under the names of `transformers`.
  public var json: JSON {
    ["penalty_alpha": JSON(alpha), "top_k": JSON(candidateCount), "settings": sampling.json]
  }

  /// Throws one sentence about the first setting that the search does not take.
  public func validate() throws(SamplingError) { _ = try chain() }

  /// The settings of a session of such a text: greedy, so that it has no draw that nobody made.
  public var shown: SamplingSettings {
    var shown = sampling
    (shown.topK, shown.temperature) = (candidateCount, 0)
    return shown
  }

  /// The chain of the penalties and bans.
  ///
  /// - Throws: `SamplingError` for a setting out of range, and for a step that only a draw has a use for.
  func chain() throws(SamplingError) -> SamplerChain {
    guard (1...Self.mostCandidates).contains(candidateCount) else {
      throw .settingOutOfRange(
        title: "top-k of contrastive search", range: "a whole number from 1 to \(Self.mostCandidates)",
        value: String(candidateCount))
    }
    guard (0...1).contains(alpha) else {
      throw .settingOutOfRange(title: "penalty alpha", range: "a number from 0 to 1", value: "\(alpha)")
    }
    let chain = try SamplerChain(sampling)
    if let unfit = chain.order.first(where: { !Self.steps.contains($0) }) { throw .stepNeedsDraw(unfit) }
    return chain
  }

  /// The steps that have a part: penalties and bans.
  private static let steps = SamplerChain.allSteps
    .filter { $0.runsInGreedyDecoding && $0.name != .temperature }.map { $0.name }
}
