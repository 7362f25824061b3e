import Glibc
import LMCore
import ModelTestSupport
import Testing

/// Small examples that can be followed by hand: where an order or a rule decides, and what a stage tells.
@Suite struct StageExampleTests {
  private func logits(_ probabilities: [Double]) -> [Double] { probabilities.map { log($0) } }

  private func measure(
    _ probabilities: [Double], _ context: ChainContext = ChainContext(history: []),
    _ change: (inout SamplingSettings) -> Void
  ) throws -> (distribution: Distribution, stages: [SamplerStage]) {
    try SamplerChain(.with(change)).measure(Belief(precise: logits(probabilities)), context)
  }

  @Test func minPBeforeOrBehindTopP() throws {
    let p = [0.5, 0.2, 0.12, 0.1, 0.08]
    for (order, kept) in [(ChainOrder.huggingFace, 2), (.vLLM, 1)] {
      let result = try measure(p) { ($0.topP, $0.minP, $0.order) = (0.65, 0.25, order) }
      #expect(result.distribution.keptCount == kept)
    }
  }

  /// Before the temperature min-p looks at the model's own probabilities: a token of 1 % stays as long as it has 5 % of
  /// the best one, and the temperature then makes it likely.
  @Test func anUnlikelyTokenPassesMinPBeforeAHighTemperature() throws {
    let p = [0.15] + [Double](repeating: 0.01, count: 85)
    let (last, stages) = try measure(p) {
      ($0.minP, $0.temperature, $0.order) = (0.05, 3, .llamaCpp)
    }
    #expect(stages.map(\.name) == [.minP, .temperature])
    #expect(stages[0].removed == 0 && !stages[0].didAct)
    #expect(stages[1].temperature == 3 && stages[1].entropyBits > stages[0].entropyBits + 0.3)
    #expect(last.row(of: 0)?.after ?? 1 < 0.03)
  }

  @Test func theDynamicTemperatureIsTold() throws {
    let (result, stages) = try measure([0.7, 0.2, 0.1]) { $0.dynatempRange = 0.5 }
    #expect(abs((stages.first?.temperature ?? 0) - 1.2298) < 5e-5)
    #expect(zip(result.after, [0.6383, 0.2305, 0.1312]).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func xtcTellsItsChance() throws {
    for (chance, removed) in [(0.5, 2), (0.500_001, 0)] {
      let context = ChainContext(history: [], chances: [.xtc: chance])
      let (_, stages) = try measure([0.4, 0.35, 0.25], context) { $0.xtcProbability = 0.5 }
      #expect(stages.first?.chance == chance && stages.first?.removed == removed)
      #expect(stages.first?.didAct == (removed > 0))
      #expect(abs((stages.first?.mass ?? 0) - (removed > 0 ? 0.25 : 1)) < 1e-12)
    }
  }

  /// The prompt holds a token three times, the text behind it once.
  @Test func vLLMCountsTheOutputOnly() throws {
    let context = ChainContext(history: [1, 1, 1, 0, 1], promptCount: 4)
    for (order, count) in [(ChainOrder.huggingFace, 4.0), (.llamaCpp, 4), (.vLLM, 1)] {
      let (result, stages) = try measure([0.5, 0.5], context) {
        ($0.frequencyPenalty, $0.order) = (0.5, order)
      }
      #expect(abs((result.row(of: 1)?.scoreChange ?? 0) + 0.5 * count) < 1e-12)
      #expect(stages.first?.lowered == (order == .vLLM ? 1 : 2))
    }
  }

  @Test func aPenaltyTellsItsMostProbableToken() throws {
    let (result, stages) = try measure([0.1, 0.6, 0.3], ChainContext(history: [1, 0])) {
      $0.presencePenalty = log(2)
    }
    let example = try #require(stages.first?.example)
    #expect(example.id == 1 && abs(example.before - 0.6) < 1e-12)
    #expect(abs(example.after - 0.3 / 0.65) < 1e-12)
    #expect(abs((result.row(of: 1)?.after ?? 0) - example.after) < 1e-12)
  }

  @Test(
    arguments: [
      ([0, 1, 2, 3, 0, 1, 2], [3: 3]), ([0, 1, 2, 4, 0, 1], [2: 2]), ([0, 1, 2, 4, 5, 0], [:]),
      ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0: 9]),
    ] as [([Int], [Int: Int])])
  func dryTellsWhatItMatched(history: [Int], lengths: [Int: Int]) throws {
    let chain = try SamplerChain(.with { $0.dryMultiplier = 0.8 })
    let matches = chain.dryMatches(ChainContext(history: history))
    #expect(Dictionary(uniqueKeysWithValues: matches.map { ($0.id, $0.length) }) == lengths)
    for match in matches {
      let earlier = history[(match.end - match.length)..<match.end]
      #expect(history[match.end] == match.id && earlier.elementsEqual(history.suffix(match.length)))
    }
  }

  @Test func mirostatOfEqualTokensKeepsAll() throws {
    for version in [1, 2] {
      let (result, _) = try measure([0.25, 0.25, 0.25, 0.25]) { $0.mirostat = version }
      #expect(result.keptCount == 4)
    }
    let (narrow, _) = try measure(
      [0.25, 0.25, 0.25, 0.25], ChainContext(history: [], memories: [.mirostat: .init(-3)])
    ) { $0.mirostat = 2 }
    #expect(narrow.keptIDs == [0])
  }

  @Test func llamaCppsTypicalRuleCutsThroughTies() throws {
    for (count, kept) in [(8, 5), (4, 3), (10, 6)] {
      let equal = [Double](repeating: 1 / Double(count), count: count)
      let (hf, _) = try measure(equal) { $0.typicalP = 0.5 }
      #expect(hf.keptCount == count)
      let (llama, _) = try measure(equal) { ($0.typicalP, $0.typicalRule) = (0.5, .llamaCpp) }
      #expect(llama.keptIDs == Array(0..<kept))
    }
  }
}
