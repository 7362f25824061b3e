import ModelTestSupport
import Testing

@testable import LMCore

/// The random number of a step, and what it keeps from one decision to the next.
@Suite struct StepSceneTests {
  /// Keeps the k most probable tokens, where k is 1 at the prompt and one more at each decision behind it.
  private struct WideningStep: SamplerStep {
    static let name = StepName("widening", title: "widening")
    static let source = "a test"
    static let knobs = TopPStep.knobs

    init(_ settings: SamplingSettings) {}

    func apply(to candidates: inout Candidates, _ scene: StepScene) {
      let first = candidates.range.lowerBound
      candidates.keep(first..<first + min(Int(scene.memory?.first ?? 1), candidates.count), by: Self.name)
    }

    func memory(
      after chosen: DistributionRow, of distribution: Distribution, _ stage: SamplerStage, _ scene: StepScene
    ) -> StepMemory? {
      StepMemory((scene.memory?.first ?? 1) + 1)
    }
  }

  /// Keeps one token where its number is small.
  private struct HesitantStep: SamplerStep {
    static let name = StepName("hesitant", title: "hesitant")
    static let source = "a test"
    static let knobs = TopPStep.knobs

    init(_ settings: SamplingSettings) {}

    func apply(to candidates: inout Candidates, _ scene: StepScene) {
      let first = candidates.range.lowerBound
      if scene.chance < 0.5 { candidates.keep(first..<first + 1, by: Self.name) }
    }
  }

  private func session(_ step: any SamplerStep.Type, seed: UInt64 = 3) throws -> GenerationSession {
    let session = try GenerationSession(predictor: FakePredictor(), promptIDs: [1, 2], seed: seed)
    session.samplerSteps = [step]
    try session.setSettings(.with { ($0.topP, $0.order) = (0.5, ChainOrder("test", [step.name])) })
    return session
  }

  @Test func aStepRemembersAlongItsLineOnly() throws {
    let session = try session(WideningStep.self)
    #expect(try session.decision.distribution.keptCount == 1)
    for kept in 2...4 {
      try session.advance()
      #expect(try session.decision.distribution.keptCount == kept)
    }
    session.jump(toDepth: 1)
    #expect(try session.decision.distribution.keptCount == 2)
    try session.force(0)
    #expect(try session.decision.distribution.keptCount == 3)
    session.back()
    session.back()
    #expect(try session.decision.distribution.keptCount == 1)
  }

  @Test func aTraceTellsTheSameDecisions() throws {
    let session = try session(WideningStep.self)
    for _ in 0..<4 { try session.advance() }
    var kept: [Int] = []
    try session.forEachDecision { decision, _ in kept.append(decision.distribution.keptCount) }
    #expect(kept == [1, 2, 3, 4, 5])
  }

  @Test func theChanceDependsOnSeedAndPlaceAndMovesNoDraw() throws {
    func keptCounts(_ session: GenerationSession) throws -> [Int] {
      try (0..<40).map { _ in
        let kept = try session.decision.distribution.keptCount
        try session.advance()
        return kept
      }
    }
    let session = try session(HesitantStep.self)
    let counts = try keptCounts(session)
    #expect((8...32).contains(counts.filter { $0 == 1 }.count))
    #expect(try keptCounts(try self.session(HesitantStep.self)) == counts)
    #expect(try keptCounts(try self.session(HesitantStep.self, seed: 4)) != counts)
    session.jump(toDepth: 0)
    #expect(try keptCounts(session) == counts)

    let plain = try GenerationSession(predictor: FakePredictor(), promptIDs: [1, 2], seed: 3)
    for _ in 0..<40 { try plain.advance() }
    #expect(session.steps.map(\.draw) == plain.steps.map(\.draw))
    // Drawing again is no reason for another distribution.
    session.redraw()
    let before = try session.decision.distribution.keptCount
    session.redraw()
    #expect(try session.decision.distribution.keptCount == before)
  }

  /// Also at a decision that was already asked for.
  @Test func anotherSeedGivesAnotherChance() throws {
    for seed in UInt64(4)..<20 {
      let session = try session(HesitantStep.self)
      _ = try session.decision
      session.setSeed(seed)
      let fresh = try self.session(HesitantStep.self, seed: seed)
      #expect(try session.decision.distribution.keptCount == fresh.decision.distribution.keptCount)
    }
  }

  @Test func twoStepsHaveDifferentNumbers() {
    let context = ChainContext(history: [1, 2], seed: 9)
    let chances = StepName.allCases.map { context.scene(for: $0).chance }
    #expect(Set(chances).count == chances.count)
    #expect(chances.allSatisfy { (0..<1).contains($0) })
  }
}
