/// A text that grows by contrastive search, with the decisions of a session: its tokens are forced ones, since no draw chooses them.
///
/// Not thread-safe; a predictor may be shared on one thread.
public final class ContrastiveRun {
  private let source: any HiddenStateSource
  private let session: GenerationSession
  private var search: ContrastiveSearch
  private var generated: [Int] { Array(session.textIDs.dropFirst(session.promptIDs.count)) }

  /// - Parameter tokenizer: tells where DRY's breakers stand; nil where there is no vocabulary.
  /// - Throws: `SamplingError`, `SessionError`, `PredictorError`; `.lacks(.hiddenStates)` where the source tells none.
  public init(
    _ predictor: any Predictor, _ tokenizer: (any Tokenizer)? = nil, promptIDs: [Int],
    settings: ContrastiveSettings
  ) throws {
    try settings.validate()
    source = try predictor.requireHiddenStates()
    session = try GenerationSession(
      predictor: predictor, tokenizer: tokenizer, promptIDs: promptIDs, settings: settings.shown, seed: 0)
    search = try ContrastiveSearch(
      settings, promptIDs: promptIDs, states: source.hiddenStates(of: promptIDs),
      breakers: tokenizer.map { settings.sampling.sequenceBreakers(in: $0) } ?? .none)
    source.textsInUse += settings.candidateCount
  }

  deinit { source.textsInUse -= search.settings.candidateCount }

  /// The context has no place to try a token.
  public var isContextFull: Bool {
    session.textIDs.count >= source.profile.contextLength
  }

  /// The model's distribution behind the text.
  public var decision: Decision { get throws { try session.decision } }

  /// Chooses the next token. Throws `SamplingError`, `PredictorError`.
  public func advance() throws -> (step: GenerationStep, decision: Decision, contrast: ContrastiveStep) {
    let (decision, generated) = (try session.decision, generated)
    let candidates = try search.candidates(of: decision.distribution.belief, behind: generated)
    let predictions = try source.predict(
      candidates.map { TextPath(prompt: session.promptIDs, generated: generated + [$0.id]) },
      unless: { false })
    let contrast = search.choose(among: candidates, states: predictions.map(source.hiddenState))
    let step = try decision.forcedStep(contrast.id)
    session.finish(step, predictions[contrast.place])
    return (step, decision, contrast)
  }
}
