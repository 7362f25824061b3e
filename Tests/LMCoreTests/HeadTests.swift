import Foundation
import ModelTestSupport
import Testing

@testable import LMCore

/// The chain on the first ranks of a distribution, against the chain on all of it.
@Suite struct HeadTests {
  static let vocabularySize = 120
  static let history = [3, 7, 3, 11, 50, 119]

  func whole(_ seed: UInt64, spread: Double = 12) throws -> Belief {
    var random = RandomSource(seed: seed)
    return try Belief(
      (0..<Self.vocabularySize).map { _ in Float(random.nextUniform() * random.nextUniform() * spread) })
  }

  /// What a server tells of a distribution.
  ///
  /// - Parameter error: by how much all it tells may be too high; by the half of it they are.
  func head(of whole: Belief, ranks: Int, error: Double = 0) -> Belief {
    let ids = Array(whole.knownIDs.prefix(ranks))
    let told = ids.map { (whole.logProbability(of: $0) ?? 0) + log(1 + error / 2) }
    let rest = ranks == whole.vocabularySize ? 0 : max(1 - told.reduce(0) { $0 + exp($1) }, 0)
    return Belief(
      head: ids.map(Int32.init), logProbabilities: told, restMass: rest...rest + error,
      vocabularySize: whole.vocabularySize)
  }

  static let settings: [(name: String, settings: SamplingSettings)] = [
    ("off", .with { _ in }), ("greedy", .with { $0.temperature = 0 }),
    ("cool", .with { $0.temperature = 0.6 }), ("hot", .with { $0.temperature = 1.7 }),
    ("top-k", .with { $0.topK = 10 }), ("wide top-k", .with { $0.topK = 90 }),
    ("top-p", .with { $0.topP = 0.7 }), ("wide top-p", .with { $0.topP = 0.999 }),
    ("hot top-p", .with { ($0.temperature, $0.topP) = (1.4, 0.9) }),
    ("min-p", .with { $0.minP = 0.1 }), ("low min-p", .with { $0.minP = 0.0005 }),
    ("epsilon", .with { $0.epsilon = 0.01 }), ("low epsilon", .with { $0.epsilon = 1e-4 }),
    ("eta", .with { $0.eta = 0.05 }), ("typical", .with { $0.typicalP = 0.6 }),
    ("top-n-sigma", .with { $0.topNSigma = 1 }), ("top-h", .with { $0.topH = 0.5 }),
    ("XTC", .with { ($0.xtcProbability, $0.xtcThreshold) = (1, 0.05) }),
    ("presence", .with { ($0.presencePenalty, $0.frequencyPenalty) = (0.7, 0.3) }),
    ("reward", .with { $0.presencePenalty = -1 }),
    ("n-gram", .with { $0.noRepeatNgram = 1 }),
    ("mirostat", .with { $0.mirostat = 2 }), ("adaptive", .with { $0.adaptiveTarget = 0.3 }),
    ("repetition", .with { $0.repetitionPenalty = 1.3 }),
    ("dynamic", .with { $0.dynatempRange = 0.3 }),
    ("top-k and p", .with { ($0.topK, $0.topP, $0.temperature) = (15, 0.8, 1.3) }),
    ("min-p and hot", .with { ($0.minP, $0.temperature, $0.order) = (0.05, 1.6, .llamaCpp) }),
    ("top-k, typical", .with { ($0.topK, $0.typicalP) = (12, 0.5) }),
    ("cool top-p", .with { ($0.temperature, $0.topP) = (0.8, 0.9) }),
    ("cool narrow top-p", .with { ($0.temperature, $0.topP) = (0.7, 0.6) }),
    ("top-k 40, top-p", .with { ($0.topK, $0.topP) = (40, 0.9) }),
    ("cool top-p, min-p", .with { ($0.temperature, $0.topP, $0.minP) = (0.8, 0.9, 0.05) }),
    ("llama.cpp", SamplingPreset.llamaCpp.settings),
    (
      "cool top-p, top-k, epsilon",
      .with {
        ($0.temperature, $0.topP, $0.topK, $0.epsilon) = (0.8, 0.9, 12, 0.01)
        $0.order = ChainOrder([.temperature, .topP, .topK, .epsilon])
      }
    ),
    (
      "cool top-p, XTC",
      .with {
        ($0.temperature, $0.topP, $0.xtcProbability, $0.xtcThreshold) = (0.8, 0.9, 1, 0.1)
      }
    ),
    (
      "cool top-p, penalties",
      .with {
        ($0.temperature, $0.topP, $0.presencePenalty) = (0.8, 0.9, 0.7)
        $0.order = ChainOrder([.temperature, .topP, .penalties])
      }
    ),
    ("infinite", .with { $0.temperature = .infinity }),
    ("top-k, infinite", .with { ($0.topK, $0.temperature, $0.order) = (6, .infinity, .llamaCpp) }),
    ("min-p, infinite", .with { ($0.minP, $0.temperature, $0.order) = (0.3, .infinity, .llamaCpp) }),
    (
      "infinite, top-p",
      .with {
        ($0.topK, $0.topP, $0.temperature, $0.order) = (
          6, 0.5, .infinity, ChainOrder([.topK, .temperature, .topP])
        )
      }
    ),
  ]

