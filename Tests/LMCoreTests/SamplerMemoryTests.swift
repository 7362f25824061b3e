import Glibc
import ModelTestSupport
import Testing

@testable import LMCore

/// Steps with a memory, a chance or a window, in a session: back, forward, branches and a restored session decide as a
/// fresh run does.
@Suite struct SamplerMemoryTests {
  private static let chains: [SamplingSettings] = [
    .with { ($0.mirostat, $0.mirostatEntropy, $0.mirostatLearningRate) = (2, 2, 0.5) },
    .with { ($0.mirostat, $0.mirostatEntropy, $0.order) = (1, 3, .llamaCpp) },
    .with { ($0.xtcProbability, $0.xtcThreshold) = (0.5, 0.02) },
    .with { ($0.dryMultiplier, $0.dryAllowedLength, $0.frequencyPenalty) = (0.8, 1, 0.3) },
    .with { ($0.adaptiveTarget, $0.minP) = (0.2, 0.01) },
    .with {
      ($0.mirostat, $0.xtcProbability, $0.adaptiveTarget, $0.dryMultiplier) = (2, 0.5, 0.3, 0.5)
      $0.dryAllowedLength = 1
      ($0.repeatPenalty, $0.presencePenalty, $0.order) = (1.1, 0.2, .vLLM)
    },
  ]

  private func session(_ settings: SamplingSettings, seed: UInt64 = 5) throws -> GenerationSession {
    try GenerationSession(predictor: FakePredictor(), promptIDs: [1, 2], settings: settings, seed: seed)
  }

  /// What is kept and drawn at each decision, and how likely.
  private func decisions(_ session: GenerationSession) throws -> [[Double]] {
    var decisions: [[Double]] = []
    try session.forEachDecision { decision, step in
      let after = (0..<decision.distribution.vocabularySize).map {
        decision.distribution.row(of: $0)?.after ?? -1
      }
      decisions.append([Double(decision.drawn ?? -1), Double(step?.id ?? -1)] + after)
    }
    return decisions
  }

  @Test(arguments: chains.indices) func everyWayLeadsToTheSameDecisions(index: Int) throws {
    let settings = Self.chains[index]
    let fresh = try session(settings)
    for _ in 0..<30 { try fresh.advance() }
    let expected = try decisions(fresh)

    let moved = try session(settings)
    var random = RandomSource(seed: UInt64(index))
    while moved.depth < 30 {
      if random.nextUniform() < 0.3 {
        moved.jump(toDepth: Int.random(in: 0...moved.depth, using: &random))
      } else if random.nextUniform() < 0.2 {
        // A detour, and back.
        let depth = moved.depth
        try moved.force(Int.random(in: 0..<40, using: &random))
        try moved.advance()
        moved.jump(toDepth: depth)
        try moved.setSettings(.with { $0.topK = 3 })
        try moved.setSettings(settings)
        if moved.draw.redraws > 0 { break }
        try moved.advance()
      } else {
        try moved.advance()
      }
    }
    #expect(try decisions(moved) == expected)

    let restored = try GenerationSession(
      predictor: FakePredictor(), promptIDs: [1, 2], following: [], restoring: SavedLane(moved))
    #expect(try decisions(restored) == expected)
  }

  @Test(arguments: chains.indices) func theChainIsNotIdle(index: Int) throws {
    let session = try session(Self.chains[index])
    var acted: Set<StepName> = []
    for _ in 0..<30 {
      for stage in try session.decision.stages where stage.didAct { acted.insert(stage.name) }
      try session.advance()
    }
    let idle = try SamplerChain(Self.chains[index]).order.filter { !acted.contains($0) }
    #expect(idle.map(\.title) == [])
  }

  @Test func mirostatsMuIsTold() throws {
    let session = try session(Self.chains[0])
    #expect(try session.decision.stages.map(\.memory) == [StepMemory(4)])
    let first = try session.advance()
    let mu = 4 - 0.5 * (-log2(first.after) - 2)
    #expect(try session.decision.stages.first?.memory == StepMemory(mu))
    #expect(try session.distribution(afterSteps: 0).keptCount == 40)
  }

  @Test func aBreakerIsFoundInTheVocabulary() {
    let tokens = ["a", "\n", ".\n", ".", "b.", "\n\n", "c\n."]
    let breakers = SequenceBreakers(["\n", ".\n"], of: ListedTokens(tokens))
    // Alone: what contains a line feed. Together: "." and "b." before one.
    #expect(breakers == SequenceBreakers([[1], [2], [5], [6], [3, 1], [4, 1], [6, 1]]))
    #expect(breakers.lengthBehindLast(in: [0, 2, 0, 0]) == 2)
    #expect(breakers.lengthBehindLast(in: [0, 3, 1]) == 0)
    #expect(breakers.lengthBehindLast(in: [0, 3, 0]) == 3)
  }

  /// A tokenizer of whole words only.
  private struct ListedTokens: Tokenizer {
    let tokens: [String]
    var special: SpecialTokens { SpecialTokens() }
    var vocabularySize: Int { tokens.count }

    init(_ tokens: [String]) { self.tokens = tokens }

    func bytes(of id: Int) -> [UInt8]? { tokens.indices.contains(id) ? Array(tokens[id].utf8) : nil }
    func name(of id: Int) -> String? { tokens.indices.contains(id) ? tokens[id] : nil }
    func encode(_ text: String, _ options: EncodingOptions) -> [Int] {
      tokens.firstIndex(of: text).map { [$0] } ?? []
    }
    func isSpecial(_ id: Int) -> Bool { false }
  }
}
