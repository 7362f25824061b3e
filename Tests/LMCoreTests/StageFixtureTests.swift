import ModelTestSupport
import Testing

@testable import LMCore

/// Each step against llama.cpp's own sampler.
@Suite struct StageFixtureTests {
  private static let sections: [(String, @Sendable (StageFixture) -> [StageFixture.Row], Int)] = [
    ("top_n_sigma", { $0.top_n_sigma }, 40), ("xtc", { $0.xtc }, 40), ("penalties", { $0.penalties }, 40),
    ("dynatemp", { $0.dynatemp }, 40), ("typical", { $0.typical }, 40), ("dry", { $0.dry }, 40),
    ("chain", { $0.chain }, 100),
  ]

  private func check(
    _ row: StageFixture.Row, _ settings: SamplingSettings, _ tolerance: Double, _ name: String
  ) throws {
    let chain = try SamplerChain(settings)
    let result = try chain.apply(to: Belief(row.values), row.context)
    let comment = Comment(rawValue: "\(name) \(row)")
    if row.counts_only == true {
      #expect(result.keptCount == row.kept.count, comment)
      let (ours, theirs) = (result.after.filter { $0 > 0 }.sorted(), row.after.sorted())
      #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < tolerance }, comment)
    } else {
      #expect(result.keptIDs == row.kept, comment)
      let after = result.after
      #expect(zip(row.kept, row.after).allSatisfy { abs(after[$0] - $1) < tolerance }, comment)
    }
  }

  @Test(arguments: Self.sections.indices) func matchesLlamaCpp(section: Int) throws {
    let (name, rows, least) = Self.sections[section]
    let table = rows(try StageFixture.shared.get())
    #expect(table.count >= least)
    var start = SamplingSettings()
    if name == "chain" { start = SamplingPreset.llamaCpp.settings }
    for row in table {
      try check(row, try #require(StageFixture.settings(row.settings, start)), 1e-6, name)
    }
    // The table would pass for steps that do nothing, if nothing happened in it.
    #expect(
      table.contains { $0.kept.count < $0.logits.count } || ["penalties", "dynatemp", "dry"].contains(name))
  }

  @Test func theDefaultChainIsThatOfLlamaCpp() throws {
    let rows = try StageFixture.shared.get().default_chain
    #expect(rows.count == 200)
    for row in rows { try check(row, SamplingPreset.llamaCpp.settings, 1e-6, "default") }
  }

  /// The same seed, the same token.
  @Test func drawsTheTokensOfLlamaCpp() throws {
    let fixture = try StageFixture.shared.get()
    var drawn = 0
    for row in fixture.default_chain + fixture.chain {
      let settings = try #require(StageFixture.settings(row.settings, SamplingPreset.llamaCpp.settings))
      let chain = try SamplerChain(settings)
      let result = try chain.apply(to: Belief(row.values), row.context)
      for (seed, token) in zip(row.seeds ?? [], row.tokens ?? []) {
        var random = LlamaCppRandom(seed: seed)
        let u = random.nextDouble()
        #expect(try chain.drawLikeLlamaCpp(at: u, in: result, row.context).id == token, "\(u) \(row)")
        drawn += 1
      }
      if let chance = row.chance, let seed = row.seeds?.first {
        var random = LlamaCppRandom(seed: seed)
        #expect(random.nextFloat() == chance)
      }
    }
    #expect(drawn == 2100)
  }

  /// Numbers of the reference implementation's seed 42.
  @Test func theGeneratorIsTheMersenneTwister() {
    var words = LlamaCppRandom(seed: 42)
    #expect((0..<2).map { _ in words.next() } == [1_608_637_542, 3_421_126_067])
    var uniforms = LlamaCppRandom(seed: 42)
    let expected = [0.7965, 0.1834, 0.7797]
    #expect(expected.allSatisfy { abs(uniforms.nextDouble() - $0) < 5e-5 })
  }

  @Test(arguments: [1, 2]) func mirostatRemembersAsLlamaCpp(version: Int) throws {
    let fixture = try StageFixture.shared.get()
    for sequence in version == 1 ? fixture.mirostat_1 : fixture.mirostat_2 {
      #expect(sequence.steps.count == 30)
      let chain = try SamplerChain(try #require(StageFixture.settings(sequence.settings)))
      var memories: [StepName: StepMemory] = [:]
      for (index, step) in sequence.steps.enumerated() {
        let context = ChainContext(history: [], memories: memories)
        let (result, stages) = try chain.measure(Belief(step.logits.map(Float.init)), context)
        #expect(result.keptIDs == step.kept, "step \(index) of \(sequence.settings)")
        memories = chain.memories(after: step.token, in: result, stages, context)
        let mu = try #require(memories[.mirostat]?.first)
        #expect(try abs(mu - #require(step.mu)) < 1e-4, "step \(index)")
      }
    }
  }

  @Test func adaptivePRemembersAsLlamaCpp() throws {
    for sequence in try StageFixture.shared.get().adaptive_p {
      let chain = try SamplerChain(try #require(StageFixture.settings(sequence.settings)))
      var memories: [StepName: StepMemory] = [:]
      for (index, step) in sequence.steps.enumerated() {
        let context = ChainContext(history: [], memories: memories)
        let (result, stages) = try chain.measure(Belief(step.logits.map(Float.init)), context)
        let expected = try #require(step.after)
        #expect(zip(result.after, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "step \(index)")
        memories = chain.memories(after: step.token, in: result, stages, context)
      }
      #expect(memories[.adaptiveP]?.second != nil)
    }
  }
}
