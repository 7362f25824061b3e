import LMCore
import Testing

@Suite struct FilterNameTests {
  @Test func namesAreThoseOfTransformers() {
    #expect(
      FilterName.allCases.map(\.rawValue) == [
        "repetition_penalty", "no_repeat_ngram", "temperature", "top_k", "top_p", "min_p", "typical_p",
        "epsilon",
        "eta",
      ])
  }

  @Test(arguments: FilterName.allCases) func explainsItselfInTwoLines(filter: FilterName) {
    let lines = filter.explanation.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.count <= 90 && $0.hasSuffix(".") })
    #expect(!filter.title.isEmpty)
  }
}
