@testable import LMCore
import ModelTestSupport
import Testing

/// All that can be seen of a session, down to the bits.
private struct VisibleState: Equatable {
  let text: [Int]
  let steps: [GenerationStep]
  let settings: SamplingSettings
  let draw: Draw
  let logits: [UInt32]?
  let after: [UInt64]?
  let next: Int?
  let followed: Int?

  init(_ session: GenerationSession) {
    let decision = try? session.decision
    text = session.textIDs
    steps = session.steps
    settings = session.settings
    draw = session.draw
    logits = decision?.distribution.logits.map(\.bitPattern)
    after = decision?.distribution.after.map(\.bitPattern)
    next = decision?.id
    followed = decision?.followed
  }
}

@Suite struct GenerationSessionTests {
  private func session(
    _ model: any Predictor = FakePredictor(), prompt: [Int] = [3, 1, 4], seed: UInt64 = 42,
    settings: SamplingSettings = SamplingSettings()
  ) throws -> GenerationSession {
    try GenerationSession(predictor: model, promptIDs: prompt, settings: settings, seed: seed)
  }

  @Test func movingAlongTheTextRanksNoLogitsAgain() throws {
    let model = FakePredictor()
    let session = try session(model)
    for _ in 0..<6 { try session.advance() }
    _ = try session.decision
    let calls = model.beliefCalls
    #expect(calls == 7)
    for _ in 0..<6 {
      session.back()
      _ = try session.decision
    }
    try session.setSettings(nucleus)
    for _ in 0..<4 { session.forward() }
    _ = try session.decision
    #expect(model.beliefCalls == calls)
  }

  @Test func onlyTheLastPlacesOfALargeVocabularyAreRemembered() throws {
    var recent = RecentBeliefs(vocabularySize: 262_144)
    let belief = try Belief([1, 2])
    for node in 0..<20 { recent.note(belief, at: node) }
    #expect((0..<20).filter { recent[$0] != nil } == Array(14..<20))
    recent.note(belief, at: 14)
    recent.note(belief, at: 20)
    #expect(recent[14] != nil && recent[15] == nil)
  }

  private var nucleus: SamplingSettings {
    var settings = SamplingSettings()
    settings.topP = 0.8
    return settings
  }

  private var greedy: SamplingSettings {
    var settings = SamplingSettings()
    settings.temperature = 0
    return settings
  }

  @Test func advanceCarriesOutTheDecisionThatStands() throws {
    let session = try session()
    for depth in 0..<20 {
      let decision = try session.decision
      let step = try session.advance()
      #expect(step.id == decision.id)
      #expect(step.u == decision.u)
      #expect(step.before == decision.distribution.before[step.id])
      #expect(session.depth == depth + 1)
    }
    #expect(session.textIDs.count == 23)
  }

  @Test func sameSeedSameText() throws {
    let (a, b, other) = (try session(seed: 7), try session(seed: 7), try session(seed: 8))
    for _ in 0..<30 { for session in [a, b, other] { try session.advance() } }
    #expect(a.steps == b.steps)
    #expect(a.textIDs != other.textIDs)
  }

