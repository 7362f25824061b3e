import Glibc
import ModelTestSupport
import Testing

@testable import LMCore

/// The probability of what a list of tokens leaves out, where the running sum has no digits for it.
@Suite struct RestMassTests {
  private static let tail = 1000
  private static let logits: [Float] = [0] + (0..<tail).map { -45 - Float($0) / 1024 }

  private func distribution(_ settings: SamplingSettings = SamplingSettings()) throws -> Distribution {
    try SamplerChain(settings).apply(to: Belief(Self.logits), history: [0])
  }

  @Test func aTailHasItsOwnSum() throws {
    let distribution = try distribution()
    let ranks = 2...Self.tail + 1
    #expect(1 - (try #require(distribution.row(atRank: 1)?.belief.cumulative)) == 0)
    let before = try #require(distribution.massBefore(ofRanks: ranks))
    let exact = Self.logits.dropFirst().reversed().reduce(0.0) { $0 + exp(Double($1)) }
    #expect(abs(before / exact - 1) < 1e-12)
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

  /// A server's first rank may leave less than a sum has digits for: then no more is known than that.
  @Test func theUntoldPartOfAHeadHasNoSumOfItsOwn() throws {
    let head = Belief(
      head: [7, 3], logProbabilities: [log(1 - 1e-9), log(0.4e-9)], restMass: 0.6e-9...0.6e-9,
      vocabularySize: 300)
    let distribution = try SamplerChain(SamplingSettings()).apply(to: head, history: [0])
    #expect(distribution.massBefore(ofRanks: 2...300) == nil)
    #expect(distribution.massAfter(ofRanks: 3...300) == nil)
    #expect(abs(try #require(distribution.massBefore(ofRanks: 2...2)) / 0.4e-9 - 1) < 1e-6)
    #expect(abs(try #require(distribution.massAfter(ofRanks: 2...2)) / 0.4e-9 - 1) < 1e-6)
    // What a step removed needs no number.
    let cut = try SamplerChain(.with { $0.topK = 1 }).apply(to: head, history: [0])
    #expect(cut.massAfter(ofRanks: 2...300) == 0)
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
