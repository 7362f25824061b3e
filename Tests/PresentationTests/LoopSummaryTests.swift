import Testing

@testable import Presentation

@Suite struct LoopSummaryTests {
  @Test func meansAreOfTheTokensThatWerePredicted() {
    // Three copies of (1, 2) behind 9; the prompt holds the first and half of the second.
    let summary = LoopSummary([9, 1, 2, 1, 2, 1, 2])
    let probabilities = [0.5, 0.6, 0.8]
    #expect(summary.loop?.copies == 3)
    let means = summary.copyMeans(promptCount: 4) { probabilities[$0] }
    #expect(means.count == 3)
    #expect(means[0] == nil)
    #expect(means[1] == 0.5)
    #expect(means[2] == (0.6 + 0.8) / 2)
  }

  @Test func aTextWithoutALoopHasNoMeans() {
    let summary = LoopSummary([1, 2, 3])
    #expect(summary.loop == nil)
    #expect(summary.copyMeans(promptCount: 0) { _ in 1 }.isEmpty)
    #expect(summary.distinctTwoShare == 1)
  }
}
