import Glibc
import ModelTestSupport
import Testing

@testable import LMCore

/// The probability of what a list of tokens leaves out, where the running sum has no digits for it.
@Suite struct RestMassTests {
  private static let tail = 1000
  private static let logits = [Float](repeating: 0, count: 1) + [Float](repeating: -45, count: tail)

  private func distribution(_ settings: SamplingSettings = SamplingSettings()) throws -> Distribution {
    try SamplerChain(settings).apply(to: Belief(Self.logits), history: [0])
  }

  @Test func aTailHasItsOwnSum() throws {
    let distribution = try distribution()
    let ranks = 2...Self.tail + 1
    #expect(1 - (try #require(distribution.row(atRank: 1)?.belief.cumulative)) == 0)
    let before = try #require(distribution.massBefore(ofRanks: ranks))
    #expect(abs(before / (Double(Self.tail) * exp(-45)) - 1) < 1e-12)
    #expect(distribution.massAfter(ofRanks: ranks) == before)
    #expect(distribution.massBefore(ofRanks: 0...2) == nil)
    #expect(distribution.massAfter(ofRanks: 2...Self.tail + 2) == nil)
  }

  @Test func whatTheChainRemovedHasNoShareLeft() throws {
    var settings = SamplingSettings()
    settings.topK = 11
    let distribution = try distribution(settings)
    #expect(try #require(distribution.massAfter(ofRanks: 2...11)) > 0)
    #expect(distribution.massAfter(ofRanks: 12...Self.tail + 1) == 0)
  }

  @Test func aRecordingTellsThatSomethingIsLeft() {
    #expect(RestMass.below(0.25, last: 0.25) { nil } == 0.75)
    #expect(RestMass.below(1, last: 0.5) { 1e-20 } == 1e-20)
    let unknown = RestMass.below(1, last: 0.5) { nil }
    #expect(unknown > 0 && unknown < 1e-300)
    #expect(RestMass.below(1 + 1e-15, last: 0.5) { nil } == unknown)
    #expect(RestMass.below(1, last: 0) { nil } == 0)
  }
}
