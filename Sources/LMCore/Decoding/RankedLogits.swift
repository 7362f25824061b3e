import Glibc

/// The model's own belief about the next token: logits, their softmax, and all ids by rank.
///
/// Made once a step, in Double over the whole vocabulary (V tokens). It does not depend on any setting, so
/// a turned knob runs `SamplerChain.apply(to:history:)` on the same value again.
///
/// A full ranking costs less than one softmax, because the floats are sorted by radix: that is why nothing
/// here is restricted to a "top n".
public struct RankedLogits: Sendable {
  /// [V], indexed by id; minus infinity is allowed and means probability 0. Rounded where they were given as Double:
  /// everything else is computed from what was given.
  public let logits: [Float]
  /// softmax(logits), [V], indexed by id.
  public let probabilities: [Double]
  /// All ids by logit descending, ties lowest id first, [V]. `probabilities` never increases along it.
  public let ranking: [Int32]
  /// Tokens with a logit above minus infinity; they fill the first places of `ranking`.
  public let finiteCount: Int
  /// -sum p log2 p, in bits.
  public let entropy: Double

  /// exp(logit - largest logit) by rank, [V].
  let weights: [Double]
  /// The running sum of `weights`, [V]. Kept as it is summed: ten equal logits then reach 0.3 with exactly three.
  let cumulativeWeights: [Double]
  /// The sum of all weights.
  let total: Double
  /// The logits where they were given as Double, [V]; nil for a model's, which are floats.
  let preciseLogits: [Double]?

  /// Throws when there is no logit, one is NaN or plus infinity, or all are minus infinity.
  public init(_ logits: [Float]) throws(SamplingError) {
    try self.init(given: logits, logits: logits, preciseLogits: nil)
  }

  /// Logits of another source, with more digits or a wider range than a float has. The same errors.
  public init(precise logits: [Double]) throws(SamplingError) {
    try self.init(given: logits, logits: logits.map(Float.init), preciseLogits: logits)
  }

  private init<Score: RankedScore>(given scores: [Score], logits: [Float], preciseLogits: [Double]?)
    throws(SamplingError)
  {
    try Self.validate(scores)
    let count = scores.count
    var ranking: [Int32] = []
    var finiteCount = 0
    var weightedExponents = 0.0
    var total = 0.0
    // The two arrays lend their memory to the sort before they are filled: fresh pages cost more than the
    // arithmetic. They are filled through raw buffers, because bounds checks would too.
    var cumulativeWeights: [Double] = []
    let weights = [Double](unsafeUninitializedCapacity: count) { weights, initialized in
      cumulativeWeights = [Double](unsafeUninitializedCapacity: count) { cumulative, initialized in
        ranking = Score.descending(scores, scratch: weights, cumulative)
        let largest = scores[Int(ranking[0])].widened
        for rank in 0..<count {
          let score = scores[Int(ranking[rank])].widened
          let exponent = score - largest
          let weight = exp(exponent)
          total += weight
          // 0 * -infinity would be NaN; the limit of w ln w is 0.
          if weight > 0 { weightedExponents += weight * exponent }
          if score > -.infinity { finiteCount &+= 1 }
          weights[rank] = weight
          cumulative[rank] = total
        }
        initialized = count
      }
      initialized = count
    }
    if finiteCount == 0 { throw .allLogitsMinusInfinity(count: count) }
    probabilities = [Double](unsafeUninitializedCapacity: count) { probabilities, initialized in
      for rank in 0..<count { probabilities[Int(ranking[rank])] = weights[rank] / total }
      initialized = count
    }
    self.logits = logits
    self.preciseLogits = preciseLogits
    self.ranking = ranking
    self.finiteCount = finiteCount
    self.weights = weights
    self.cumulativeWeights = cumulativeWeights
    self.total = total
    entropy = max((log(total) - weightedExponents / total) * bitsPerNat, 0)
  }

  /// What is known of a distribution from its first ranks on, as it was computed once.
  ///
  /// - Parameters:
  ///   - ranking: all ids, [V].
  ///   - probabilities: by id, [V]; 0 where unknown.
  ///   - cumulative: by rank, [V]; 1 where unknown.
  init(
    recorded logits: [Float], probabilities: [Double], ranking: [Int32], cumulative: [Double],
    finiteCount: Int, entropy: Double
  ) {
    (self.logits, self.probabilities, self.ranking) = (logits, probabilities, ranking)
    (self.finiteCount, self.entropy) = (finiteCount, entropy)
    preciseLogits = nil
    weights = ranking.map { probabilities[Int($0)] }
    cumulativeWeights = cumulative
    total = 1
  }

  /// V
  public var vocabularySize: Int { logits.count }

  /// ln softmax(logits)[id], exact where the probability itself rounds to 0.
  public func logProbability(of id: Int) -> Double {
    score(of: id) - score(of: Int(ranking[0])) - log(total)
  }

  /// The 1-based place of a token in `ranking`, found by halving.
  public func rank(of id: Int) -> Int {
    let score = score(of: id)
    var (low, high) = (0, vocabularySize)
    while low < high {
      let middle = (low + high) / 2
      let other = Int(ranking[middle])
      let otherScore = self.score(of: other)
      let comesBefore = otherScore > score || (otherScore == score && other < id)
      if comesBefore { low = middle + 1 } else { high = middle }
    }
    return low + 1
  }

  /// The sum of `probabilities` over the first `rank` tokens; 0 at rank 0, exactly 1 at rank V.
  public func cumulative(atRank rank: Int) -> Double {
    rank == 0 ? 0 : cumulativeWeights[rank - 1] / total
  }

  /// The logit as it was given.
  private func score(of id: Int) -> Double { preciseLogits?[id] ?? Double(logits[id]) }

  private static func validate<Score: RankedScore>(_ scores: [Score]) throws(SamplingError) {
    if scores.isEmpty { throw .noLogits }
    // False for NaN as well as for plus infinity.
    guard let bad = scores.firstIndex(where: { !($0.widened < .infinity) }) else { return }
    throw scores[bad].widened.isNaN ? .logitNotANumber(id: bad) : .logitPlusInfinity(id: bad)
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
