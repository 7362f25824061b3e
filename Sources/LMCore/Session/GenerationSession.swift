/// A text that grows one decision at a time, with every earlier state a move away.
///
/// The text is the prompt and the generated tokens up to the cursor. At the cursor stands a `decision`: the
/// distribution, the number drawn, the token it falls on. `advance` carries it out; `back` and `forward` move
/// along what was decided without running the model; a change of settings, draw or token in the past
/// grows a branch and keeps the old one. Whatever the moves, the state equals that of a fresh session that
/// made the same decisions, to the bit.
///
/// A session can follow a text that somebody wrote (teacher forcing): `advance` then takes the text's tokens, and
/// each step tells where the author's choice stood in the model's distribution. Any other token leaves the text.
///
/// Not thread-safe; a predictor may be shared between sessions on one thread.
public final class GenerationSession {
  /// The ids of the prompt; at least one.
  public let promptIDs: [Int]
  /// The source of its predictions.
  public let predictor: any Predictor
  private(set) var tree: SessionTree
  /// Tells where DRY's breakers stand in the vocabulary; nil for a model without text, where nothing breaks a run.
  private let tokenizer: (any Tokenizer)?
  private var knownBreakers: (texts: [String], breakers: SequenceBreakers)?
  /// The steps that a chain may have.
  var samplerSteps = SamplerChain.allSteps
  private var beliefs: RecentBeliefs
  private var memo: Memo?
  private var lookAhead: (node: SessionTree.NodeID, id: Int, prediction: Prediction, belief: Belief?)?

  /// The chain's result at a node of the tree, until the node, the settings or the seed change.
  private struct Memo {
    let node: SessionTree.NodeID
    let chain: SamplerChain
    let context: ChainContext
    let distribution: Distribution
    let stages: [SamplerStage]
    /// The decision made with the last draw; nil until it is asked for.
    var decision: Decision?
  }

  /// Asks what follows the prompt.
  ///
  /// - Parameter following: the text behind the prompt that the session follows; empty for none. What lies
  ///   beyond the model's context is never reached.
  /// - Throws: `SessionError` for a prompt that the model cannot read, `SamplingError` for settings out of range, or
  ///   `PredictorError`.
  public init(
    predictor: any Predictor, tokenizer: (any Tokenizer)? = nil, promptIDs: [Int], following: [Int] = [],
    settings: SamplingSettings = SamplingSettings(), seed: UInt64
  ) throws {
    let profile = predictor.profile
    guard !promptIDs.isEmpty else { throw SessionError.emptyPrompt }
    guard promptIDs.count <= profile.contextLength else {
      throw SessionError.promptTooLong(
        tokens: promptIDs.count, limit: profile.contextLength, longest: profile.longestContext)
    }
    let vocabulary = 0..<profile.vocabularySize
    if let invalidID = (promptIDs + following).first(where: { !vocabulary.contains($0) }) {
      throw SessionError.tokenOutOfRange(id: invalidID, vocabularySize: profile.vocabularySize)
    }
    _ = try SamplerChain(settings)
    self.predictor = predictor
    self.tokenizer = tokenizer
    self.promptIDs = promptIDs
    beliefs = RecentBeliefs(vocabularySize: profile.vocabularySize)
    tree = SessionTree(
      prediction: try predictor.predict(TextPath(prompt: promptIDs)), settings: settings, seed: seed,
      following: following)
    predictor.textsInUse += 1
  }

  deinit { if isInUse { predictor.textsInUse -= 1 } }

  /// False for a session that is kept for later: the predictor need not keep its text ready.
  public var isInUse = true {
    didSet { predictor.textsInUse += (isInUse ? 1 : 0) - (oldValue ? 1 : 0) }
  }

  // MARK: Where the session stands

  /// How many tokens were generated up to the cursor.
  public var depth: Int { tree.current.depth }

  /// The steps from the prompt to the cursor.
  public var steps: [GenerationStep] { tree.path(to: tree.cursor).map { tree[$0].step! } }

