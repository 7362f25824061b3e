import Foundation
import Testing

@testable import LMCore

/// Cuts of which a head does not tell where they lie.
@Suite struct HeadCutTests {
  private func whole(_ seed: UInt64, spread: Double = 12) throws -> Belief {
    try HeadTests().whole(seed, spread: spread)
  }

  private func head(of whole: Belief, ranks: Int) -> Belief { HeadTests().head(of: whole, ranks: ranks) }

  /// What `known` removes is open where top-p has cut among the same tokens before it.
  @Test func whatIsRemovedOfAnOpenCutHasBounds() throws {
    let told = head(of: try whole(1, spread: 3), ranks: 20)
    let settings = SamplingSettings.with { ($0.topP, $0.knownOnly) = (0.9, true) }
    let stages = try SamplerChain(settings).measure(told, ChainContext(history: [1])).stages
    #expect(stages.map(\.name) == [.topP, .known])
    let (cut, known) = (stages[0], stages[1])
    #expect(cut.keptBounds.count > 1 && known.keptBounds == 20...20)
    #expect(cut.removedBounds == 120 - cut.keptBounds.upperBound...120 - cut.keptBounds.lowerBound)
    #expect(known.removedBounds == cut.keptBounds.lowerBound - 20...cut.keptBounds.upperBound - 20)
  }

