import Glibc
import LMCore
import Presentation
import Testing

/// What a stage did, in words.
@Suite struct StageDescriptionTests {
  private func words(
    _ logits: [Double], history: [Int] = [], chances: [StepName: Double] = [:], isBrief: Bool = false,
    glyphs: GlyphSet = .blocks, _ change: (inout SamplingSettings) -> Void
  ) throws -> [String] {
    var settings = SamplingSettings()
    change(&settings)
    let context = ChainContext(history: history, chances: chances)
    let chain = try SamplerChain(settings)
    let (distribution, stages) = try chain.measure(try Belief(precise: logits), context)
    let match = chain.dryMatches(context).first
    return stages.map {
      StageDescription(
        $0, settings, distribution, glyphs: glyphs, isBrief: isBrief, match: match, token: { "t\($0)" }
      ).text
    }
  }

  @Test func aFilterTellsWhatItRemoved() throws {
    let logits: [Double] = [3, 2, 1, 0, -1]
    #expect(
      try words(logits) { ($0.topK, $0.minP) = (4, 0.001) }
        == ["removes 1 token ← the cut you see", "removes nothing here"])
    #expect(
      try words(logits) { ($0.topK, $0.topP) = (4, 0.5) }
        == ["removes 1 token", "removes 3 tokens ← the cut you see"])
    #expect(
      try words(logits, isBrief: true, glyphs: .ascii) { $0.topK = 2 } == ["removes 3 <- the cut"])
  }

  /// The limit is a probability of the model's own: 5 % of that of the best token.
  @Test func minPTellsItsLimit() throws {
    let logits: [Double] = [4, 2, 0]
    #expect(try words(logits) { $0.minP = 0.05 } == ["removes 1 token below 4.3% ← the cut you see"])
    #expect(
      try words(logits) { ($0.minP, $0.topP, $0.order) = (0.05, 0.99, .llamaCpp) }.last
        == "removes 1 token below 4.3% ← the cut you see")
    #expect(
      try words(logits) { ($0.minP, $0.temperature) = (0.2, 2) }.last == "removes 1 token ← the cut you see")
  }

  @Test func aStepThatRemovesFromTheTopSaysSo() throws {
    let chances: [StepName: Double] = [.xtc: 0.25]
    #expect(
      try words([1, 1, 1, -3], chances: chances) { $0.xtcProbability = 0.5 }
        == ["chance 0.25 ≤ 0.50: removes 2 tokens, rank 1 among them"])
    #expect(
      try words([1, 1, 1], chances: [.xtc: 0.83]) { $0.xtcProbability = 0.5 }
        == ["chance 0.83 > 0.50: did not act"])
    #expect(
      try words([9, 1, 1], chances: chances) { $0.xtcProbability = 0.5 }
        == ["chance 0.25 ≤ 0.50: fewer than two tokens reach 0.10"])
  }

  @Test func aPenaltyNamesTheMostProbableToken() throws {
    #expect(
      try words([1, 0, 0], history: [0, 2]) { $0.presencePenalty = 1 }
        == ["lowers 2 tokens: t0 57.6% → 42.2%"])
    #expect(try words([1, 0], history: []) { $0.repetitionPenalty = 2 } == ["lowers nothing here"])
    #expect(
      try words([0, 1, 0], history: [1, 2, 1]) { $0.noRepeatNgram = 2 } == ["bans t2 21.2%"])
    #expect(
      try words([0, 0, 0], history: [1, 2, 0, 1, 2]) { $0.dryMultiplier = 1 }
        == ["lowers 1 token: t0 33.3% → 15.5%; 2 tokens repeat (underlined)"])
  }

  /// Of a head: no more than is certain.
  @Test func whatAHeadLeavesOpenIsSaidSo() throws {
    func words(_ change: (inout SamplingSettings) -> Void) throws -> [String] {
      let probabilities = [0.3, 0.2, 0.1]
      let head = Belief(
        head: [0, 1, 2], logProbabilities: probabilities.map { log($0) }, restMass: 0.4...0.4,
        vocabularySize: 50)
      var settings = SamplingSettings()
      change(&settings)
      let (distribution, stages) = try SamplerChain(settings).measure(head, ChainContext(history: [0, 40]))
      return stages.map {
        StageDescription($0, settings, distribution, glyphs: .blocks, token: { "t\($0)" }).text
      }
    }
    #expect(try words { $0.topP = 0.8 }[0].hasPrefix("removes 23 to 45 tokens"))
    #expect(try words { $0.topP = 0.5 } == ["removes 48 tokens ← the cut you see"])
    #expect(try words { $0.temperature = 1.5 } == ["unlikely tokens gain"])
    // Token 40 is not known, nor by how much the others gain.
    #expect(try words { $0.presencePenalty = 1 } == ["lowers 1 token"])
  }

  @Test func theTemperatureTellsWhoGains() throws {
    #expect(try words([1, 0]) { $0.temperature = 0.5 } == ["likely tokens gain, t0 73.1% → 88.1%"])
    #expect(try words([1, 0]) { $0.temperature = 2 } == ["unlikely tokens gain, t1 26.9% → 37.8%"])
    #expect(
      try words([0, 1, -1]) { $0.temperature = .infinity } == ["unlikely tokens gain, t2 9.0% → 33.3%"])
    #expect(try words([1, 0]) { $0.temperature = 0 } == ["takes the most probable token"])
    #expect(try words([5, 0]) { $0.dynatempRange = 0.5 }[0].hasPrefix("T 0.55"))
    #expect(try words([1, 0]) { $0.mirostat = 2 } == ["mu 10.00 bits: removes nothing here"])
  }
}
