import Glibc

/// The model's own belief about the next token: logits, their softmax, and all ids by rank.
///
/// Made once a step, in Double over the whole vocabulary (V tokens). It does not depend on any setting, so
/// a turned knob runs `SamplerChain.apply(to:history:)` on the same value again.
///
/// A full ranking costs less than one softmax, because the floats are sorted by radix: that is why nothing
/// here is restricted to a "top n".
public struct RankedLogits: Sendable {
  /// [V], indexed by id; minus infinity is allowed and means probability 0.
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

  /// Throws when there is no logit, one is NaN or plus infinity, or all are minus infinity.
  public init(_ logits: [Float]) throws(SamplingError) {
    try Self.validate(logits)
    let count = logits.count
    var ranking: [Int32] = []
    var finiteCount = 0
    var weightedExponents = 0.0
    var total = 0.0
    // The two arrays lend their memory to the sort before they are filled: fresh pages cost more than the
    // arithmetic. They are filled through raw buffers, because bounds checks would too.
    var cumulativeWeights: [Double] = []
    let weights = [Double](unsafeUninitializedCapacity: count) { weights, initialized in
      cumulativeWeights = [Double](unsafeUninitializedCapacity: count) { cumulative, initialized in
        ranking = LogitRanking.descending(logits, scratch: weights, cumulative)
        let largest = Double(logits[Int(ranking[0])])
        for rank in 0..<count {
          let exponent = Double(logits[Int(ranking[rank])]) - largest
          let weight = exp(exponent)
          total += weight
          // 0 * -infinity would be NaN; the limit of w ln w is 0.
          if weight > 0 { weightedExponents += weight * exponent }
          if exponent > -.infinity { finiteCount &+= 1 }
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
    self.ranking = ranking
    self.finiteCount = finiteCount
    self.weights = weights
    self.cumulativeWeights = cumulativeWeights
    self.total = total
    entropy = max((log(total) - weightedExponents / total) * bitsPerNat, 0)
  }

  /// V
  public var vocabularySize: Int { logits.count }

  /// ln softmax(logits)[id], exact where the probability itself rounds to 0.
  public func logProbability(of id: Int) -> Double {
    Double(logits[id]) - Double(logits[Int(ranking[0])]) - log(total)
  }

  /// The 1-based place of a token in `ranking`, found by halving.
  public func rank(of id: Int) -> Int {
    let logit = logits[id]
    var (low, high) = (0, vocabularySize)
    while low < high {
      let middle = (low + high) / 2
      let other = Int(ranking[middle])
      let comesBefore = logits[other] > logit || (logits[other] == logit && other < id)
      if comesBefore { low = middle + 1 } else { high = middle }
    }
    return low + 1
  }

  /// The sum of `probabilities` over the first `rank` tokens; 0 at rank 0, exactly 1 at rank V.
  public func cumulative(atRank rank: Int) -> Double {
    rank == 0 ? 0 : cumulativeWeights[rank - 1] / total
  }

  private static func validate(_ logits: [Float]) throws(SamplingError) {
    if logits.isEmpty { throw .noLogits }
    // False for NaN as well as for plus infinity.
    guard let bad = logits.firstIndex(where: { !($0 < .infinity) }) else { return }
    throw logits[bad].isNaN ? .logitNotANumber(id: bad) : .logitPlusInfinity(id: bad)
  }
}

/// 1 / ln 2
let bitsPerNat = 1.442695040888963407359924681001892137
