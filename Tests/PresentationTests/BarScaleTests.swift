import Testing

@testable import Presentation

@Suite struct BarScaleTests {
  @Test(arguments: [
    (0.004, "1%"), (0.01, "1%"), (0.011, "2%"), (0.074, "10%"), (0.391, "50%"), (0.5, "50%"), (0.51, "70%"),
    (0.71, "100%"),
    (1, "100%"),
  ])
  func isTheNextRoundNumber(largest: Double, label: String) {
    #expect(BarScale(covering: largest).label == label)
  }

  @Test func onlyWhatFitsHasALength() {
    let scale = BarScale(covering: 0.09)
    #expect(scale.length(of: 0.05) == 0.5)
    #expect(scale.length(of: 0.1) == 1)
    #expect(scale.length(of: 0) == 0)
    #expect(scale.length(of: 0.101) == nil)
    #expect(scale.multiple(of: 0.762) == "7.6")
    #expect(BarScale(covering: 0.5).multiple(of: 0.509) == "1.02")
    #expect(BarScale(covering: 0.01).multiple(of: 0.62) == "62")
  }
}
