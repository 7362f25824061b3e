/// One step of a trace: the token that was appended, and the decision behind it.
public struct TraceStep: Equatable, Sendable {
  /// The step's number, from 0.
  public var index: Int
  /// The token that was appended.
  public var token: TraceToken
  /// True where the user or a followed text chose the token.
  public var isForced: Bool
  /// The token's probability in the model's own distribution.
  public var before: Double
  /// The token's probability after the sampler chain; 0 for a removed one.
  public var after: Double
  /// The token's rank in the model's own distribution, from 1.
  public var rank: Int
  /// As `GenerationStep.isUntold`.
  public var isUntold: Bool
  /// The decision that the step carried out.
  public var decision: TraceDecision
  /// What contrastive search compared where it chose the token; else nil.
  public var contrast: TraceContrast?

  init(
    index: Int, token: TraceToken, isForced: Bool, before: Double, after: Double, rank: Int,
    isUntold: Bool = false, decision: TraceDecision, contrast: TraceContrast? = nil
  ) {
    self.contrast = contrast
    self.isUntold = isUntold
    (self.index, self.token, self.isForced) = (index, token, isForced)
    (self.before, self.after, self.rank, self.decision) = (before, after, rank, decision)
  }

  /// Records a step with its decision; `rowCount` is the number of first ranks to record.
  public init(
    _ step: GenerationStep, index: Int, decision: Decision, rowCount: Int, tokenizer: (any TokenTable)?
  ) {
    self.init(
      index: index, token: TraceToken(step.id, of: tokenizer), isForced: step.isForced, before: step.before,
      after: step.after, rank: step.rank, isUntold: step.isUntold,
      decision: TraceDecision(decision, chosen: step.id, rowCount: rowCount, tokenizer: tokenizer),
      contrast: step.contrast.map { contrast in
        TraceContrast(
          step: contrast, tokens: contrast.candidates.map { TraceToken($0.id, of: tokenizer) })
      })
  }

  /// The step as a session has it.
  public var step: GenerationStep {
    var step = GenerationStep(
      id: token.id, draw: decision.draw, isForced: isForced, settings: decision.settings, before: before,
      after: after, rank: rank, entropyBits: decision.entropyBits, entropyBounds: decision.head?.entropyBits,
      kept: decision.kept, keptBounds: decision.keptBounds, keptMass: decision.keptMass,
      mu: decision.stages.mu, isUntold: isUntold)
    step.contrast = contrast?.step
    return step
  }

  func json(after start: TraceStart) -> JSON {
    let step = step
    return .object(
      [.init("type", "step"), .init("index", JSON(index))]
        + token.members(hasVocabulary: start.hasVocabulary) + [
          .init("forced", JSON(isForced)), .init("u", JSON(step.u)),
          .init("logprob", JSON(step.logProbability)), .init("before", JSON(before)),
          .init("after", JSON(self.after)), .init("rank", JSON(rank)),
        ] + (isUntold ? [.init("untold", true)] : []) + decision.summary + decision.details(after: start)
        + (contrast?.members(after: start) ?? []))
  }
}
