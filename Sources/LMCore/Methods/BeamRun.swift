/// A beam search on a model, one step at a time, with every earlier step a move away.
///
/// Not thread-safe; a predictor may be shared on one thread.
public final class BeamRun {
  /// The ids of the prompt; at least one.
  public let promptIDs: [Int]
  private let predictor: any Predictor
  private let chain: BeamChain
  private let breakers: SequenceBreakers
  /// The search before each step that was made, and behind the last one.
  private var states: [BeamSearch]
  private var made: [BeamStep] = []
  /// What the model told for each step.
  private var told: [[[Continuation]]] = []
  /// How many steps lie before the cursor.
  public private(set) var depth = 0

  /// - Parameters:
  ///   - tokenizer: tells where DRY's breakers stand; nil where there is no vocabulary.
  ///   - limit: the most tokens behind the prompt, at least 1.
  ///   - endOfText: the ids that end a text.
  /// - Throws: `BeamError`, `SamplingError`, `PredictorError`.
  public init(
    _ predictor: any Predictor, _ tokenizer: (any Tokenizer)? = nil, promptIDs: [Int], settings: BeamSettings,
    limit: Int, endOfText: Set<Int>
  ) throws {
    let profile = predictor.profile
    guard !promptIDs.isEmpty else { throw BeamError.emptyPrompt }
    try settings.validate()
    // The last token of a text is predicted, but not read.
    guard limit > 0, promptIDs.count + limit <= profile.contextLength + 1 else {
      throw BeamError.textTooLong(
        tokens: promptIDs.count, limit: limit, context: profile.contextLength)
    }
    let search = BeamSearch(settings, limit: limit, endOfText: endOfText)
    chain = try BeamChain(search)
    breakers = tokenizer.map { settings.sampling.sequenceBreakers(in: $0) } ?? .none
    (self.predictor, self.promptIDs, states) = (predictor, promptIDs, [search])
    predictor.textsInUse += settings.width
  }

  private init(_ other: BeamRun, _ settings: BeamSettings) {
    (chain, breakers, told) = (other.chain, other.breakers, other.told)
    (predictor, promptIDs) = (other.predictor, other.promptIDs)
    states = [BeamSearch(settings, limit: other.search.limit, endOfText: other.search.endOfText)]
    predictor.textsInUse += settings.width
  }

  /// The same search at the prompt with another length penalty, or another rule to stop: neither changes which beams live, so the
  /// model is asked for no step twice.
  ///
  /// - Returns: nil where other settings differ, and where there are groups: one that has ended leaves its tokens to the others.
  /// - Throws: `BeamError`.
  public func again(with settings: BeamSettings) throws(BeamError) -> BeamRun? {
    try settings.validate()
    guard settings.choice != .diverse else { return nil }
    var own = search.settings
    (own.lengthPenalty, own.earlyStopping) = (settings.lengthPenalty, settings.earlyStopping)
    return own == settings ? BeamRun(self, settings) : nil
  }

  deinit { predictor.textsInUse -= search.settings.width }

  /// The search at the cursor.
  public var search: BeamSearch { states[depth] }
  /// The steps up to the cursor.
  public var steps: ArraySlice<BeamStep> { made[..<depth] }

  /// The step that stands next, where it was made.
  public var nextMade: BeamStep? { depth < made.count ? made[depth] : nil }

  /// The step that stands next: the one that was made before, else what comes of asking the model.
  ///
  /// - Returns: nil where the search has ended.
  /// - Throws: `PredictorError`, `SamplingError`; the run is then as it was.
  public func nextStep(unless isCancelled: () -> Bool = { false }) throws -> BeamStep? {
    if let nextMade { return nextMade }
    guard search.stop == nil else { return nil }
    if told.count == depth { told.append(try continuations(unless: isCancelled)) }
    var next = search
    made.append(next.advance(told[depth]))
    states.append(next)
    return made[depth]
  }

  /// Carries out the step that stands next; nil where the search has ended. Throws as `nextStep` does.
  @discardableResult
  public func advance(unless isCancelled: () -> Bool = { false }) throws -> BeamStep? {
    guard let step = try nextStep(unless: isCancelled) else { return nil }
    depth += 1
    return step
  }

  /// One step back; false at the prompt.
  @discardableResult
  public func back() -> Bool {
    guard depth > 0 else { return false }
    depth -= 1
    return true
  }

  /// Moves to a step that was made, at most to the first or last.
  public func jump(toDepth depth: Int) { self.depth = min(max(depth, 0), made.count) }

  /// How many steps were made in all.
  public var madeCount: Int { made.count }

  /// All steps that were made.
  public var madeSteps: [BeamStep] { made }

  /// The search behind the last step that was made.
  public var searchAtEnd: BeamSearch { states[made.count] }

  private func continuations(unless isCancelled: () -> Bool) throws -> [[Continuation]] {
    let live = search.live
    let predictions = try predictor.predict(
      live.map { TextPath(prompt: promptIDs, generated: $0.ids) }, unless: isCancelled)
    let beliefs = try predictor.beliefs(of: predictions)
    var continuations: [[Continuation]] = []
    for (place, belief) in beliefs.enumerated() {
      continuations.append(
        try chain.continuations(
          of: belief, behind: promptIDs, live[place], place: place, breakers: breakers
        ) {
          guard !isCancelled() else { throw PredictorError.cancelled }
          return try predictor.longerBelief(of: predictions[place])
        })
    }
    return continuations
  }
}

/// Why beam search cannot start.
public enum BeamError: Error, Equatable, Sendable, CustomStringConvertible {
  case emptyPrompt
  case width(Int)
  case lengthPenalty
  case groups(Int, width: Int)
  case diversity
  case textTooLong(tokens: Int, limit: Int, context: Int)

  public var description: String {
    switch self {
    case .emptyPrompt: "the prompt has no tokens; give at least one"
    case .width(let width):
      "the number of beams is between 1 and \(BeamSettings.mostBeams), but it is \(width)"
    case .lengthPenalty: "the length penalty is a finite number"
    case .groups(let groups, let width):
      "\(width) beams do not make \(groups) equal groups: take at least 2 groups, and a multiple of them as beams"
    case .diversity: "the diversity penalty is a finite number above 0"
    case .textTooLong(let tokens, let limit, let context):
      "the prompt has \(tokens) tokens, and with \(limit) more the text is longer than the context of \(context); "
        + "shorten it, or give a smaller -n"
    }
  }
}
