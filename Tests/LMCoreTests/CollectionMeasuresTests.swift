import Foundation
import Testing

@testable import LMCore

/// Against Scripts/make_measure_fixtures.py: nltk, numpy, and counts as slow as their definitions.
@Suite struct CollectionMeasuresTests {
  private struct Row: Decodable {
    let texts: [[Int]]
    let logs: [[Double]]
    let ended: [Bool]
    let perplexity, self_bleu4, zipf, repetition, repeated_4grams, mean_length, ended_share: Double?
    let scores: [Double]
    let distinct: [Double?]

    var collection: [CollectedText] {
      texts.indices.map { CollectedText(ids: texts[$0], logProbabilities: logs[$0], isEnded: ended[$0]) }
    }
  }

  private static func rows() throws -> [Row] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
      path: "Fixtures/measures.json")
    return try JSONDecoder().decode([Row].self, from: Data(contentsOf: file))
  }

  private func expect(_ value: Double?, _ expected: Double?, _ what: Comment) {
    guard let value, let expected else {
      #expect(value == nil && expected == nil, what)
      return
    }
    #expect(abs(value - expected) <= 1e-9 * max(abs(expected), 1), what)
  }

  @Test func agreeWithAnIndependentComputation() throws {
    let rows = try Self.rows()
    #expect(rows.count == 9)
    for row in rows {
      let measures = CollectionMeasures(row.collection)
      #expect(measures.textCount == row.texts.count)
      expect(measures.perplexity, row.perplexity, "perplexity")
      expect(measures.selfBLEU4, row.self_bleu4, "self-BLEU")
      expect(measures.zipfCoefficient, row.zipf, "Zipf")
      expect(measures.repetitionShare, row.repetition, "repetition")
      expect(measures.distinct1, row.distinct[0], "distinct-1")
      expect(measures.distinct2, row.distinct[1], "distinct-2")
      expect(measures.distinct4, row.distinct[2], "distinct-4")
      expect(measures.repeatedFourGramShare, row.repeated_4grams, "repeated 4-grams")
      expect(measures.meanLength, row.mean_length, "length")
      expect(measures.endedShare, row.ended_share, "ended")
      let scores = SelfBLEU(row.texts).scores
      #expect(scores.count == row.scores.count)
      for (score, expected) in zip(scores, row.scores) { expect(score, expected, "BLEU of a text") }
    }
    // The fixture would say nothing of what does not occur in it.
    #expect(rows.contains { $0.repetition ?? 0 > 0 && $0.repetition ?? 1 < 1 })
    #expect(rows.contains { $0.scores.contains(0) })
    #expect(rows.contains { $0.repeated_4grams ?? 0 > 0 })
  }

  /// Every token once is a flat line, whose sign rounding alone could tell.
  @Test(arguments: 2...40) func aFlatLineHasNoSlope(count: Int) throws {
    for repeats in 1...5 {
      let text = (0..<repeats).flatMap { _ in 0..<count }
      let coefficient = try #require(ZipfFit([text])?.coefficient)
      #expect(coefficient.sign == .plus && coefficient < 1e-12)
    }
  }

  @Test func equalTextsAreAsAlikeAsCanBe() {
    #expect(abs((SelfBLEU([[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]).mean ?? 0) - 1) < 1e-12)
    #expect(SelfBLEU([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]).mean == 0)
    #expect(SelfBLEU([[1, 2]]).mean == nil)
  }
}