  @Test func backAndForwardRunNoModel() throws {
    let model = FakePredictor()
    let session = try session(model)
    for _ in 0..<10 { try session.advance() }
    let (text, runs) = (session.textIDs, model.stepCalls)
    for _ in 0..<10 { #expect(session.back()) }
    #expect(!session.back())
    #expect(session.textIDs == [3, 1, 4])
    for _ in 0..<10 { try session.advance() }
    #expect(session.textIDs == text)
    #expect(model.stepCalls == runs)
    #expect(model.promptCalls == 1)
  }

  @Test func aKnobRunsNoModel() throws {
    let model = FakePredictor()
    let session = try session(model)
    for topP in stride(from: 0.1, to: 1, by: 0.1) {
      var settings = SamplingSettings()
      settings.topP = topP
      try session.setSettings(settings)
      _ = try session.decision
    }
    #expect(model.stepCalls == 0)
  }

  @Test func changingThePastKeepsTheOldBranch() throws {
    let session = try session()
    for _ in 0..<6 { try session.advance() }
    let old = session.steps
    session.jump(toDepth: 3)
    try session.setSettings(greedy)
    for _ in 0..<3 { try session.advance() }
    #expect(session.steps != old)
    let branches = session.branches
    #expect(branches.count == 2)
    #expect(branches[0].steps == old)
    #expect(branches[0].sharedSteps == 3)
    #expect(branches[1].isCurrent)
    session.goTo(branch: branches[0].id)
    #expect(session.steps == old)
  }

  @Test func turningAKnobBackFindsTheOldWay() throws {
    let model = FakePredictor()
    let session = try session(model)
    for _ in 0..<4 { try session.advance() }
    let old = session.steps
    session.jump(toDepth: 1)
    try session.setSettings(nucleus)
    try session.setSettings(SamplingSettings())
    session.jump(toDepth: 4)
    #expect(session.steps == old)
    #expect(session.branches.count == 1)
  }

  @Test func aForcedTokenIsMarkedAndUsesUpOneDraw() throws {
    let (forced, free) = (try session(), try session())
    let step = try forced.force(5)
    try free.advance()
    #expect(step.isForced)
    #expect(step.u == nil)
    #expect(forced.textIDs.last == 5)
    #expect(try forced.decision.u == free.decision.u)
  }

  @Test func redrawTakesTheNextNumberOnTheSameLogits() throws {
    let session = try session()
    var stream = RandomSource(seed: 42)
    let first = try session.decision
    #expect(first.u == stream.nextUniform())
    session.redraw()
    let second = try session.decision
    #expect(second.u == stream.nextUniform())
    #expect(second.distribution.logits == first.distribution.logits)
    #expect(session.draw.redraws == 1)
  }

  @Test func aSeedSetLaterDrawsAsIfTheSessionHadBegunWithIt() throws {
    let (late, fresh) = (try session(seed: 1), try session(seed: 9))
    for _ in 0..<5 {
      try late.advance()
      try fresh.advance()
    }
    late.setSeed(9)
    #expect(try late.decision.u == fresh.decision.u)
  }

  @Test func theContextsEndIsAStateNotACrash() throws {
    let session = try session(FakePredictor(contextLength: 8))
    for _ in 0..<6 { try session.advance() }
    #expect(session.textIDs.count == 9)
    #expect(session.isContextFull)
    #expect(throws: SessionError.contextFull(limit: 8)) { try session.decision }
    #expect(throws: SessionError.contextFull(limit: 8)) { try session.advance() }
    #expect(throws: SessionError.contextFull(limit: 8)) { try session.force(1) }
    #expect(session.back())
    _ = try session.decision
  }

  @Test(arguments: [
    ([], SessionError.emptyPrompt),
    ([40], .tokenOutOfRange(id: 40, vocabularySize: 40)),
    ([-1], .tokenOutOfRange(id: -1, vocabularySize: 40)),
    (Array(repeating: 1, count: 65), .promptTooLong(tokens: 65, limit: 64)),
  ])
  func refusesAPromptThatCannotBeRead(prompt: [Int], error: SessionError) {
    #expect(throws: error) { try session(prompt: prompt) }
  }

  @Test func refusesAForcedTokenOutOfRange() throws {
    let session = try session()
    #expect(throws: SessionError.tokenOutOfRange(id: 99, vocabularySize: 40)) { try session.force(99) }
    #expect(session.depth == 0)
  }

  @Test func refusesBadSettingsAndStaysAsItWas() throws {
    let session = try session()
    var bad = SamplingSettings()
    bad.topP = 2
    #expect(throws: SamplingError.self) { try session.setSettings(bad) }
    #expect(session.settings == SamplingSettings())
  }

  @Test func lookingAheadChangesNothingThatCanBeSeen() throws {
    let (ahead, plain) = (try session(), try session())
    for _ in 0..<20 {
      ahead.prepareNextStep()
      #expect(VisibleState(ahead) == VisibleState(plain))
      try ahead.advance()
      try plain.advance()
    }
    #expect(VisibleState(ahead) == VisibleState(plain))
  }

  @Test func lookingAheadSavesTheRun() throws {
    let model = FakePredictor()
    let session = try session(model)
    #expect(session.prepareNextStep())
    #expect(!session.prepareNextStep())
    #expect(model.stepCalls == 1)
    try session.advance()
    #expect(model.stepCalls == 1)
  }

  /// Look-ahead that is cancelled before any layer changes neither the text nor its continuation.
  @Test func lookAheadMayBeCancelledAnywhere() throws {
    let model = try LoadedModel.load(.builtIn, threads: 1).predictor
    let (ahead, plain) = (try session(model), try session(model))
    for checks in 0..<14 {
      for session in [ahead, plain] {
        session.jump(toDepth: checks / 2)
        try session.setSettings(checks % 2 == 0 ? greedy : nucleus)
        if checks % 3 == 0 { try session.force(checks) }
      }
      var checked = 0
      let isReady = ahead.prepareNextStep {
        checked += 1
        return checked > checks
      }
      // A step may be ready without its logits.
      #expect(isReady ? checked <= checks + 1 : checked == 0 || checked > checks)
      #expect(VisibleState(ahead) == VisibleState(plain))
      for session in [ahead, plain] { for _ in 0..<3 { try session.advance() } }
      #expect(VisibleState(ahead) == VisibleState(plain))
    }
  }

  @Test func lockstepReadsTheWeightsOnceAndEqualsSingleSessions() throws {
    let model = FakePredictor()
    let (a, b) = (try session(model, settings: greedy), try session(model, settings: nucleus))
    let (singleA, singleB) = (try session(settings: greedy), try session(settings: nucleus))
    for _ in 0..<30 {
      #expect(Lockstep.advance([a, b]).allSatisfy { $0 == nil })
      try singleA.advance()
      try singleB.advance()
    }
    #expect(model.stepCalls == 30)
    #expect(model.steppedTexts == 60)
    #expect(VisibleState(a) == VisibleState(singleA))
    #expect(VisibleState(b) == VisibleState(singleB))
  }

  @Test func lockstepGoesOnWhereOneLaneCannot() throws {
    let model = FakePredictor(contextLength: 8)
    let (a, b) = (try session(model), try session(model))
    for _ in 0..<6 { try a.advance() }
    let errors = Lockstep.advance([a, b])
    #expect(errors[0] as? SessionError == .contextFull(limit: 8))
    #expect(errors[1] == nil)
    #expect(b.depth == 1)
  }

  @Test func deletingABranchKeepsTheOthers() throws {
    let session = try session()
    for _ in 0..<4 { try session.advance() }
    let old = session.steps
    session.jump(toDepth: 2)
    try session.setSettings(greedy)
    try session.advance()
    let branches = session.branches
    let current = branches.first { $0.isCurrent }!
    let other = branches.first { !$0.isCurrent }!
    #expect(!session.delete(branch: current.id))
    session.rename(branch: other.id, to: "first try")
    #expect(session.branches.first { $0.id == other.id }?.name == "first try")
    #expect(session.delete(branch: other.id))
    #expect(session.branches.map(\.id) == [current.id])
    #expect(session.steps.prefix(2) == old.prefix(2))
  }

  /// Exact time travel: after random moves the state equals a fresh session that made the same decisions. Every
  /// other session follows a text, which forced tokens now and then leave.
  @Test(arguments: 0..<60)
  func anyMovesEqualAFreshReplay(seed: UInt64) throws {
    var random = RandomSource(seed: seed &+ 1000)
    let model = FakePredictor(contextLength: 24)
    let text =
      seed % 2 == 0
      ? [] : (0..<15).map { _ in Int.random(in: 0..<model.profile.vocabularySize, using: &random) }
    let session = try GenerationSession(predictor: model, promptIDs: [3, 1, 4], following: text, seed: 42)
    let presets = [SamplingSettings(), nucleus, greedy]
    for _ in 0..<120 {
      switch Int.random(in: 0..<12, using: &random) {
      case 0...3: _ = try? session.advance()
      case 4...5: session.back()
      case 6: session.forward()
      case 7: session.jump(toDepth: .random(in: 0...12, using: &random))
      case 8: _ = try? session.force(.random(in: 0..<model.profile.vocabularySize, using: &random))
      case 9: try session.setSettings(presets.randomElement(using: &random)!)
      case 10: session.redraw()
      default:
        if Bool.random(using: &random) {
          session.setSeed(.random(in: 0..<5, using: &random))
        } else if let branch = session.branches.randomElement(using: &random) {
          session.goTo(branch: branch.id)
        }
      }
      if Int.random(in: 0..<4, using: &random) == 0 { session.prepareNextStep() }
    }
    let seen = VisibleState(session)
    let fresh = try GenerationSession(
      predictor: FakePredictor(contextLength: 24), promptIDs: session.promptIDs, following: text, seed: 42)
    try replay(session.steps, thenSettings: session.settings, draw: session.draw, on: fresh)
    #expect(VisibleState(fresh) == seen)
  }
}