  /// All steps of the line the cursor stands on, also those that `forward` leads to.
  public var lineSteps: [GenerationStep] { tree.line.map { tree[$0].step! } }

  /// Prompt and generated tokens up to the cursor.
  public var textIDs: [Int] { promptIDs + steps.map(\.id) }

  /// The text behind the prompt that the session follows; empty for none.
  public var following: [Int] { tree.followedText }

  /// How many tokens of the line are the followed text's, from the prompt on.
  public var followedCount: Int { tree.line.prefix { tree[$0].isOnFollowedText }.count }

  /// True where the text has one token more than the model can read: nothing can be predicted from here.
  public var isContextFull: Bool { tree.current.prediction == nil }

  /// What stands next. Throws `SessionError.contextFull`, or `SamplingError` where the chain leaves no token.
  ///
  /// Where the first ranks do not decide it, the source is asked for more: then `PredictorError` can be thrown.
  public var decision: Decision {
    get throws {
      while true {
        let memo = try currentMemo ?? run()
        if let decision = memo.decision, decision.draw == draw { return decision }
        let decision = try Decision(
          memo.chain, memo.distribution, memo.stages, memo.context, draw: draw, followed: tree.followedToken)
        if decision.needsMoreRanks, try tellMore(to: nil) { continue }
        self.memo?.decision = decision
        return decision
      }
    }
  }

  /// Asks the source for more ranks of the distribution at the cursor, where only the first are known.
  ///
  /// - Parameter ranks: how many are wanted; nil for the next step of the source's own.
  /// - Returns: false where the source has no more.
  @discardableResult
  public func tellMore(to ranks: Int?) throws(PredictorError) -> Bool {
    guard let prediction = tree.current.prediction, try predictor.extend(prediction, to: ranks) else {
      return false
    }
    beliefs.forget(tree.cursor)
    memo = nil
    return true
  }

  /// What the first steps of the chain alone leave.
  public func distribution(afterSteps count: Int) throws -> Distribution {
    let memo = try currentMemo ?? run()
    return try memo.chain.apply(to: memo.distribution.belief, memo.context, first: count)
  }

  /// What DRY matches at the decision; empty where it is off or finds nothing.
  public var dryMatches: [DRYMatch] {
    guard StepName.dry.isOn(settings), let memo = try? currentMemo ?? run() else { return [] }
    return memo.chain.dryMatches(memo.context)
  }

  private var currentMemo: Memo? {
    guard let memo, memo.node == tree.cursor, memo.chain.settings == settings, memo.context.seed == draw.seed
    else { return nil }
    return memo
  }

  /// Runs the chain at the cursor.
  private func run() throws -> Memo {
    guard let prediction = tree.current.prediction else {
      throw SessionError.contextFull(
        limit: predictor.profile.contextLength, longest: predictor.profile.longestContext)
    }
    let belief = try beliefs[tree.cursor] ?? predictor.belief(of: prediction)
    beliefs.note(belief, at: tree.cursor)
    let chain = try chain(settings)
    let context = context(at: tree.current, history: textIDs, draw: draw, settings)
    let (distribution, stages) = try chain.measure(belief, context)
    let memo = Memo(
      node: tree.cursor, chain: chain, context: context, distribution: distribution, stages: stages)
    self.memo = memo
    return memo
  }

  private func chain(_ settings: SamplingSettings) throws(SamplingError) -> SamplerChain {
    try SamplerChain(settings, of: samplerSteps)
  }

  /// What the chain may use at a node of the tree, where a draw was made behind a text.
  func context(
    at node: SessionTree.Node, history: [Int], draw: Draw, _ settings: SamplingSettings
  ) -> ChainContext {
    ChainContext(
      history: history, promptCount: promptIDs.count, seed: draw.seed, seedLike: settings.seedLike,
      memories: node.memories,
      breakers: breakers(settings))
  }

