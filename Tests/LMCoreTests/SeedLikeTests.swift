import ModelTestSupport
import Testing

@testable import LMCore

/// Draws with llama.cpp's random numbers, in a session.
@Suite struct SeedLikeTests {
  private func session(
    seed: UInt64 = 42, _ change: (inout SamplingSettings) -> Void = { _ in }
  ) throws -> GenerationSession {
    let settings = SamplingSettings.with {
      $0.seedLike = .llamaCpp
      change(&$0)
    }
    return try GenerationSession(
      predictor: FakePredictor(), promptIDs: [1, 2], settings: settings, seed: seed)
  }

  /// Numbers of llama.cpp's seed 42, one a step.
  @Test func theNumbersAreThoseOfLlamaCpp() throws {
    let session = try session()
    var drawn: [Double] = []
    for _ in 0..<3 {
      drawn.append(session.draw.u)
      try session.advance()
    }
    #expect(zip(drawn, [0.7965, 0.1834, 0.7797]).allSatisfy { abs($0 - $1) < 5e-5 })
    session.jump(toDepth: 1)
    session.redraw()
    #expect(abs(session.draw.u - drawn[2]) < 1e-12)
    session.jump(toDepth: 0)
    #expect(session.draw.u == drawn[0])
  }

  /// Nothing sorts llama.cpp's array: it walks along the ids.
  @Test func withoutAFilterTheTokensLieById() throws {
    let session = try session()
    let decision = try session.decision
    let after = decision.distribution.after
    let sums = after.indices.map { after[...$0].reduce(0, +) }
    #expect(decision.drawn == sums.firstIndex { $0 >= decision.draw.u })
    let drawn = try #require(decision.drawn)
    let place = try #require(decision.interval(of: drawn))
    #expect(place.contains(decision.draw.u))
    #expect(abs(place.upperBound - sums[drawn]) < 1e-12)
    #expect(decision.interval(of: (drawn + 1) % 40) == nil)
  }

  @Test func behindTopKTheyLieByRank() throws {
    let session = try session { $0.topK = 8 }
    for _ in 0..<10 {
      let decision = try session.decision
      #expect(decision.drawn == decision.distribution.token(at: decision.draw.u))
      #expect(decision.drawn.flatMap(decision.interval(of:))?.contains(decision.draw.u) == true)
      try session.advance()
    }
  }

  /// XTC has numbers of its own, one for each step that left it a choice.
  @Test func xtcTakesItsOwnNumbers() throws {
    let session = try session { ($0.topK, $0.xtcProbability, $0.xtcThreshold) = (8, 0.5, 0.05) }
    var random = LlamaCppRandom(seed: 42)
    for step in 0..<5 {
      let stage = try #require(try session.decision.stages.last)
      #expect(stage.chance == random.nextFloat(), "step \(step)")
      try session.advance()
    }
  }

  @Test func theRuleIsSavedAndComesBack() throws {
    let fresh = try session { $0.topK = 8 }
    for _ in 0..<6 { try fresh.advance() }
    let saved = SavedSession(
      model: "fake", prompt: nil, promptIDs: [1, 2], lanes: [SavedLane(fresh)])
    let read = try SavedSession(parsing: Array(saved.lines.utf8))
    #expect(read == saved)
    let again = try GenerationSession(
      predictor: FakePredictor(), promptIDs: [1, 2], following: [], restoring: read.lanes[0])
    #expect(again.lineSteps == fresh.lineSteps)
    #expect(again.draw == fresh.draw)
  }

  /// The same place in the other stream, and back.
  @Test func changingTheRuleKeepsThePlace() throws {
    let session = try session()
    try session.advance()
    let (settings, draw) = (session.settings, session.draw)
    try session.setSettings(.with { $0.topK = 3 })
    var source = RandomSource(seed: 42)
    _ = source.next()
    #expect(session.draw.u == source.nextUniform())
    try session.setSettings(settings)
    #expect(session.draw == draw)
  }
}
