import Testing

@testable import Presentation

@Suite struct LoopSummaryTests {
  @Test func meansAreOfTheTokensThatWerePredicted() {
    // Three copies of (1, 2) behind 9; the prompt holds the first and half of the second.
    let summary = LoopSummary([9, 1, 2, 1, 2, 1, 2], promptCount: 4)
    let probabilities = [0.5, 0.6, 0.8]
    #expect(summary.loop?.copies == 3)
    let means = summary.copyMeans { probabilities[$0] }
    #expect(means.count == 3)
    #expect(means[0] == nil)
    #expect(means[1] == 0.5)
    #expect(means[2] == (0.6 + 0.8) / 2)
  }

  @Test func aTextWithoutALoopHasNoMeans() {
    let summary = LoopSummary([1, 2, 3], promptCount: 0)
    #expect(summary.loop == nil)
    #expect(summary.copyMeans { _ in 1 }.isEmpty)
    #expect(summary.distinctTwoShare == 1)
  }

  @Test func sharesCountTheGeneratedTokensOnly() {
    let summary = LoopSummary([1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8], promptCount: 8)
    #expect(summary.repeatedFourGramShare == 0)
    #expect(summary.distinctTwo == "1.00")
    #expect(LoopSummary([1, 2, 3, 4, 1, 2, 3, 4], promptCount: 0).repeatedFourGrams == "20.0%")
  }

  @Test func aLoopThatWasLeftStaysInTheRecord() throws {
    let text = [9, 9, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 7, 8]
    let summary = LoopSummary(text, promptCount: 2)
    #expect(summary.loop == nil)
    let loop = try #require(summary.earlierLoop)
    #expect((loop.period, loop.copies, loop.start) == (3, 4, 2))
    #expect(summary.steps(of: loop) == "1-12")
    #expect(LoopSummary([1, 2, 3, 4, 5, 6, 7, 8, 9], promptCount: 1).earlierLoop == nil)
    #expect(LoopSummary([1, 2, 1, 2, 1, 2], promptCount: 1).earlierLoop == nil, "it is still going on")
  }
}