  /// The sequence breakers of DRY; found once for the same texts, because every token of the vocabulary is looked at.
  private func breakers(_ settings: SamplingSettings) -> SequenceBreakers {
    guard let tokenizer, StepName.dry.isOn(settings) else { return .none }
    let texts = settings.drySequenceBreakers
    if let known = knownBreakers, known.texts == texts { return known.breakers }
    let breakers = settings.sequenceBreakers(in: tokenizer)
    knownBreakers = (texts, breakers)
    return breakers
  }

  // MARK: The sampler at the cursor

  /// The settings of the decision at the cursor; later steps inherit them.
  public var settings: SamplingSettings { tree.current.settings }

  /// Changes the settings from the cursor on. The steps already made stay as a branch.
  public func setSettings(_ settings: SamplingSettings) throws {
    _ = try chain(settings)
    guard settings != self.settings else { return }
    let old = self.settings
    tree.current.settings = settings
    if settings.seedLike != old.seedLike {
      // The same place in the other stream.
      tree.current.stream.skip(-1)
      let u = tree.current.stream.next(settings.seedLike)
      tree.current.draw = Draw(seed: draw.seed, redraws: draw.redraws, u: u)
    }
    tree.pointRedo(at: try? decision.step)
  }

  /// The number that the decision at the cursor is made with.
  public var draw: Draw { tree.current.draw }

  /// Draws from another stream from the cursor on, as if the session had begun with this seed.
  public func setSeed(_ seed: UInt64) {
    var stream = DrawStream(seed: seed, place: depth)
    setDraw(Draw(seed: seed, redraws: 0, u: stream.next(settings.seedLike)), stream)
  }

  /// Replaces the number drawn at the cursor by the stream's next.
  public func redraw() { redraw(times: 1) }

  /// The same so many times, at the cost of one.
  func redraw(times: Int) {
    guard times > 0 else { return }
    var stream = tree.current.stream
    stream.skip(times - 1)
    setDraw(
      Draw(seed: draw.seed, redraws: draw.redraws + times, u: stream.next(settings.seedLike)), stream)
  }

  private func setDraw(_ draw: Draw, _ stream: DrawStream) {
    (tree.current.draw, tree.current.stream) = (draw, stream)
    tree.pointRedo(at: try? decision.step)
  }

  // MARK: Moving

  /// One step forward: along what was decided before, else by carrying out the decision at the cursor.
  @discardableResult
  public func advance() throws -> GenerationStep {
    if let step = try beginAdvance() { try append(step) }
    return tree.current.step!
  }

  /// One step forward with a token of the user's choice, or of contrastive search, which then tells what it compared.
  @discardableResult
  public func force(_ id: Int, _ contrast: ContrastiveStep? = nil) throws -> GenerationStep {
    let vocabularySize = predictor.profile.vocabularySize
    guard (0..<vocabularySize).contains(id) else {
      throw SessionError.tokenOutOfRange(id: id, vocabularySize: vocabularySize)
    }
    var step = try decision.forcedStep(id)
    step.contrast = contrast
    if let child = tree.child(madeBy: step) { tree.move(to: child) } else { try append(step) }
    return tree.current.step!
  }

  /// One step back; false at the prompt.
  @discardableResult
  public func back() -> Bool { tree.moveBack() }

  /// One step forward along what was decided before; false where nothing was.
  @discardableResult
  public func forward() -> Bool { tree.moveForward() }

  /// Moves along the line the cursor stands on, to at most its ends.
  public func jump(toDepth depth: Int) {
    while self.depth > depth, tree.moveBack() {}
    while self.depth < depth, tree.moveForward() {}
  }

  // MARK: Asking the predictor

  /// The first half of a step: moves where nothing has to be asked, else returns the step to ask for.
  func beginAdvance() throws -> GenerationStep? {
    if tree.moveForward() { return nil }
    let step = try decision.step
    if let child = tree.child(madeBy: step) {
      tree.move(to: child)
      return nil
    }
    return step
  }

