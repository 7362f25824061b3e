import Glibc

/// Logits by rank, with their softmax: what a `Belief` that the chain can run on holds. All of a vocabulary; or of a head
/// the logarithms of the first probabilities, with what is known of the rest.
///
/// Made once a step, in Double over all V tokens, and independent of every setting, so a turned knob runs the chain
/// on the same value again. A full ranking costs less than one softmax, because the floats are sorted by radix:
/// that is why it is not restricted to the first ranks. Ranks count from 0 here.
struct RankedScores: Sendable {
  /// V
  let vocabularySize: Int
  /// The known ids by logit descending, ties lowest id first, [N]; N = V but for a head.
  let ranking: [Int32]
  /// The logits by rank, [N]; minus infinity is allowed and means probability 0.
  let scores: [Double]
  /// exp(logit - largest logit) by rank, [N].
  let weights: [Double]
  /// The running sum of `weights`, [N]. Kept as it is summed: ten equal logits then reach 0.3 with exactly three.
  let cumulativeWeights: [Double]
  /// The sum of all weights, with the rest's; where that is not exactly known, with the least that it can be.
  let total: Double
  /// Tokens with a logit above minus infinity; they fill the first places of `ranking`.
  let finiteCount: Int
  /// -sum p ln p of softmax(logits), in nats; of a head the middle of `entropyBounds`.
  let entropy: Double
  /// Where the entropy lies, in nats.
  let entropyBounds: ClosedRange<Double>
  /// The tokens below the head; nil where all are known.
  let rest: UntoldTokens?
  /// Where a token's rank is looked up.
  private let lookup: Lookup

  private enum Lookup {
    /// [V] by id; minus infinity is allowed.
    case logits([Float])
    /// The same where they were given as Double.
    case precise([Double])
    case ranks([Int32: Int32])
  }

  /// Throws when there is no logit, one is NaN or plus infinity, or all are minus infinity.
  init(_ logits: [Float]) throws(SamplingError) {
    try self.init(given: logits, .logits(logits))
  }

  /// Logits of another source, with more digits or a wider range than a float has. The same errors.
  init(precise logits: [Double]) throws(SamplingError) {
    try self.init(given: logits, .precise(logits))
  }

  /// The head of a distribution.
  ///
  /// - Parameters:
  ///   - ids: by probability descending, ties lowest id first; not empty.
  ///   - scores: ln p of each.
  ///   - restMass: the probability of all other tokens.
  init(head ids: [Int32], scores: [Double], restMass: ClosedRange<Double>, vocabularySize: Int) {
    let first = scores[0]
    let weights = scores.map { exp($0 - first) }
    var sum = 0.0
    cumulativeWeights = weights.map { weight in
      sum += weight
      return sum
    }
    let last = scores.last ?? first
    let scale = exp(-first)
    rest =
      ids.count < vocabularySize
      ? UntoldTokens(
        count: vocabularySize - ids.count, weight: restMass.lowerBound * scale...restMass.upperBound * scale,
        ceiling: last, highestWeight: exp(last - first))
      : nil
    (ranking, self.scores, self.weights, self.vocabularySize) = (ids, scores, weights, vocabularySize)
    finiteCount = scores.prefix { $0 > -.infinity }.count
    total = sum + (rest?.weight.lowerBound ?? 0)
    let products = zip(weights, scores).reduce(0) { $1.0 > 0 ? $0 + $1.0 * ($1.1 - first) : $0 }
    let bounds = Self.entropyBounds(sum, products, rest, rest?.weight ?? 0...0)
    (entropyBounds, entropy) = (bounds, (bounds.lowerBound + bounds.upperBound) / 2)
    lookup = .ranks(
      Dictionary(zip(ids, (0..<Int32(ids.count)).map { $0 })) { first, _ in first })
  }

