import Glibc
import LMCore
import ModelTestSupport
import Testing

@Suite struct DistributionTests {
  /// Random logits of many shapes, with holes; distinct unless they are holes.
  private static func logits(_ random: inout RandomSource) -> [Float] {
    let count = Int.random(in: 1...400, using: &random)
    let scale = [0.01, 1, 4, 30][Int.random(in: 0..<4, using: &random)]
    let holes = [0, 0, 0.3][Int.random(in: 0..<3, using: &random)]
    var logits = (0..<count).map { _ in
      random.nextUniform() < holes ? -Float.infinity : Float((random.nextUniform() - 0.7) * scale)
    }
    logits[Int.random(in: 0..<count, using: &random)] = Float(scale * 0.2)
    return logits
  }

  private static func settings(_ random: inout RandomSource) -> SamplingSettings {
    func choose<Value>(_ values: [Value]) -> Value {
      values[Int.random(in: 0..<values.count, using: &random)]
    }
    return .with {
      $0.temperature = choose([0, 0.3, 1, 1, 1, 1.7, 20])
      $0.topK = choose([0, 0, 1, 7, 50, 1_000])
      $0.topP = choose([1, 1, 0, 0.3, 0.77, 0.95])
      $0.minP = choose([0, 0, 0.013, 0.21])
      $0.typicalP = choose([1, 1, 0.23, 0.91])
      $0.epsilon = choose([0, 0, 0.0017, 0.031])
      $0.eta = choose([0, 0, 0.0023, 0.17])
      $0.repetitionPenalty = choose([1, 1, 1.31, 0.7])
      $0.noRepeatNgram = choose([0, 0, 2, 3])
      $0.order = choose(ChainOrder.allCases)
    }
  }

  /// The steps that `transformers` has not, and any order.
  private static func add(to settings: inout SamplingSettings, _ random: inout RandomSource) {
    func choose<Value>(_ values: [Value]) -> Value {
      values[Int.random(in: 0..<values.count, using: &random)]
    }
    settings.topNSigma = choose([0, 0, 0.31, 1.07, 2.3])
    settings.topH = choose([0, 0, 0.37, 0.83])
    settings.xtcProbability = choose([0, 0, 0.5, 1])
    settings.xtcThreshold = choose([0.013, 0.11, 0.31, 0.7])
    settings.dynatempRange = choose([0, 0, 0.21, 0.7])
    settings.dynatempExponent = choose([1, 0.5, 2])
    settings.typicalRule = choose(TypicalRule.allCases)
    settings.repeatPenalty = choose([1, 1, 1.13, 0.9])
    settings.repeatLastN = choose([64, 5, 1, 0, -1])
    settings.frequencyPenalty = choose([0, 0, 0.13, -0.21])
    settings.presencePenalty = choose([0, 0, 0.43, -0.17])
    settings.dryMultiplier = choose([0, 0, 0.83])
    settings.dryBase = choose([1.75, 1, 2.1])
    settings.dryAllowedLength = choose([2, 1, 0, 3])
    settings.dryPenaltyLastN = choose([64, 9, 0])
    settings.mirostat = choose([0, 0, 0, 1, 2])
    settings.mirostatEntropy = choose([5, 1.3, 2.9])
    settings.adaptiveTarget = choose([-1, -1, -1, 0.23, 0.6])
    if choose([false, true]) {
      settings.order = ChainOrder(
        StepName.allCases.shuffled(using: &random).filter { _ in random.nextUniform() < 0.9 })
    }
  }

  private static func scene(_ random: inout RandomSource, _ history: [Int]) -> NaiveSampler.Scene {
    func id() -> Int { history.randomElement(using: &random) ?? 0 }
    let breakers = [[], [[id()]], [[id()], [id(), id()]]]
    return NaiveSampler.Scene(
      history: history, promptCount: Int.random(in: 0...history.count, using: &random),
      chance: random.nextUniform(),
      memories: random.nextUniform() < 0.5
        ? [:]
        : [
          .mirostat: StepMemory(random.nextUniform() * 12 - 1),
          .adaptiveP: StepMemory(random.nextUniform() * 3, 1 + random.nextUniform() * 5),
        ], breakers: breakers.randomElement(using: &random) ?? [])
  }

