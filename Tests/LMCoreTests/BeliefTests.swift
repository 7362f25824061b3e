import LMCore
import ModelTestSupport
import Testing

@Suite struct BeliefTests {
  @Test(arguments: [1, 2, 3, 100, 5_000, 50_257]) func ranksLikeASort(count: Int) throws {
    var random = RandomSource(seed: UInt64(count))
    for quantum in [0.0, 0.5, 4] {
      let logits = (0..<count).map { _ -> Float in
        let value = (random.nextUniform() - 0.6) * 40
        if random.nextUniform() < 0.05 { return -.infinity }
        // Quantised values make many ties, and zeros of both signs.
        return Float(quantum == 0 ? value : (value / quantum).rounded(.towardZero) * quantum)
      }
      guard logits.contains(where: { $0 > -.infinity }) else { continue }
      let expected = logits.indices.sorted { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }
      let ranked = try Belief(logits)
      #expect(ranked.ranking == expected)
      for (index, id) in expected.enumerated().prefix(300) { #expect(ranked.rank(of: id) == index + 1) }
    }
  }

  @Test func ranksTheWholeRangeOfFloats() throws {
    let logits: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude,
      -.infinity, 1, -1, .leastNormalMagnitude, -.leastNormalMagnitude, 1, -.infinity, 0,
    ]
    #expect(try Belief(logits).ranking == [4, 7, 11, 9, 2, 0, 1, 13, 3, 10, 8, 5, 6, 12])
  }

  @Test func softmaxIsExact() throws {
    let ranked = try Belief([0, -.infinity, 0, 0, 0])
    #expect(ranked.probabilities == [0.25, 0, 0.25, 0.25, 0.25])
    #expect(ranked.entropy == 2)
    #expect(ranked.cumulative(atRank: 0) == 0)
    #expect(ranked.cumulative(atRank: 3) == 0.75)
    #expect(ranked.cumulative(atRank: 5) == 1)
    // An offset that a float can hold changes nothing.
    #expect(try Belief([1e6, 1e6 + 1]).probabilities == Belief([0, 1]).probabilities)
  }

  @Test func doublesKeepTheirDigitsAndTheirRange() throws {
    let logits: [Double] = [1, 1 + 1e-12, 1e308, -1e308, -.infinity, 9e307, 1e308]
    let ranked = try Belief(precise: logits)
    #expect(ranked.ranking == [2, 6, 5, 1, 0, 3, 4])
    #expect(ranked.probabilities == [0, 0, 0.5, 0, 0, 0, 0.5])
    for (index, id) in ranked.ranking.enumerated() { #expect(ranked.rank(of: Int(id)) == index + 1) }
    let near = try Belief(precise: [1, 1 + 1e-9])
    let ratio = near.probabilities[1] / near.probabilities[0]
    #expect(abs(ratio - 1 - 1e-9) < 1e-15)
    #expect(near.logits == [1, 1])
  }

  @Test func doublesThatAreFloatsGiveTheSameBits() throws {
    var random = RandomSource(seed: 7)
    let logits = (0..<3_000).map { _ in Float((random.nextUniform() - 0.6) * 30) }
    let (floats, doubles) = (try Belief(logits), try Belief(precise: logits.map(Double.init)))
    #expect(floats.probabilities == doubles.probabilities)
    #expect(floats.ranking == doubles.ranking)
    #expect(floats.entropy == doubles.entropy)
    let settings = SamplingSettings.with { ($0.temperature, $0.topP, $0.repetitionPenalty) = (0.8, 0.9, 1.3) }
    let chain = try SamplerChain(settings)
    let history = Array(0..<50)
    #expect(
      try chain.apply(to: floats, history: history).after == chain.apply(to: doubles, history: history).after)
  }

  @Test func probabilitiesUnderflowToZero() throws {
    let belief = try Belief([0, -2_000])
    #expect(belief.probabilities == [1, 0])
    #expect(belief.entropy == 0)
  }

  @Test func rowsEndWithTheVocabulary() throws {
    let belief = try Belief([1, 3, 2])
    #expect(belief.knownRanks == 3)
    for rank in [0, -1, 4, .max, .min] { #expect(belief.row(atRank: rank) == nil) }
    for id in [-1, 3, .max, .min] { #expect(belief.row(of: id) == nil) }
    for rank in 1...3 {
      let row = try #require(belief.row(atRank: rank))
      #expect(belief.row(of: row.id) == row)
      #expect(row.rank == rank)
    }
  }

  @Test(
    arguments: [
      ([], SamplingError.noLogits, "no logits"),
      ([1, .nan, .infinity], .logitNotANumber(id: 1), "token 1 is not a number"),
      ([1, -.nan], .logitNotANumber(id: 1), "token 1 is not a number"),
      ([1, 2, .infinity, .nan], .logitPlusInfinity(id: 2), "token 2 is plus infinity"),
      ([-.infinity, -.infinity], .allLogitsMinusInfinity(count: 2), "All 2 logits"),
    ] as [([Float], SamplingError, String)])
  func namesTheBadLogit(logits: [Float], error: SamplingError, words: String) {
    #expect(throws: error) { try Belief(logits) }
    #expect(throws: error) { try Belief(precise: logits.map(Double.init)) }
    #expect(error.description.contains(words))
  }
}