  /// Whatever a head says must be true of the whole: counts, masses and entropies lie within its bounds, and a token that it
  /// draws is the one that the whole draws.
  @Test(arguments: settings.indices) func whatAHeadSaysIsTrue(index: Int) throws {
    let (name, settings) = Self.settings[index]
    for seed in 0..<12 as Range<UInt64> {
      let whole = try whole(seed, spread: seed % 3 == 0 ? 3 : 14)
      let chain = try SamplerChain(settings)
      let context = ChainContext(history: Self.history)
      let (expected, expectedStages) = try chain.measure(whole, context)
      for ranks in [1, 2, 7, 20, 60, 119, 120] {
        for error in [0, 2e-3] where error == 0 || ranks < Self.vocabularySize {
          let (found, stages) = try chain.measure(head(of: whole, ranks: ranks, error: error), context)
          let comment: Comment = "\(name), seed \(seed), \(ranks) ranks, error \(error)"
          #expect(found.belief.entropyBounds.holds(whole.entropy), comment)
          // The whole of a distribution leaves nothing open but logits.
          if ranks == Self.vocabularySize { #expect(found.untold.map { !$0.needsRanks } ?? true, comment) }
          if found.untold != nil { continue }
          check(found, expected, error, comment)
          #expect(stages.count == chain.order.count, comment)
          for (stage, other) in zip(stages, expectedStages) {
            #expect(stage.removedBounds.contains(other.removed), "\(stage.name.title), \(comment)")
          }
        }
      }
    }
  }

  private func check(_ found: Distribution, _ expected: Distribution, _ error: Double, _ comment: Comment) {
    let untold = found.untoldKept
    let more = untold.map { $0.count.upperBound - $0.count.lowerBound } ?? 0
    #expect((found.keptCount...found.keptCount + more).contains(expected.keptCount), comment)
    let mass = untold.map { $0.mass.upperBound - $0.mass.lowerBound } ?? 0
    #expect((found.keptMass - error...found.keptMass + mass).holds(expected.keptMass), comment)
    #expect(found.entropyAfterBounds.holds(expected.entropyAfter), comment)
    for rank in 1...found.knownRanks {
      guard let row = found.row(atRank: rank), let other = expected.row(atRank: rank) else {
        Issue.record(comment)
        return
      }
      #expect(row.id == other.id, comment)
      // A known token that top-p may have kept or not.
      if row.after == 0, let most = row.mostAfter, most > 0 {
        #expect((0...most).holds(other.after ?? 0), comment)
        continue
      }
      #expect(row.isKept == other.isKept, comment)
      guard let after = other.after, let least = row.after, let most = row.mostAfter else { continue }
      #expect((least...most).holds(after), comment)
    }
    var random = RandomSource(seed: 99)
    for _ in 0..<40 {
      let u = random.nextUniform()
      let drawn = found.token(at: u)
      if untold == nil { #expect(drawn != nil, comment) }
      let right = expected.token(at: u)
      if let drawn {
        #expect(drawn == right, comment)
      } else if case .draw(_, let known, let ranks) = found.openDraw(at: u),
        let rank = right.flatMap({ expected.row(of: $0)?.rank })
      {
        // Where it is not known which token u draws, it is one of those that are named.
        #expect(ranks?.contains(min(rank, known + 1)) ?? (rank > known), comment)
      }
    }
  }

  /// The steps that a head of twenty ranks suffices for, and the others.
  @Test(
    arguments: [
      ("greedy", nil), ("cool", nil), ("hot", nil), ("top-k", nil), ("top-p", nil), ("min-p", nil),
      ("epsilon", nil), ("n-gram", nil), ("presence", nil), ("top-k, typical", nil),
      ("repetition", "repetition penalty works on logits"),
      ("typical", "typical-p needs all tokens"), ("mirostat", "Mirostat needs all tokens"),
      ("dynamic", "temperature needs all tokens"), ("reward", "penalties needs all tokens"),
    ] as [(String, String?)])
  func aStepThatNeedsMoreIsRefusedByName(name: String, words: String?) throws {
    let settings = try #require(Self.settings.first { $0.name == name }).settings
    let whole = try whole(4, spread: 20)
    let found = try SamplerChain(settings).apply(
      to: head(of: whole, ranks: 20), ChainContext(history: Self.history))
    #expect((found.untold == nil) == (words == nil), "\(found.untold?.description ?? "nothing")")
    if let words {
      #expect(found.untold?.description.contains(words) == true, "\(found.untold?.description ?? "")")
    }
  }

  @Test func aDrawBelowTheHeadIsNoDraw() throws {
    let whole = try whole(1)
    let rest = 1 - (whole.row(atRank: 20)?.cumulative ?? 0)
    let found = try SamplerChain(SamplingSettings()).apply(
      to: head(of: whole, ranks: 20), ChainContext(history: [1]))
    #expect(found.token(at: 1 - rest + 1e-9) == nil)
    #expect(found.token(at: 1 - rest - 1e-9) == whole.row(atRank: 20)?.id)
    let decision = Decision(
      distribution: found, draw: Draw(seed: 1, redraws: 0, u: 0.9999), settings: SamplingSettings())
    #expect(decision.id == nil)
    #expect(decision.problem == .draw(u: 0.9999, known: 20))
    #expect(throws: SamplingError.untold(.draw(u: 0.9999, known: 20))) { try decision.step }
    // The user may choose any token: of one that is not known, there are bounds.
    #expect(try decision.forcedStep(found.row(atRank: 3)?.id ?? 0).rank == 3)
    let stranger = try #require(whole.row(atRank: 30))
    let step = try decision.forcedStep(stranger.id)
    #expect(step.isUntold && step.isForced && step.rank == 21)
    #expect(step.before >= stranger.probability && step.after >= stranger.probability)
    #expect([step].hasUntold)
  }

  @Test func knownOnlyIsTheLastStageAndRenormalises() throws {
    let whole = try whole(2)
    let settings = SamplingSettings.with { ($0.knownOnly, $0.temperature) = (true, 1.2) }
    let chain = try SamplerChain(settings)
    #expect(chain.order == [.temperature, .known])
    let (found, stages) = try chain.measure(head(of: whole, ranks: 20), ChainContext(history: [1]))
    #expect(stages.last?.name == .known)
    #expect(found.keptCount == 20)
    #expect(found.bindingFilter == .known)
    let sum = (1...20).reduce(0.0) { $0 + (found.row(atRank: $1)?.after ?? 0) }
    #expect(abs(sum - 1) < 1e-12)
    #expect(found.token(at: 0.999999) != nil)
    #expect(found.row(atRank: 21) == nil)
    // Where all is known it removes nothing.
    let (all, _) = try chain.measure(whole, ChainContext(history: [1]))
    #expect(all.keptCount == Self.vocabularySize)
    #expect(all.bindingFilter == nil)
  }

  /// An example's shares are those of the whole distribution, or there is none.
  @Test(
    arguments: [
      .with { $0.presencePenalty = 0.7 }, .with { ($0.presencePenalty, $0.topK) = (0.7, 10) },
      .with { $0.noRepeatNgram = 1 }, .with { $0.temperature = 1.5 }, .with { $0.temperature = 0.5 },
      .with { ($0.topK, $0.temperature) = (10, 1.5) },
      .with { ($0.topK, $0.temperature, $0.order) = (10, 1.5, .llamaCpp) },
    ] as [SamplingSettings])
  func anExampleCountsTheUntoldTokens(settings: SamplingSettings) throws {
    for seed in 0..<6 as Range<UInt64> {
      let whole = try whole(seed, spread: 5)
      let told = head(of: whole, ranks: 20)
      let history = Array(told.knownIDs.prefix(3))
      let chain = try SamplerChain(settings)
      let expected = try chain.measure(whole, ChainContext(history: history)).stages
      let found = try chain.measure(told, ChainContext(history: history)).stages
      for (stage, other) in zip(found, expected) {
        if let example = stage.example, let right = other.example, example.id == right.id {
          #expect(abs(example.before - right.before) < 1e-9 && abs(example.after - right.after) < 1e-9)
        }
        // A temperature leaves the share of the rest open, as long as there is one.
        let leavesOpen = stage.name == .temperature && settings.order != .llamaCpp
        #expect((stage.example == nil) == (other.example == nil || leavesOpen))
      }
    }
  }

  @Test func anOpenDrawNamesItsRanks() throws {
    let told = Belief(
      head: [1, 2, 3, 4], logProbabilities: [0.3, 0.2, 0.1, 0.1].map { log($0) }, restMass: 0.3...0.3,
      vocabularySize: 1000)
    let found = try SamplerChain(.with { $0.temperature = 1.5 }).apply(to: told, ChainContext(history: [1]))
    var sentences: [String] = []
    for u in [0.05, 0.3, 0.5, 0.999] {
      let decision = Decision(
        distribution: found, draw: Draw(seed: 1, redraws: 0, u: u), settings: .with { $0.temperature = 1.5 })
      sentences.append(decision.problem?.description ?? "drawn")
      guard let problem = decision.problem else { continue }
      // A trace keeps it.
      let fields = TraceFields(problem.json, line: 1)
      #expect(try Untold(fields, u: u, known: 4, vocabularySize: 1000) == problem)
    }
    #expect(sentences[0] == "drawn")
    #expect(sentences[3].contains("falls among the tokens that the server does not tell, below rank 4."))
    let narrow = Belief(
      head: [1, 2, 3, 4], logProbabilities: [0.3, 0.2, 0.1, 0.1].map { log($0) }, restMass: 0.2...0.3,
      vocabularySize: 1000)
    let open = try SamplerChain(SamplingSettings()).apply(to: narrow, ChainContext(history: [1]))
    #expect(open.token(at: 0.31) == nil)
    #expect(
      open.openDraw(at: 0.31).description
        == "u = 0.3100 falls on one of the ranks 1 to 2, depending on the tokens that the server does not tell, below rank 4."
    )
  }

  /// The rest weighs least when it is even for T < 1, and when it is packed for T > 1.
  @Test(arguments: [0.3, 0.7, 1, 1.2, 2, 5]) func theRestsWeightLiesBetweenItsBounds(temperature: Double) {
    let untold = UntoldTokens(count: 50, weight: 0.2...0.2, ceiling: -3, highestWeight: 0.01)
    let bounds = untold.weight(at: temperature)
    let power = 1 / temperature
    for shares in [
      [Double](repeating: 0.004, count: 50), [Double](repeating: 0.01, count: 20),
      (0..<50).map { $0 < 10 ? 0.01 : 0.0025 },
    ] {
      #expect(abs(shares.reduce(0, +) - 0.2) < 1e-12)
      #expect(bounds.holds(shares.reduce(0) { $0 + pow($1, power) }))
    }
    if temperature == 1 { #expect(bounds == 0.2...0.2) }
  }
}

extension ClosedRange<Double> {
  /// Within the bounds, but for rounding.
  func holds(_ value: Double) -> Bool {
    value >= lowerBound - 1e-9 * Swift.max(1, abs(lowerBound))
      && value <= upperBound + 1e-9 * Swift.max(1, abs(upperBound))
  }
}
