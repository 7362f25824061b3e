import Testing

@testable import Presentation

@Suite struct HumanPerplexityTests {
  @Test func isKnownOfTheVeryModelOnly() {
    #expect(HumanPerplexity(of: "storyteller", 5_918_720)?.brief == "human 22.9")
    #expect(HumanPerplexity(of: "openai-community/gpt2-large", 774_030_080)?.brief == "human 12.38")
    #expect(HumanPerplexity(of: "gpt2-large", 774_030_081) == nil)
    #expect(HumanPerplexity(of: "gpt2", 124_439_808) == nil)
  }

  @Test func fitsTheLine() throws {
    let human = try #require(HumanPerplexity(of: "gpt2-large", 774_030_080))
    #expect(human.fitting(40) == "human 12.38, WebText")
    #expect(human.fitting(12) == "human 12.38")
    #expect(human.fitting(5) == "")
    #expect(human.lines == ["human 12.38 on", "WebText"])
  }
}