  /// The text that a step at the cursor leads to, where it must be asked for. Else the step is carried out: the answer is
  /// here already, or the context has no place for it.
  func textToAsk(_ step: GenerationStep) -> TextPath? {
    if let ready = lookAhead, ready.node == tree.cursor, ready.id == step.id {
      lookAhead = nil
      finish(step, ready.prediction)
      if let belief = ready.belief { beliefs.note(belief, at: tree.cursor) }
      return nil
    }
    guard let text = text(with: step.id) else {
      finish(step, nil)
      return nil
    }
    return text
  }

  /// The second half of a step.
  func finish(_ step: GenerationStep, _ prediction: Prediction?) {
    guard let memo = try? currentMemo ?? run() else {
      tree.grow(step, prediction: prediction)
      return
    }
    let takesNone = memo.chain.keepsNumberLikeLlamaCpp(memo.distribution)
    tree.grow(
      step, prediction: prediction,
      memories: memo.chain.memories(after: step.id, in: memo.distribution, memo.stages, memo.context),
      keepsNumber: takesNone)
  }

  private func append(_ step: GenerationStep) throws(PredictorError) {
    guard let text = textToAsk(step) else { return }
    finish(step, try predictor.predict(text))
  }

  /// The text with one more token at the cursor; nil when the context has no place for it.
  private func text(with id: Int) -> TextPath? {
    let generated = steps.map(\.id) + [id]
    guard promptIDs.count + generated.count <= predictor.profile.contextLength else { return nil }
    return TextPath(prompt: promptIDs, generated: generated)
  }

  /// Asks for the step that `advance` would take, so that it need not wait. Changes no state that can be seen.
  ///
  /// - Returns: false when there is nothing to prepare, or nothing came of it because `isCancelled` said so.
  @discardableResult
  public func prepareNextStep(unless isCancelled: () -> Bool = { false }) -> Bool {
    guard tree.current.redo == nil, let step = try? decision.step, tree.child(madeBy: step) == nil,
      lookAhead.map({ $0.node != tree.cursor || $0.id != step.id }) ?? true,
      let text = text(with: step.id),
      let prediction = try? predictor.predict(text, unless: isCancelled)
    else { return false }
    // Its logits, too: they take as long as the layers do where a vocabulary is large.
    let belief = isCancelled() ? nil : try? predictor.belief(of: prediction)
    lookAhead = (tree.cursor, step.id, prediction, belief)
    return true
  }
}

// MARK: - Branches

extension GenerationSession {
  /// One line of the tree, from the prompt to an end.
  public struct Branch: Equatable, Sendable, Identifiable {
    /// The branch's end in the session's tree. It changes when the branch is extended.
    public let id: Int
    /// The name that the user gave; nil for none.
    public let name: String?
    /// The steps from the prompt to the end.
    public let steps: [GenerationStep]
    /// The number of first steps that it shares with the line of the cursor.
    public let sharedSteps: Int
    /// True for the line of the cursor.
    public let isCurrent: Bool
  }

  /// The number of branches, at least 1.
  public var branchCount: Int { tree.leaves.count }

  /// All branches, oldest first.
  public var branches: [Branch] {
    let line = tree.line
    return tree.leaves.map { leaf in
      let path = tree.path(to: leaf)
      return Branch(
        id: leaf, name: tree[leaf].name, steps: path.map { tree[$0].step! },
        sharedSteps: zip(path, line).prefix { $0 == $1 }.count, isCurrent: path == line)
    }
  }

  /// Moves to the end of a branch; an unknown id is ignored.
  public func goTo(branch id: Branch.ID) {
    guard tree.leaves.contains(id) else { return }
    tree.move(to: id)
  }

  /// Names a branch, or removes its name; an unknown id is ignored.
  public func rename(branch id: Branch.ID, to name: String?) {
    guard tree.leaves.contains(id) else { return }
    tree[id].name = name
  }

  /// Deletes the steps that only this branch has. Returns false for the branch of the cursor and for an unknown id.
  @discardableResult
  public func delete(branch id: Branch.ID) -> Bool {
    guard tree.leaves.contains(id) else { return false }
    return tree.deleteBranch(endingIn: id)
  }
}