  /// A top-k that is on and stands behind the step helps in another order, which the sentence names; else a smaller one does.
  @Test(
    arguments: [
      (.with { ($0.topK, $0.temperature) = (5, .infinity) }, "top_k;temperature"),
      (.with { ($0.topK, $0.topNSigma) = (5, 1) }, "top_k;top_n_sigma"),
      (.with { ($0.topK, $0.temperature) = (50, .infinity) }, nil),
      (.with { $0.typicalP = 0.5 }, nil),
    ] as [(SamplingSettings, String?)])
  func theSentenceNamesAnOrderThatHelps(settings: SamplingSettings, order: String?) throws {
    let told = head(of: try whole(1), ranks: 20)
    let problem = try #require(
      try SamplerChain(settings).apply(to: told, ChainContext(history: [1])).untold)
    guard let order else {
      #expect(problem.description.contains("put a top-k of at most 20 before it"), "\(problem)")
      return
    }
    #expect(problem.description.contains("as with --order '\(order)'"), "\(problem)")
    #expect(try Untold(TraceFields(problem.json, line: 1), u: 0, known: 20, vocabularySize: 120) == problem)
    var helped = settings
    helped.order = try ChainOrder(parsing: order)
    #expect(try SamplerChain(helped).apply(to: told, ChainContext(history: [1])).untold == nil)
  }

  /// Where a temperature leaves open how much of the head top-p keeps, the answer is an interval; known tokens alone too.
  @Test(arguments: [false, true]) func topPBehindATemperatureIsAnInterval(knownOnly: Bool) throws {
    let whole = try whole(4, spread: 8)
    let told = head(of: whole, ranks: 20)
    var openCuts = 0
    for topP in stride(from: 0.1, to: 1, by: 0.02) {
      let chain = try SamplerChain(
        .with { ($0.temperature, $0.topP, $0.knownOnly) = (0.8, topP, knownOnly) })
      let (found, stages) = try chain.measure(told, ChainContext(history: [1]))
      #expect(found.untold == nil)
      // Known tokens alone are left: the last stage finds nothing to remove.
      if knownOnly, stages[1].keptBounds.upperBound <= 20 { #expect(stages[2].removedBounds == 0...0) }
      let kept = try SamplerChain(.with { ($0.temperature, $0.topP) = (0.8, topP) })
        .apply(to: whole, ChainContext(history: [1])).keptCount
      #expect(found.keptCountBounds.contains(knownOnly ? min(kept, 20) : kept))
      if knownOnly { #expect(found.keptCountBounds.upperBound <= 20) }
      guard found.keptCount < 20, found.isCutOpen else { continue }
      openCuts += 1
      let row = try #require(found.row(atRank: found.keptCount + 1))
      #expect(row.isKept && row.after == 0 && (row.mostAfter ?? 0) > 0)
      let open = found.openDraw(at: 0.9999)
      guard case .draw(_, _, let ranks?) = open else {
        Issue.record("\(open)")
        continue
      }
      #expect(ranks.lowerBound <= found.keptCount + 1 && ranks.upperBound > found.keptCount)
      if knownOnly { #expect(ranks.upperBound <= 20) }
      #expect(found.token(at: 0) == whole.row(atRank: 1)?.id)
    }
    #expect(openCuts > 3)
  }

  /// The sentence of an open cut names what makes it certain.
  @Test func aSmallTopKMakesACutCertain() throws {
    // A penalty behind top-p may fall on a token that top-p has not kept.
    let told = head(of: try whole(4, spread: 8), ranks: 20)
    func untold(_ topK: Int) throws -> Untold? {
      try SamplerChain(
        .with {
          ($0.temperature, $0.topP, $0.topK, $0.presencePenalty) = (0.8, 0.9, topK, 0.5)
          $0.order = ChainOrder([.topK, .temperature, .topP, .penalties])
        }
      ).apply(to: told, ChainContext(history: HeadTests.history)).untold
    }
    #expect(try untold(50)?.description.contains("A top-k of at most 20 before it") == true)
    #expect(try untold(20) == nil)
  }

  /// A cut among the tokens that nobody told is a reason to ask for more.
  @Test func aCutBelowTheHeadIsOpen() throws {
    let told = head(of: try whole(1, spread: 3), ranks: 20)
    func decision(_ settings: SamplingSettings) throws -> Decision {
      Decision(
        distribution: try SamplerChain(settings).apply(to: told, ChainContext(history: [1])),
        draw: Draw(seed: 1, redraws: 0, u: 0), settings: settings)
    }
    let open = try decision(.with { $0.topP = 0.9 })
    #expect(open.problem == nil && open.distribution.isCutOpen && open.needsMoreRanks)
    #expect(open.distribution.keptCountBounds.lowerBound >= 20)
    for settings in [SamplingSettings(), .with { $0.topK = 5 }, .with { $0.topP = 0.05 }] {
      let decision = try decision(settings)
      #expect(!decision.distribution.isCutOpen && !decision.needsMoreRanks)
    }
  }

  /// No token below the head is more probable than its last rank: so many are needed at least.
  @Test func theBoundsOfACutAgree() throws {
    let (first, last) = (0.604, 0.0071)
    let told = Belief(
      head: (0..<20).map(Int32.init),
      logProbabilities: [Double](repeating: log(first / 19), count: 19) + [log(last)],
      restMass: 1 - first - last...1 - first - last, vocabularySize: 50_257)
    func cut(_ settings: SamplingSettings) throws -> Distribution {
      try SamplerChain(settings).apply(to: told, ChainContext(history: [1]))
    }
    let nucleus = try cut(.with { $0.topP = 0.9 })
    #expect(nucleus.keptCountBounds.lowerBound == 20 + Int(((0.9 - first - last) / last).rounded(.up)))
    #expect(nucleus.keptCountBounds.upperBound < 50_257)
    // What a token has in the model's own distribution does not depend on the temperature.
    let (cool, hot) = (
      try cut(.with { $0.topK = 50 }), try cut(.with { ($0.topK, $0.temperature) = (50, 1.2) })
    )
    #expect(abs(cool.keptMassBounds.upperBound - (first + 31 * last)) < 1e-9)
    #expect(cool.keptMassBounds == hot.keptMassBounds)
    let least = try cut(.with { $0.minP = 0.01 })
    #expect(least.keptCountBounds.upperBound <= 20 + Int((1 - first - last) / (0.01 * first / 19)))
  }
}
