import ModelTestSupport
import Testing

@testable import LMCore

/// Diverse beam search on made-up numbers.
@Suite struct DiverseBeamTests {
  private func rows(_ rows: [[Double]]) -> [[Continuation]] { rows.map { [Continuation]($0) } }

  private func search(
    _ width: Int, _ groups: Int, _ diversity: Double, _ early: BeamSettings.EarlyStopping = .heuristic,
    limit: Int = 9, ends: Set<Int> = []
  ) -> BeamSearch {
    BeamSearch(
      BeamSettings(
        width: width, lengthPenalty: 0, earlyStopping: early, choice: .diverse, groups: groups,
        diversity: diversity), limit: limit, endOfText: ends)
  }

  /// Each beam of an earlier group that takes a token costs a later group the penalty, and it stays in the sums.
  @Test func laterGroupsPayForTokensOfEarlierOnes() {
    var search = search(3, 3, 1)
    #expect(search.live.map(\.group) == [0, 1, 2])
    // Token 0 is best by 1.5: the second group takes it in spite of one payment, the third pays two.
    var step = search.advance(rows([[-0.5, -2, -4], [-0.5, -2, -4], [-0.5, -2, -4]]))
    #expect(step.live.map(\.ids) == [[0], [0], [1]])
    #expect(step.live.map(\.sum) == [-0.5, -1.5, -2])
    #expect(step.candidates.map(\.rank) == [1, 2, 1, 2, 1, 2])
    #expect(step.live[1].logProbabilities == [-0.5])
    step = search.advance(rows([[-1, -9, -9], [-1, -9, -9], [-9, -1, -9]]))
    #expect(step.live.map(\.ids) == [[0, 0], [0, 0], [1, 1]])
    #expect(step.live.map(\.sum) == [-1.5, -3.5, -3])
  }

  @Test func withinAGroupNobodyPays() {
    var search = search(4, 2, 3)
    let step = search.advance(rows([[-1, -1.1, -1.2, -1.3], [-1, -1.1, -1.2, -1.3]]))
    #expect(step.live.map(\.ids) == [[0], [1], [2], [3]])
    #expect(step.live.map(\.group) == [0, 0, 1, 1])
    #expect(step.survivors(of: 0) == 2 && step.survivors(of: 1) == 2)
  }

  /// A penalty of the chain multiplies what the model holds, and with it the diversity penalty.
  @Test func theChainMultipliesThePayment() {
    let token = Continuation(id: 0, ownLogProbability: -1, logProbability: -1.3, slope: 1.3)
    #expect(token.lowered(by: 2).logProbability == -1.3 - 1.3 * 2)
    #expect(token.lowered(by: 2).ownLogProbability == -1)
  }

  /// A group that has ended takes no tokens, and no beams; the others go on.
  @Test func groupsEndAlone() {
    // Token 2 ends.
    var search = search(2, 2, 1, .immediate, ends: [2])
    var step = search.advance(rows([[-1, -2, -0.5], [-1, -2, -3]]))
    #expect(step.live.map(\.group) == [1] && step.finished.map(\.hypothesis.ids) == [[2]])
    #expect(step.candidates[1].fate == .groupEnded && step.stop == nil)
    // In the step itself the token that the group would have taken counts.
    #expect(step.live.map(\.sum) == [-2])
    step = search.advance(rows([[-1, -2, -3]]))
    #expect(step.live.map(\.ids) == [[0, 0]] && step.live.map(\.sum) == [-3])
    step = search.advance(rows([[-2, -2, -1]]))
    #expect(step.live.isEmpty && step.stop == .allFinished)
    #expect(step.finished.map(\.score) == [-0.5, -4])
    #expect(step.finished.map(\.hypothesis.group) == [0, 1])
  }

  /// At the length the live beams of a group count as finished, unless it has ended with this step.
  @Test(arguments: [(BeamSettings.EarlyStopping.immediate, [-0.375, -3]), (.never, [-0.375, -0.625])])
  func theLengthEndsAllGroups(early: BeamSettings.EarlyStopping, scores: [Double]) {
    var search = search(4, 2, 1, early, limit: 2, ends: [2])
    var step = search.advance(rows([[-0.125, -4, -3, -9], [-0.125, -4, -9, -3]]))
    #expect(step.live.map(\.group) == [0, 0, 1, 1])
    step = search.advance(rows([[-0.5, -9, -0.25, -9]] + [[Double]](repeating: [-2, -3, -9, -4], count: 3)))
    #expect(step.stop == .length && step.live.isEmpty)
    #expect(step.finished.filter { $0.hypothesis.group == 0 }.map(\.score) == scores)
    #expect(step.finished.count == 4)
  }

  /// Where the first continuations of all beams are given, those that other groups do not take are among them.
  @Test func asManyContinuationsAreLookedAtAsDecide() {
    let search = search(6, 3, 1, ends: [7])
    #expect(search.candidateCount == 4 && search.neededCount == 8)
  }

  @Test func anotherPenaltySearchesAnew() throws {
    let settings = BeamSettings(width: 4, choice: .diverse, groups: 2)
    let run = try BeamRun(FakePredictor(), promptIDs: [1], settings: settings, limit: 4, endOfText: [])
    #expect(try run.again(with: settings) == nil)
  }
}
