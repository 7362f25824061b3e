import LMCore
import ModelTestSupport
import Testing

@testable import Visualizer

@Suite struct LaneTests {
  @Test func everyRefusalIsASentenceOfItsOwn() {
    let refusals = LaneAbility.allCases.map(\.refusal)
    #expect(Set(refusals).count == refusals.count)
    #expect(refusals.allSatisfy { $0.hasPrefix("a replay has no model: ") && !$0.hasSuffix(".") })
  }

  /// The engine refuses commands that need a model during a replay, and changes nothing.
  @Test(
    arguments: [
      (.setSettings(SamplingSettings(), lane: 0), .sampler), (.setSeed(7), .draws),
      (.redraw(lane: 0), .draws),
      (.compare(with: SamplingSettings(), first: true), .comparison),
      (.endComparison(keeping: 0), .comparison), (.synchronize(with: 0), .otherLane),
      (.listBranches(lane: 0), .branches), (.deleteBranch(BranchID(0), lane: 0), .branches),
      (.writeTrace(path: "/nonexistent/t.jsonl"), .trace),
    ] as [(EngineCommand, LaneAbility)])
  func aRecordingRefusesWhatNeedsAModel(command: EngineCommand, ability: LaneAbility) throws {
    let mailbox = Mailbox<EngineEvent> {}
    var worker = EngineWorker(looksAhead: false) { mailbox.post($0) }
    let session = try GenerationSession(predictor: FakePredictor(), promptIDs: [3, 1, 4], seed: 1)
    try session.advance()
    worker.open([
      try session.trace(
        of: FakePredictor().profile, promptBytes: nil, tokenizer: nil, endsText: { _ in false })
    ])
    worker.handle(.start(prompt: .ids([3, 1, 4]), settings: [SamplingSettings()], seed: 1), request: 1)
    worker.handle(command, request: 2)
    guard case .answered(2, let lanes, let problem)? = mailbox.takeAll().last else {
      Issue.record("no answer")
      return
    }
    #expect(problem == ability.refusal)
    #expect(lanes.count == 1)
    #expect(lanes[0].depth == 0)
    #expect(command.needs == ability)
  }

  @Test func aSessionCanDoEverything() throws {
    let lane = SessionLane(try GenerationSession(predictor: FakePredictor(), promptIDs: [1], seed: 1))
    #expect(lane.abilities == Set(LaneAbility.allCases))
    #expect(KeyMap.offered(to: lane.abilities).count == KeyMap.bindings.count)
  }
}
