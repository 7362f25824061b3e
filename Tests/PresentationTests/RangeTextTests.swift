import Presentation
import Testing

@Suite struct RangeTextTests {
  @Test func bothBoundsOrOneNumber() {
    #expect(RangeText.percent(0.27...0.349) == "27.0% to 34.9%")
    #expect(RangeText.percent(0.27...0.27001) == "27.0%")
    #expect(RangeText.count(20...4096) == "20 to 4,096")
    #expect(RangeText.count(23...23) == "23")
    #expect(RangeText.exactPercent(1e-6...2e-6, digits: 2) == "1.0e-4% to 2.0e-4%")
  }

  @Test(
    arguments: [
      (0.27, 0.349, "≥27.0%", "≤34.9%"), (0.27, 0.27, "27.0%", "27.0%"), (0, 0.5, "≥0%", "≤50.0%"),
      (0.00001, 0.5, "≥0%", "≤50.0%"), (0, 0.00001, "≥0%", "<0.01%"), (0.5, 0.9999, "≥50.0%", "≤100%"),
      (0.9999, 1, ">99.9%", "≤100%"),
    ])
  func oneBoundWithItsSign(low: Double, high: Double, least: String, most: String) {
    #expect(RangeText.leastPercent(low...high, glyphs: .blocks) == least)
    #expect(RangeText.mostPercent(low...high, glyphs: .blocks) == most)
    let ascii = least.hasPrefix("≥") ? ">=" + least.dropFirst() : least
    #expect(RangeText.leastPercent(low...high, glyphs: .ascii) == ascii)
  }

  /// What is certain must stay true.
  @Test func boundsAreRoundedOutward() {
    #expect(RangeText.fixed(5.348...6.001, decimals: 2) == "5.34 to 6.01")
    #expect(RangeText.fixed(5.34...6, decimals: 2) == "5.34 to 6.00")
    #expect(RangeText.fixed(5.344...5.346, decimals: 2) == "5.34 to 5.35")
    #expect(RangeText.percent(0.6119...0.8241) == "61.1% to 82.5%")
    #expect(RangeText.percent(0.9...0.9061) == "90.0% to 90.7%")
    #expect(RangeText.leastPercent(0.6119...0.8241, glyphs: .blocks) == "≥61.1%")
    #expect(RangeText.mostPercent(0.6119...0.8241, glyphs: .blocks) == "≤82.5%")
  }

  @Test func theLeastIsNotRoundedUp() {
    #expect(RangeText.least(4.189...5, columns: 5, glyphs: .blocks) == "≥4.18")
    #expect(RangeText.least(10.48...12, columns: 5, glyphs: .blocks) == "≥10.4")
    #expect(RangeText.least(10.48...12, columns: 5, glyphs: .ascii) == ">=10")
    #expect(RangeText.least(4.186...4.188, columns: 5, glyphs: .blocks) == "4.19")
    #expect(RangeText.least(20...300, glyphs: .ascii) == ">=20")
    #expect(RangeText.leastBits(2.96...4.7, glyphs: .blocks) == "≥2.9 bits")
    #expect(RangeText.leastBits(2.96...3.01, glyphs: .blocks) == "3.0 bits")
  }
}
