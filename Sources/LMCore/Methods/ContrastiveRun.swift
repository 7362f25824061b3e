/// A text that grows by contrastive search, with every earlier step a move away.
///
/// It has the decisions of a session: its tokens are forced ones, since no draw chooses them.
///
/// Not thread-safe; a predictor may be shared on one thread.
public final class ContrastiveRun {
  private let source: any HiddenStateSource
  private let session: GenerationSession
  private var search: ContrastiveSearch
  /// The steps that were carried out, also those ahead of the cursor; behind them the one that was only decided.
  private var made: [ContrastiveStep] = []
  /// How many of them were carried out.
  private var carriedOut = 0
  /// What the model holds of the tokens that were tried at a place of the text.
  private var tried: (depth: Int, tokens: [Int: Tried])?

  private struct Tried {
    let prediction: Prediction
    let likeness: Likeness
  }

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

  /// The ids of the prompt; at least one.
  public var promptIDs: [Int] { session.promptIDs }
  /// How the next step is decided.
  public var settings: ContrastiveSettings { search.settings }
  /// How many steps lie before the cursor.
  public var depth: Int { session.depth }
  /// The steps up to the cursor.
  public var steps: [GenerationStep] { session.steps }
  /// What was compared for each of them.
  public var choices: ArraySlice<ContrastiveStep> { made[..<depth] }

  /// The context has no place to try a token.
  public var isContextFull: Bool {
    session.textIDs.count >= source.profile.contextLength
  }

  /// The model's distribution behind the text.
  public var decision: Decision { get throws { try session.decision } }

  /// The step that stands next, where it was decided.
  public var nextMade: ContrastiveStep? { depth < made.count ? made[depth] : nil }

  /// Decides the step that stands next; the model reads only what was not tried here before.
  ///
  /// - Throws: `SamplingError`, `PredictorError`; the run is then as it was.
  public func nextStep(unless isCancelled: () -> Bool = { false }) throws -> ContrastiveStep {
    if let nextMade { return nextMade }
    let generated = session.steps.map(\.id)
    let candidates = try search.candidates(of: session.decision.distribution.belief, behind: generated)
    var tokens = tried.flatMap { $0.depth == depth ? $0.tokens : nil } ?? [:]
    let untried = candidates.map(\.id).filter { tokens[$0] == nil }
    if !untried.isEmpty {
      let predictions = try source.predict(
        untried.map { TextPath(prompt: promptIDs, generated: generated + [$0]) }, unless: isCancelled)
      for (id, prediction) in zip(untried, predictions) {
        tokens[id] = Tried(
          prediction: prediction, likeness: search.likeness(of: source.hiddenState(of: prediction)))
      }
    }
    tried = (depth, tokens)
    let step = search.choose(among: candidates, candidates.compactMap { tokens[$0.id]?.likeness })
    made.append(step)
    return step
  }

  /// Carries out the step that stands next. Throws as `nextStep` does.
  @discardableResult
  public func advance(
    unless isCancelled: () -> Bool = { false }
  ) throws -> (step: GenerationStep, decision: Decision) {
    let contrast = try nextStep(unless: isCancelled)
    let decision = try session.decision
    var step = try decision.forcedStep(contrast.id)
    step.contrast = contrast
    if depth < carriedOut {
      session.forward()
    } else if let chosen = tried?.tokens[contrast.id] {
      session.finish(step, chosen.prediction)
      search.append(source.hiddenState(of: chosen.prediction))
      (carriedOut, tried) = (depth, nil)
    }
    return (step, decision)
  }

  /// One step back; false at the prompt.
  @discardableResult
  public func back() -> Bool { session.back() }

  /// Moves to a step that was carried out, at most to the first or last.
  public func jump(toDepth depth: Int) { session.jump(toDepth: min(depth, carriedOut)) }

  /// Decides anew from the cursor on: the text up to there stays, and what lies ahead is given up.
  ///
  /// - Throws: `SamplingError` for a value out of range; the run is then as it was.
  public func set(candidateCount: Int, alpha: Double) throws(SamplingError) {
    let old = settings
    try search.set(candidateCount: candidateCount, alpha: alpha)
    guard settings != old else { return }
    source.textsInUse += candidateCount - old.candidateCount
    made.removeSubrange(depth...)
    search.shorten(toGenerated: depth)
    carriedOut = depth
    if tried?.depth != depth { tried = nil }
  }
}
