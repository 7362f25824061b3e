import LMCore
import Testing

@testable import Presentation

@Suite struct ChainDescriptionTests {
  private func description(
    glyphs: GlyphSet = .blocks, _ change: (inout SamplingSettings) -> Void
  ) -> ChainDescription {
    var settings = SamplingSettings()
    change(&settings)
    return ChainDescription(settings, glyphs: glyphs)
  }

  @Test func namesTheStrategyAndEveryStep() {
    let nucleus = description { $0.topP = 0.95 }
    #expect(nucleus.text == "nucleus: T 1.00 → top-k off → top-p 0.95")
    #expect(nucleus.brief == "nucleus: top-p 0.95")
    #expect(description { _ in }.brief == "pure")
    #expect(description { $0.temperature = 0 }.text == "greedy: argmax")
    let last = description { ($0.temperature, $0.topK, $0.minP, $0.order) = (1.1, 5, 0.01, .llamaCpp) }
    #expect(last.text == "top-k 5 → top-p off → min-p 0.01 → T 1.10")
    #expect(last.brief == "top-k 5 → min-p 0.01 → T 1.10")
  }

  @Test func numbersAreShort() {
    #expect(description { ($0.temperature, $0.topP) = (1.1, 0.55) }.brief == "T 1.10 → top-p 0.55")
    #expect(description { $0.temperature = 1e-300 }.brief == "T 1e-300")
    #expect(description { $0.temperature = 1e300 }.brief == "T 1e300")
    #expect(description { $0.temperature = .infinity }.brief == "T ∞")
    #expect(description { $0.epsilon = 0.0003 }.brief == "epsilon 0.0003")
    // Almost 1, and shown as 1, but not off.
    #expect(description { $0.temperature = 1.000_000_1 }.brief == "T 1.00")
  }

  @Test func asciiHasNoArrows() {
    let chain = description(glyphs: .ascii) { ($0.temperature, $0.topK) = (.infinity, 3) }
    #expect(chain.text == "T inf -> top-k 3 -> top-p off")
    #expect(chain.brief == "T inf -> top-k 3")
  }
}
