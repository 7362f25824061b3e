import Testing

@testable import Presentation

@Suite struct RankBandsTests {
  @Test(arguments: [(1, 0), (2, 1), (10, 1), (11, 2), (100, 2), (101, 3), (1000, 3), (1001, 4), (50_257, 4)])
  func bands(rank: Int, band: Int) {
    #expect(RankBands.band(of: rank) == band)
  }

  @Test func everyBandHasItsLabels() {
    #expect(RankBands.labels.count == RankBands.band(of: .max) + 1)
    #expect(RankBands.shortLabels.count == RankBands.labels.count)
  }
}
