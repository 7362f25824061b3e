import LMCore
import Testing

@Suite struct NumberFormatTests {
  @Test(arguments: [
    (0.0, 0, "0"), (3.14159, 2, "3.14"), (-0.5, 1, "-0.5"), (2.5, 0, "2"),
    (1e21, 1, "1000000000000000000000.0"),
    (.infinity, 2, "inf"), (0.999, 2, "1.00"),
  ])
  func fixedRoundsAsPrintf(value: Double, decimals: Int, expected: String) {
    #expect(NumberFormat.fixed(value, decimals: decimals) == expected)
  }

  @Test func theLongestNumberFits() {
    #expect(NumberFormat.fixed(-Double.greatestFiniteMagnitude, decimals: 60).count == 371)
  }

  @Test(arguments: [
    (1.0, "1.00"), (1.1, "1.10"), (0.55, "0.55"), (0.7, "0.70"), (0.7 + 0.1, "0.80"), (0.1 + 0.2, "0.30"),
    (0, "0.00"),
    (0.925, "0.925"), (0.0003, "0.0003"), (0.12345, "0.1235"), (0.00001234, "1.234e-5"), (1e-300, "1e-300"),
    (1e300, "1e300"), (1234.5, "1234.50"), (99_999.25, "99999.25"), (1234.567, "1235"),
    (123_456.789, "1.235e5"),
    (.greatestFiniteMagnitude, "1.798e308"), (.leastNonzeroMagnitude, "4.941e-324"), (40, "40.00"),
    (0.999999, "1.00"),
    (.infinity, "∞"), (-.infinity, "-∞"), (-0.5, "-0.50"),
  ])
  func knobsAreShort(value: Double, expected: String) {
    #expect(NumberFormat.knob(value) == expected)
  }

  @Test func everyHundredthOfAKnobHasTwoDecimals() {
    for hundredths in 0...2_000 {
      let (value, stepped) = (Double(hundredths) / 100, Double(hundredths) * 0.01)
      let expected = "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
      #expect(NumberFormat.knob(value) == expected)
      #expect(NumberFormat.knob(stepped) == expected)
    }
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (4096, "4,096"), (50_257, "50,257"), (-1_234_567, "-1,234,567"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func groupsDigits(number: Int, expected: String) {
    #expect(NumberFormat.grouped(number) == expected)
  }

  @Test(arguments: [
    (1.0, "100%"), (1 - 1e-13, "100%"), (0.9999, ">99.9%"), (0.9994, "99.9%"), (0.4123, "41.2%"),
    (0.05, "5.0%"),
    (0.0099949, "1.00%"), (0.01, "1.0%"), (0.009, "0.90%"), (0.0003, "0.03%"), (0.00009, "<0.01%"),
    (0.0, "0%"),
    (-1e-17, "0%"), (.nan, "–"),
  ])
  func percentNeverOverstates(share: Double, expected: String) {
    #expect(NumberFormat.percent(share) == expected)
  }

  @Test func percentTakesAtMostSixColumns() {
    for step in 0...100_000 {
      let text = NumberFormat.percent(Double(step) / 100_000)
      #expect(text.count <= 6, "\(step): \(text)")
    }
  }

  @Test(arguments: [
    (0, "0"), (512, "512"), (999, "999"), (1000, "1.00K"), (5_910_000, "5.91M"), (124_439_808, "124M"),
    (999_600, "1.00M"), (1_557_611_200, "1.56B"),
  ])
  func abbreviatesCounts(count: Int, expected: String) {
    #expect(NumberFormat.abbreviated(count) == expected)
  }

  @Test(arguments: [(17, "17 B"), (12_300_000, "12.3 MB"), (548_105_171, "548 MB")])
  func bytesHaveDecimalUnits(count: Int, expected: String) {
    #expect(NumberFormat.bytes(count) == expected)
  }

  @Test(arguments: [
    (0.5, 1, "50.0%"), (0.000_1, 3, "0.01%"), (4.31e-9, 3, "4.31e-7%"), (4.31e-9, 1, "4e-7%"),
    (3.62e-5, 3, "0.00362%"), (3.62e-5, 1, "0.004%"), (9.96e-5, 1, "0.01%"), (9.6e-6, 1, "0.001%"),
    (1e-13, 1, "1e-11%"), (1e-120, 1, "<0.01%"), (0, 3, "0%"),
  ])
  func exactPercentTellsTinyShares(share: Double, digits: Int, text: String) {
    #expect(NumberFormat.exactPercent(share, digits: digits) == text)
    if digits == 1 { #expect(text.count <= 6) }
  }
}
