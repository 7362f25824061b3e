import LMCore
import Testing

@Suite struct RankedLogitsTests {
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
      let ranked = try RankedLogits(logits)
      #expect(ranked.ranking.map(Int.init) == expected)
      #expect(ranked.finiteCount == logits.count { $0 > -.infinity })
      for (index, id) in expected.enumerated().prefix(300) { #expect(ranked.rank(of: id) == index + 1) }
    }
  }

  @Test func ranksTheWholeRangeOfFloats() throws {
    let logits: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude,
      -.infinity, 1, -1, .leastNormalMagnitude, -.leastNormalMagnitude, 1, -.infinity, 0,
    ]
    #expect(try RankedLogits(logits).ranking == [4, 7, 11, 9, 2, 0, 1, 13, 3, 10, 8, 5, 6, 12])
  }

  @Test func softmaxIsExact() throws {
    let ranked = try RankedLogits([0, -.infinity, 0, 0, 0])
    #expect(ranked.probabilities == [0.25, 0, 0.25, 0.25, 0.25])
    #expect(ranked.entropy == 2)
    #expect(ranked.cumulative(atRank: 0) == 0)
    #expect(ranked.cumulative(atRank: 3) == 0.75)
    #expect(ranked.cumulative(atRank: 5) == 1)
    #expect(ranked.logProbability(of: 1) == -.infinity)
    // An offset that a float can hold changes nothing.
    #expect(try RankedLogits([1e6, 1e6 + 1]).probabilities == RankedLogits([0, 1]).probabilities)
  }

  @Test func doublesKeepTheirDigitsAndTheirRange() throws {
    let logits: [Double] = [1, 1 + 1e-12, 1e308, -1e308, -.infinity, 9e307, 1e308]
    let ranked = try RankedLogits(precise: logits)
    #expect(ranked.ranking == [2, 6, 5, 1, 0, 3, 4])
    #expect(ranked.finiteCount == 6)
    #expect(ranked.probabilities == [0, 0, 0.5, 0, 0, 0, 0.5])
    for (index, id) in ranked.ranking.enumerated() { #expect(ranked.rank(of: Int(id)) == index + 1) }
    let near = try RankedLogits(precise: [1, 1 + 1e-9])
    #expect(abs(near.logProbability(of: 1) - near.logProbability(of: 0) - 1e-9) < 1e-15)
    #expect(near.logits == [1, 1])
  }

  @Test func doublesThatAreFloatsGiveTheSameBits() throws {
    var random = RandomSource(seed: 7)
    let logits = (0..<3_000).map { _ in Float((random.nextUniform() - 0.6) * 30) }
    let (floats, doubles) = (try RankedLogits(logits), try RankedLogits(precise: logits.map(Double.init)))
    #expect(floats.probabilities == doubles.probabilities)
    #expect(floats.ranking == doubles.ranking)
    #expect(floats.entropy == doubles.entropy)
    let settings = SamplingSettings.with { ($0.temperature, $0.topP, $0.repetitionPenalty) = (0.8, 0.9, 1.3) }
    let chain = try SamplerChain(settings)
    let history = Array(0..<50)
    #expect(
      try chain.apply(to: floats, history: history).after == chain.apply(to: doubles, history: history).after)
  }

  @Test func logProbabilityOutlivesTheProbability() throws {
    let ranked = try RankedLogits([0, -2_000])
    #expect(ranked.probabilities == [1, 0])
    #expect(ranked.logProbability(of: 1) == -2_000)
    #expect(ranked.entropy == 0)
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
    #expect(throws: error) { try RankedLogits(logits) }
    #expect(throws: error) { try RankedLogits(precise: logits.map(Double.init)) }
    #expect(error.description.contains(words))
  }
}