  private init<Score: RankedScore>(given: [Score], _ lookup: Lookup) throws(SamplingError) {
    try Self.validate(given)
    let count = given.count
    var ranking: [Int32] = []
    var finiteCount = 0
    var weightedExponents = 0.0
    var total = 0.0
    // Two of the arrays lend their memory to the sort before they are filled: fresh pages cost more than the
    // arithmetic. They are filled through raw buffers, because bounds checks would too.
    var cumulativeWeights: [Double] = []
    var scores: [Double] = []
    let weights = [Double](unsafeUninitializedCapacity: count) { weights, initialized in
      cumulativeWeights = [Double](unsafeUninitializedCapacity: count) { cumulative, initialized in
        ranking = Score.descending(given, scratch: weights, cumulative)
        scores = [Double](unsafeUninitializedCapacity: count) { scores, initialized in
          let largest = given[Int(ranking[0])].widened
          for rank in 0..<count {
            let score = given[Int(ranking[rank])].widened
            let exponent = score - largest
            let weight = exp(exponent)
            total += weight
            // 0 * -infinity would be NaN; the limit of w ln w is 0.
            if weight > 0 { weightedExponents += weight * exponent }
            if score > -.infinity { finiteCount &+= 1 }
            scores[rank] = score
            weights[rank] = weight
            cumulative[rank] = total
          }
          initialized = count
        }
        initialized = count
      }
      initialized = count
    }
    if finiteCount == 0 { throw .allLogitsMinusInfinity(count: count) }
    self.lookup = lookup
    (vocabularySize, rest) = (count, nil)
    self.ranking = ranking
    self.scores = scores
    self.weights = weights
    self.cumulativeWeights = cumulativeWeights
    self.total = total
    self.finiteCount = finiteCount
    entropy = max(log(total) - weightedExponents / total, 0)
    entropyBounds = entropy...entropy
  }

  /// False where only probabilities are known: logits up to a constant.
  var hasLogits: Bool {
    if case .ranks = lookup { false } else { true }
  }

  /// N, how many ranks are known.
  var rankCount: Int { ranking.count }
  /// The sum of the known weights.
  var knownTotal: Double { cumulativeWeights[rankCount - 1] }

  /// softmax(logits) at a rank from 0.
  func probability(atRank rank: Int) -> Double { weights[rank] / total }

  /// The sum of the probabilities of ranks 0...rank.
  func cumulative(atRank rank: Int) -> Double { cumulativeWeights[rank] / total }

  /// The place of a token in `ranking`; nil for one below the head.
  func rank(of id: Int) -> Int? {
    let score: Double
    switch lookup {
    case .logits(let logits): score = Double(logits[id])
    case .precise(let logits): score = logits[id]
    case .ranks(let ranks): return Int32(exactly: id).flatMap { ranks[$0] }.map(Int.init)
    }
    return scores.indices.partitioningIndex { rank in
      scores[rank] < score || (scores[rank] == score && Int(ranking[rank]) >= id)
    }
  }

  private static func validate<Score: RankedScore>(_ scores: [Score]) throws(SamplingError) {
    if scores.isEmpty { throw .noLogits }
    // False for NaN as well as for plus infinity.
    guard let bad = scores.firstIndex(where: { !($0.widened < .infinity) }) else { return }
    throw scores[bad].widened.isNaN ? .logitNotANumber(id: bad) : .logitPlusInfinity(id: bad)
  }
}

extension Range<Int> {
  /// The first element for which `isInUpperPart` holds, the upper bound where it holds for none. Once it holds
  /// it must hold for all that follow.
  func partitioningIndex(where isInUpperPart: (Int) -> Bool) -> Int {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isInUpperPart(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A type that logits come in.
private protocol RankedScore {
  var widened: Double { get }

  /// Ids by score descending, ties lowest id first, within memory of the caller's, [V] each.
  static func descending(
    _ scores: [Self], scratch: UnsafeMutableBufferPointer<Double>,
    _ other: UnsafeMutableBufferPointer<Double>
  ) -> [Int32]
}

extension Float: RankedScore {
  fileprivate var widened: Double { Double(self) }

  fileprivate static func descending(
    _ scores: [Float], scratch: UnsafeMutableBufferPointer<Double>,
    _ other: UnsafeMutableBufferPointer<Double>
  ) -> [Int32] {
    LogitRanking.descending(scores, scratch: scratch, other)
  }
}

extension Double: RankedScore {
  fileprivate var widened: Double { self }

  fileprivate static func descending(
    _ scores: [Double], scratch: UnsafeMutableBufferPointer<Double>,
    _ other: UnsafeMutableBufferPointer<Double>
  ) -> [Int32] {
    LogitRanking.descending(scores)
  }
}

/// 1 / ln 2
let bitsPerNat = 1.442695040888963407359924681001892137
