import Testing

@testable import Presentation

@Suite struct WordsTests {
  @Test(arguments: [(0, "0 tokens"), (1, "1 token"), (2, "2 tokens"), (4096, "4,096 tokens")])
  func countsAgreeWithTheirNoun(count: Int, text: String) {
    #expect(counted(count, "token") == text)
  }

  @Test(arguments: [(12.345, "12.3", "12.3"), (124.4, "124.4", "124"), (1240, "1.24K", "1240")])
  func perplexities(value: Double, short: String, plain: String) {
    #expect(PerplexityText.short(value) == short)
    #expect(PerplexityText.plain(value) == plain)
  }

  @Test func infinitePerplexityIsSaid() {
    #expect(PerplexityText.short(.infinity) == "inf")
    #expect(PerplexityText.short(1e300) == "1000T")
  }
}