  private static func history(_ random: inout RandomSource, _ vocabularySize: Int) -> [Int] {
    (0..<Int.random(in: 0...30, using: &random)).map { _ in
      Int.random(in: 0..<min(vocabularySize, 40), using: &random)
    }
  }

  /// Half of the chains have the steps of `transformers` alone.
  @Test(arguments: 0..<40) func matchesTheBlackboard(seed: Int) throws {
    var random = RandomSource(seed: UInt64(seed))
    for _ in 0..<150 {
      let logits = Self.logits(&random)
      var settings = Self.settings(&random)
      let history = Self.history(&random, logits.count)
      var scene = NaiveSampler.Scene(history: history, promptCount: history.count)
      if seed >= 20 {
        Self.add(to: &settings, &random)
        scene = Self.scene(&random, history)
      }
      let chain = try SamplerChain(settings)
      let context = ChainContext(
        history: history, promptCount: scene.promptCount, chances: [.xtc: scene.chance],
        memories: scene.memories, breakers: SequenceBreakers(scene.breakers))
      let naive = NaiveSampler(logits, scene, settings, order: chain.order)
      let belief = try Belief(logits)
      guard !naive.kept.isEmpty else {
        #expect(throws: SamplingError.everythingRemoved(by: .noRepeatNgram)) {
          try chain.apply(to: belief, context)
        }
        continue
      }
      let result = try chain.apply(to: belief, context)
      let comment = Comment(rawValue: "\(chain.order.map(\.rawValue)) \(settings) \(scene) \(logits)")
      try #require(result.keptIDs == naive.kept, comment)
      let (expected, after) = (naive.probabilities, result.after)
      for id in logits.indices {
        #expect(abs(after[id] - expected[id]) < 1e-13, comment)
        #expect(result.removedBy(id) == naive.removedBy[id], comment)
      }
      check(result, comment)
      // Each costs a chain a step.
      if seed % 4 == 0 { try checkStages(of: chain, belief, context, result, comment) }
    }
  }

  /// A stage tells what the chain up to it leaves, and the measuring changes nothing.
  private func checkStages(
    of chain: SamplerChain, _ belief: Belief, _ context: ChainContext, _ result: Distribution,
    _ comment: Comment
  ) throws {
    let (measured, stages) = try chain.measure(belief, context)
    #expect(measured.after == result.after && measured.filteredMass == result.filteredMass, comment)
    #expect(stages.map(\.name) == chain.order, comment)
    var before =
      belief.vocabularySize - (0..<belief.vocabularySize).count { belief.row(of: $0)?.logit == -.infinity }
    for (index, stage) in stages.enumerated() {
      let part = try chain.apply(to: belief, context, first: index + 1)
      #expect(stage.kept == part.keptCount && stage.removed == before - stage.kept, comment)
      #expect(abs(stage.mass - part.keptMass) < 1e-12, comment)
      #expect(abs(stage.entropyBits - part.entropyAfter) < 1e-9, "\(stage) \(part.entropyAfter) \(comment)")
      before = stage.kept
    }
    #expect(stages.isEmpty || stages.last?.kept == result.keptCount, comment)
  }

  /// What holds for every distribution, whatever the filters did.
  private func check(_ result: Distribution, _ comment: Comment) {
    let (kept, before, after) = (result.keptIDs, result.before, result.after)
    let ranking = result.ranking
    #expect(result.keptCount == kept.count, comment)
    #expect(abs(before.reduce(0, +) - 1) < 1e-13, comment)
    #expect(abs(after.reduce(0, +) - 1) < 1e-13, comment)
    #expect(abs(result.keptMass - kept.map { before[$0] }.reduce(0, +)) < 1e-13, comment)
    #expect(result.cutRank == (ranking.lastIndex(where: { result.isKept($0) }) ?? -1) + 1, comment)
    let removers = ranking.map(result.removedBy)
    let binding = removers[result.cutRank...].first ?? nil
    #expect(result.bindingFilter == binding ?? removers.lazy.compactMap { $0 }.first, comment)
    let entropy = -after.filter { $0 > 0 }.map { $0 * log2($0) }.reduce(0, +)
    #expect(abs(result.entropyAfter - entropy) < 1e-11, comment)
    #expect((0...1).contains(result.filteredMass), comment)
    if result.bindingFilter == nil { #expect(result.filteredMass == 1, comment) }
    #expect(zip(ranking, ranking.dropFirst()).allSatisfy { before[$0] >= before[$1] }, comment)
    for id in kept where after[id] > 0 {
      guard let interval = result.interval(of: id) else {
        Issue.record(comment)
        continue
      }
      #expect(abs(interval.upperBound - interval.lowerBound - after[id]) < 1e-13, comment)
      if interval.lowerBound < interval.upperBound {
        #expect(result.sample(interval.lowerBound) == id, comment)
      }
    }
    for u in [0, 0.25, 0.5, 0.999_999, 1.0.nextDown] {
      let id = result.sample(u)
      #expect(result.isKept(id) && after[id] > 0, comment)
      #expect(result.interval(of: id)?.contains(u) == true, comment)
    }
  }

  @Test(arguments: 0..<5) func nucleusIsThePrefixThatReachesP(seed: Int) throws {
    var random = RandomSource(seed: UInt64(100 + seed))
    for _ in 0..<50 {
      let logits = Self.logits(&random)
      var lastCount = 0
      for p in stride(from: 0, through: 0.96, by: 0.08) {
        let result = try SamplerChain(.with { $0.topP = p }).apply(to: logits, history: [])
        #expect(result.keptIDs == result.ranking.prefix(result.keptCount).sorted())
        #expect(result.cutRank == result.keptCount)
        #expect(result.keptMass >= p)
        #expect(result.keptCount == 1 || result.cumulative(atRank: result.keptCount - 1) < p)
        #expect(result.keptCount >= lastCount)
        if result.bindingFilter != nil { #expect(abs(result.filteredMass - result.keptMass) < 1e-15) }
        lastCount = result.keptCount
      }
    }
  }

  @Test func filteredMassIsMeasuredWhereTheFilterStood() throws {
    // At T = 0.5 the probabilities are 0.867, 0.117, 0.016; at T = 1 0.665, 0.245, 0.090.
    let settings = SamplingSettings.with { ($0.temperature, $0.topP) = (0.5, 0.95) }
    let scaled = try SamplerChain(settings).apply(to: [3, 2, 1], history: [])
    #expect(abs(scaled.filteredMass - (exp(4) + exp(2)) / (exp(4) + exp(2) + 1)) < 1e-15)
    #expect(abs(scaled.keptMass - (exp(2) + exp(1)) / (exp(2) + exp(1) + 1)) < 1e-15)
    #expect(scaled.cumulative(atRank: 2) == scaled.keptMass)

    // top-k leaves 3 of 4 equal tokens' neighbours; top-p sees two thirds of what top-k left.
    let chained = try SamplerChain(.with { ($0.topK, $0.topP) = (3, 0.6) }).apply(
      to: [2, 2, 2, 1], history: [])
    #expect(chained.bindingFilter == .topP)
    #expect(chained.filteredMass == 2.0 / 3)
    #expect(chained.keptMass < 2.0 / 3)

    // llama.cpp's order: the filter stood before the temperature.
    let last = try SamplerChain(.with { ($0.temperature, $0.topP, $0.order) = (0.5, 0.7, .llamaCpp) })
    let result = try last.apply(to: [3, 2, 1], history: [])
    #expect(abs(result.filteredMass - result.keptMass) < 1e-15)
    #expect(abs(result.after[0] - exp(2) / (exp(2) + 1)) < 1e-15)
  }

  @Test func bindingFilterIsTheOneAtTheCut() throws {
    let both = SamplingSettings.with { ($0.topK, $0.minP) = (3, 0.9) }
    let result = try SamplerChain(both).apply(to: [5, 4, 3, 2, 1], history: [])
    #expect(result.bindingFilter == .minP)
    #expect(result.removedBy(1) == .minP)
    #expect(result.removedBy(4) == .topK)
    #expect(result.removedBy(0) == nil)
    // A ban of the most likely token does not: top-k cuts below it, and saw four tokens.
    let ban = SamplingSettings.with { ($0.noRepeatNgram, $0.topK) = (1, 2) }
    let banned = try SamplerChain(ban).apply(to: [5, 4, 3, 2, 1], history: [0])
    #expect(banned.bindingFilter == .topK)
    #expect(banned.keptIDs == [1, 2])
    #expect(banned.cutRank == 3)
    let mass = banned.before[1] + banned.before[2]
    #expect(abs(banned.filteredMass - mass / (1 - banned.before[0])) < 1e-15)
    // Where nothing is removed below the last kept token, the ban is all there is.
    let only = try SamplerChain(.with { $0.noRepeatNgram = 1 }).apply(
      to: [5, 4, 3, -.infinity], history: [0])
    #expect(only.bindingFilter == .noRepeatNgram)
    #expect(only.cutRank == 3)
    #expect(abs(only.filteredMass - only.keptMass) < 1e-15)
  }

  @Test func onlyAFilterOfTheWholeTailMakesACutLine() throws {
    let logits: [Float] = [5, 4, 3, 2, 1]
    let top = try SamplerChain(.with { $0.topK = 2 }).apply(to: logits, history: [])
    #expect(top.cutLineRank == 2)
    #expect(top.cumulativeAtCut == top.row(atRank: 2)?.belief.cumulative)
    let ban = try SamplerChain(.with { $0.noRepeatNgram = 1 }).apply(to: logits, history: [0])
    #expect(ban.bindingFilter == .noRepeatNgram)
    #expect(ban.cutLineRank == nil)
    let plain = try SamplerChain(SamplingSettings()).apply(to: logits, history: [])
    #expect(plain.cutLineRank == nil)
  }

  @Test func aPenaltyIsToldByTheRow() throws {
    let result = try SamplerChain(.with { $0.repetitionPenalty = 2 }).apply(to: [5, -4, 3], history: [0, 1])
    #expect((0...2).map { result.row(of: $0)?.scoreChange } == [-2.5, -4, 0])
  }

  @Test func drawsByTheRunningSumInRankingOrder() throws {
    let result = try SamplerChain(SamplingSettings()).apply(to: [0, -.infinity, 0, 0, 0], history: [])
    let draws = [0, 0.2499, 0.25, 0.4999, 0.5, 0.75, 1.0.nextDown].map { result.sample($0) }
    #expect(draws == [0, 0, 2, 2, 3, 4, 4])
    #expect(result.interval(of: 2) == 0.25...0.5)
    #expect(result.interval(of: 4) == 0.75...1)
    #expect(result.interval(of: 1) == nil)
  }

  @Test func neverDrawsATokenWhoseProbabilityRoundedToZero() throws {
    let result = try SamplerChain(.with { $0.temperature = 1e-3 }).apply(to: [1, 2, 2, 0], history: [])
    #expect(result.keptCount == 4)
    #expect(result.sample(1.0.nextDown) == 2)
    #expect(result.interval(of: 3) == nil)
    #expect(result.interval(of: 2) == 0.5...1)
  }

  @Test func drawsAsOftenAsTheProbabilitiesSay() throws {
    var random = RandomSource(seed: 2019)
    let logits: [Float] = [1, 0.5, 2, -1, 0, 1.5, -.infinity, 0.2, 3]
    let result = try SamplerChain(.with { ($0.topP, $0.temperature) = (0.97, 1.3) }).apply(
      to: logits, history: [])
    let draws = 100_000
    var counts = [Int](repeating: 0, count: logits.count)
    for _ in 0..<draws { counts[result.sample(random.nextUniform())] += 1 }
    var chiSquare = 0.0
    for id in logits.indices {
      guard result.isKept(id) else {
        #expect(counts[id] == 0)
        continue
      }
      let expected = result.after[id] * Double(draws)
      chiSquare += (Double(counts[id]) - expected) * (Double(counts[id]) - expected) / expected
    }
    #expect(result.keptCount == 7)
    // 6 degrees of freedom: 22.5 is exceeded once in a thousand seeds, and this seed is fixed.
    #expect(chiSquare < 22.5)
  }
}
