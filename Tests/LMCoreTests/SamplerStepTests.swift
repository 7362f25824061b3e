import LMCore
import ModelTestSupport
import Testing

/// What the table from `transformers` cannot settle: its unspecified ties, its failures, and the ends of the range.
@Suite struct SamplerStepTests {
  private func kept(
    _ logits: [Float], history: [Int] = [], _ change: (inout SamplingSettings) -> Void
  ) throws -> [Int] {
    try SamplerChain(.with(change)).apply(to: logits, history: history).keptIDs
  }

  @Test(arguments: [0.0, 0.25, 0.26, 0.5, 0.75, 0.76])
  func topPKeepsTheLowestIdsOfATie(p: Double) throws {
    let expected = max(1, Int((p * 4).rounded(.up)))
    #expect(try kept([1, 1, 1, 1]) { $0.topP = p } == Array(0..<expected))
  }

  @Test func topPKeepsTheLowestIdsOfATieBehindALikelierToken() throws {
    // 0.99866, then four of 0.000335.
    #expect(try kept([1, 1, 1, 1, 9]) { $0.topP = 0.9991 } == [0, 1, 4])
  }

  @Test(arguments: 1...9) func topPCountsTenthsExactly(tenths: Int) throws {
    let p = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9][tenths]
    #expect(try kept([Float](repeating: -3, count: 10)) { $0.topP = p } == Array(0..<tenths))
    #expect(
      try kept([Float](repeating: -3, count: 10)) { ($0.topP, $0.temperature) = (p, 0.37) }.count == tenths)
  }

  @Test func topPKeepsTheCrossingToken() throws {
    // 0.665, 0.245, 0.090
    #expect(try kept([3, 2, 1]) { $0.topP = 0.6 } == [0])
    #expect(try kept([3, 2, 1]) { $0.topP = 0.7 } == [0, 1])
    #expect(try kept([3, 2, 1]) { $0.topP = 0.92 } == [0, 1, 2])
    #expect(try kept([3, 2, 1]) { $0.topP = 0 } == [0])
  }

  @Test func topKKeepsAllTiedWithTheLast() throws {
    #expect(try kept([1, 4, 2, 2, 3, 2]) { $0.topK = 3 } == [1, 2, 3, 4, 5])
    #expect(try kept([0, -0.0, 0]) { $0.topK = 1 } == [0, 1, 2])
    #expect(try kept([0, -.infinity, 2]) { $0.topK = 3 } == [0, 2])
  }

  @Test func topKIsExactWhereTemperatureWouldOverflowOrTie() throws {
    for order in ChainOrder.allCases {
      for temperature in [Double.leastNonzeroMagnitude, 1e-300, 1e300, 1.7e308] {
        #expect(
          try kept([1e-30, 0, 5, 2e-30]) { ($0.topK, $0.temperature, $0.order) = (2, temperature, order) }
            == [2, 3])
      }
    }
  }

  @Test func greedyTakesTheLowestOfTiedTokens() throws {
    #expect(try kept([1, 5, 5, 5]) { $0.temperature = 0 } == [1])
    #expect(try kept([-0.0, 0]) { $0.temperature = 0 } == [0])
    #expect(try kept([-.infinity, -3e38]) { $0.temperature = 0 } == [1])
  }

  @Test func smallTemperatureSplitsTheMassOfATie() throws {
    let chain = try SamplerChain(.with { $0.temperature = .leastNormalMagnitude / 1000 })
    #expect(try chain.apply(to: [2, 5, 5, 3e38, 3e38], history: []).after == [0, 0, 0, 0.5, 0.5])
  }

  @Test func infiniteTemperatureIsUniformOverPossibleTokens() throws {
    let chain = try SamplerChain(.with { $0.temperature = .infinity })
    let result = try chain.apply(to: [3e38, -.infinity, 0, -3e38, 1], history: [])
    #expect(result.after == [0.25, 0, 0.25, 0.25, 0.25])
    #expect(result.removedBy(1) == nil)
    #expect(result.entropyAfter == 2)
    #expect(result.bindingFilter == nil)
    #expect(result.filteredMass == 1)
  }

  @Test func infiniteTemperatureMakesTiesForLaterFilters() throws {
    #expect(try kept([1, 3, 2, 4]) { ($0.temperature, $0.topP) = (.infinity, 0.5) } == [0, 1])
    #expect(try kept([1, 3, 2, 4]) { ($0.temperature, $0.topK) = (.infinity, 2) } == [0, 1, 2, 3])
    let last = try SamplerChain(
      .with { ($0.temperature, $0.topK, $0.topP, $0.order) = (.infinity, 3, 0.7, .llamaCpp) })
    let result = try last.apply(to: [1, 3, 2, 4], history: [])
    #expect(result.after == [0, 0.5, 0, 0.5])
    #expect(result.bindingFilter == .topP)
  }

  @Test func minPKeepsEqualProbability() throws {
    #expect(try kept([1, 1, 1 - 0.6931472]) { $0.minP = 1 } == [0, 1])
    #expect(try kept([1, 1, 0.3]) { $0.minP = 0.5 } == [0, 1])
    #expect(try kept([1, 1, 0.31]) { $0.minP = 0.5 } == [0, 1, 2])
  }

  @Test func typicalPMayDropTheMostLikelyToken() throws {
    // 0.4 and 59 tokens of 0.6/59: H is 3.1 nats, -ln p is 0.92 and 4.6.
    let logits = [Float](repeating: 0, count: 59) + [3.67]
    #expect(try kept(logits) { $0.typicalP = 0.5 } == Array(0..<59))
    #expect(try kept(logits) { $0.typicalP = 0.61 } == Array(0..<60))
  }

  @Test func epsilonAndEtaKeepTheTopTie() throws {
    let logits = [Float](repeating: 1, count: 40) + [0.999]
    #expect(try kept(logits) { $0.epsilon = 0.5 } == Array(0..<40))
    // eta's floor is at most sqrt(eps) * exp(-H), here about sqrt(eps) / 41.
    #expect(try kept(logits) { $0.eta = 0.9 } == Array(0..<41))
    #expect(try kept([9] + logits) { $0.eta = 0.5 } == [0])
  }

  @Test func etaUsesTheCodeNotTheDocumentation() throws {
    // Two tokens of 0.8 and 0.2: H = 0.5004, sqrt(0.1) * exp(-H) = 0.1917 < 0.2, and min() takes eps = 0.1.
    let logits: [Float] = [1.3862944, 0]
    #expect(try kept(logits) { $0.eta = 0.1 } == [0, 1])
    // sqrt(0.25) * exp(-H) = 0.303 > 0.2, and so is 0.25.
    #expect(try kept(logits) { $0.eta = 0.25 } == [0])
    // sqrt(0.21 * exp(-H)) = 0.357 and eps = 0.21 would drop it too; at 0.19 eps itself is below 0.2.
    #expect(try kept(logits) { $0.eta = 0.19 } == [0, 1])
    // Flat over 8: eps = 0.9 gives 0.1186 < 0.125, where the documented root would give 0.335.
    #expect(try kept([0, 0, 0, 0, 0, 0, 0, -0.03]) { $0.eta = 0.9 } == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func penaltyCountsATokenOnce() throws {
    let settings = SamplingSettings.with { $0.repetitionPenalty = 2 }
    let chain = try SamplerChain(settings)
    let once = try chain.apply(to: [2, -2, 1], history: [0, 1])
    let often = try chain.apply(to: [2, -2, 1], history: [0, 1, 1, 0, 0])
    #expect(once.after == often.after)
    let plain = try SamplerChain(SamplingSettings()).apply(to: [1, -4, 1], history: [])
    #expect(once.after == plain.before)
    #expect(once.before[0] > once.before[2])
  }

  @Test func penaltyThatMakesATieLeavesTheLowestIdFirst() throws {
    for greedy in [true, false] {
      let change = { (settings: inout SamplingSettings) in
        settings.repetitionPenalty = 2
        if greedy { settings.temperature = 0 } else { settings.topP = 0 }
      }
      #expect(try kept([1, 2, 1], history: [1], change) == [0])
      #expect(try kept([2, 1, 0], history: [0], change) == [0])
      #expect(try kept([0, 2, 2, 1], history: [2, 1], change) == [1])
    }
  }

  @Test(arguments: [1e-300, 1e300]) func extremePenaltyStaysANumber(penalty: Double) throws {
    for temperature in [0, 1e-300, 1, .infinity] {
      let chain = try SamplerChain(.with { ($0.repetitionPenalty, $0.temperature) = (penalty, temperature) })
      let result = try chain.apply(to: [3e38, -3e38, 1, -.infinity], history: [0, 1, 2, 3])
      #expect(abs(result.after.reduce(0, +) - 1) < 1e-15)
      #expect(result.after[3] == 0)
      let wide = try chain.apply(
        to: Belief(precise: [1e308, -1e308, 1, -.infinity]), history: [0, 1, 2, 3])
      #expect(abs(wide.after.reduce(0, +) - 1) < 1e-15)
    }
  }

  @Test(
    arguments: [
      (1, [0, 1, 0], [2, 3]),
      (2, [0, 1, 0], [0, 2, 3]),
      (2, [0, 1, 0, 2, 0], [0, 3]),
      (3, [1, 2, 3, 1, 2], [0, 1, 2]),
      (3, [1, 2], [0, 1, 2, 3]),
      (2, [3], [0, 1, 2, 3]),
      (2, [3, 3], [0, 1, 2]),
      (4, [3, 3, 3], [0, 1, 2, 3]),
      (2, [], [0, 1, 2, 3]),
    ] as [(Int, [Int], [Int])])
  func ngramBan(size: Int, history: [Int], expected: [Int]) throws {
    #expect(try kept([1, 2, 3, 4], history: history) { $0.noRepeatNgram = size } == expected)
  }
}
