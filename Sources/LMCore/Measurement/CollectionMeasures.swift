import Glibc

/// The figures that tell one decoding strategy's texts from another's, and from human ones: those of Table 1 of
/// arXiv 1904.09751, computed as the authors' programs do, and the usual measures of diversity.
///
/// All are taken over tokens. A measure is nil where the texts are too few or too short for it.
public struct CollectionMeasures: Equatable, Sendable {
  /// The number of texts.
  public let textCount: Int
  /// exp of the mean of -ln p over the tokens of all texts together.
  public let perplexity: Double?
  /// It is the least that it can be: a server did not tell some of the tokens.
  public let hasLeastPerplexity: Bool
  /// The mean BLEU-4 of each text against all others, in 0...1: the more alike the texts, the larger.
  public let selfBLEU4: Double?
  /// The exponent s of Zipf's law, frequency ~ rank^-s, fitted to the frequencies of the tokens.
  public let zipfCoefficient: Double?
  /// The share of texts that end in a loop: a phrase of at least 2 tokens, at least 3 times in a row.
  public let repetitionShare: Double?
  /// Distinct tokens, pairs and runs of four as a share of all of them in all texts together (distinct-n, arXiv 1510.03055).
  public let distinct1, distinct2, distinct4: Double?
  /// The mean share of a text's runs of four that occurred in it before (seq-rep-4, arXiv 1908.04319).
  public let repeatedFourGramShare: Double?
  /// The mean number of tokens.
  public let meanLength: Double?
  /// The share of texts that ended by themselves.
  public let endedShare: Double?

  /// Measures the texts, whose order does not matter.
  public init(_ texts: [CollectedText]) {
    let ids = texts.map(\.ids)
    textCount = texts.count
    perplexity = LMCore.perplexity(of: texts.flatMap(\.logProbabilities))
    hasLeastPerplexity = texts.contains(where: \.hasUntold)
    selfBLEU4 = SelfBLEU(ids).mean
    zipfCoefficient = ZipfFit(ids)?.coefficient
    repetitionShare = mean(ids.map { RepetitionDetector.loop(atEndOf: $0) == nil ? 0 : 1 })
    let counts = [1, 2, 4].map { NGram.counts(of: ids, length: $0) }
    let shares = counts.map { counts in
      counts.isEmpty ? nil : Double(counts.count) / Double(counts.values.reduce(0, +))
    }
    (distinct1, distinct2, distinct4) = (shares[0], shares[1], shares[2])
    repeatedFourGramShare = mean(ids.map(Self.repeatedFourGramShare))
    meanLength = mean(ids.map { Double($0.count) })
    endedShare = mean(texts.map { $0.isEnded ? 1 : 0 })
  }

  private static func repeatedFourGramShare(of ids: [Int]) -> Double {
    var detector = RepetitionDetector()
    for id in ids { detector.append(id) }
    return detector.repeatedFourGramShare
  }
}

private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// Zipf's law fitted to the frequencies of tokens: a straight line through their logarithms, by least squares.
public struct ZipfFit: Equatable, Sendable {
  /// How many of the most frequent tokens the line is fitted to, as in the authors' program.
  static let mostRanks = 5000

  /// How often each token occurs, the most frequent first.
  public let frequencies: [Int]
  /// The slope of the line, with its sign turned.
  public let coefficient: Double
  /// ln of the frequency at rank 1 on the line.
  public let intercept: Double

  /// nil where the texts have fewer than two different tokens.
  public init?(_ texts: [[Int]]) {
    var counts: [Int: Int] = [:]
    for id in texts.joined() { counts[id, default: 0] += 1 }
    frequencies = counts.values.sorted(by: >)
    let heads = frequencies.prefix(Self.mostRanks)
    guard heads.count > 1 else { return nil }
    let (x, y) = (heads.indices.map { log(Double($0 + 1)) }, heads.map { log(Double($0)) })
    let count = Double(heads.count)
    let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    let variance = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    let slope = covariance / variance
    // Frequencies fall with the rank: where all are equal, rounding alone could tell another sign.
    (coefficient, intercept) = (slope < 0 ? -slope : 0, meanY - slope * meanX)
  }
}
