import Foundation
import Testing

@testable import LMCore

/// Texts drawn without replacement (arXiv 1903.06059).
@Suite struct StochasticBeamTests {
  /// The example of the method's description, by hand.
  @Test func numbersAreConditionedOnTheLargest() {
    let numbers = zip([0.6, 0.3, 0.1], [0.2, 1.5, -0.3]).map { log($0) + $1 }
    let conditioned = BeamSearch.conditioned(numbers, onLargest: 1)
    for (number, expected) in zip(conditioned, [0.011, 1, -2.574]) { #expect(abs(number - expected) < 1e-3) }
    #expect(conditioned[1] == 1)
  }

  /// A model of three tokens, of which the last ends a text: the probabilities behind each token, and at the start.
  private static let model: [Int?: [Double]] = [
    nil: [0.5, 0.3, 0.2], 0: [0.1, 0.6, 0.3], 1: [0.7, 0.2, 0.1],
  ]

  private static func probability(_ ids: [Int]) -> Double {
    var (product, last) = (1.0, nil as Int?)
    for id in ids {
      product *= model[last]?[id] ?? 0
      last = id
    }
    return product
  }

  private static func draw(_ seed: UInt64, width: Int) -> BeamSearch {
    var search = BeamSearch(
      BeamSettings(width: width, lengthPenalty: 0, choice: .stochastic, seed: seed), limit: 3, endOfText: [2])
    while search.stop == nil {
      let rows = search.live.enumerated().map { place, beam in
        let noise = GumbelNoise(seed: seed, depth: search.depth, beam: place, vocabularySize: 3)
        return (model[beam.ids.last] ?? []).enumerated().map {
          Continuation(id: $0.offset, ownLogProbability: log($0.element), noise: noise[$0.offset])
        }
      }
      _ = search.advance(rows)
    }
    return search
  }

  /// Pairs of texts have the probabilities of drawing without replacement, p q / (1 - p) + q p / (1 - q).
  @Test func pairsAreDrawnWithoutReplacement() throws {
    let count = 20_000
    var pairs: [Set<[Int]>: Int] = [:]
    for seed in 0..<UInt64(count) {
      let texts = Self.draw(seed, width: 2).finished.map(\.hypothesis.ids)
      #expect(texts.count == 2)
      pairs[Set(texts), default: 0] += 1
    }
    var rest = 1.0
    for (pair, seen) in pairs where pair.count == 2 {
      let p = pair.map(Self.probability)
      let expected = p[0] * p[1] / (1 - p[0]) + p[1] * p[0] / (1 - p[1])
      rest -= expected
      let deviation = (expected * (1 - expected) / Double(count)).squareRoot()
      #expect(abs(Double(seen) / Double(count) - expected) < 4.5 * deviation + 1e-4, "\(pair)")
    }
    #expect(pairs.keys.allSatisfy { $0.count == 2 })
    // Pairs that were not seen are rare.
    #expect(abs(rest) < 0.005)
  }

  /// One beam is plain sampling.
  @Test func oneBeamDrawsFromTheModel() {
    let count = 20_000
    var texts: [[Int]: Int] = [:]
    for seed in 0..<UInt64(count) {
      texts[Self.draw(seed, width: 1).finished[0].hypothesis.ids, default: 0] += 1
    }
    for (text, seen) in texts {
      let p = Self.probability(text)
      #expect(abs(Double(seen) / Double(count) - p) < 4.5 * (p * (1 - p) / Double(count)).squareRoot() + 1e-4)
    }
  }

  @Test func sumsAndScoresAreThoseOfTheTexts() {
    for seed in 0..<50 as Range<UInt64> {
      let search = Self.draw(seed, width: 4)
      #expect(search.finished.count == 4)
      for text in search.finished {
        #expect(abs(exp(text.hypothesis.sum) - Self.probability(text.hypothesis.ids)) < 1e-12)
        #expect(text.isEnded == (text.hypothesis.ids.last == 2))
      }
      #expect(zip(search.finished, search.finished.dropFirst()).allSatisfy { $0.score >= $1.score })
    }
  }
}
