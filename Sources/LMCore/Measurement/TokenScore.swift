import Glibc

/// How a prediction had foreseen the token that came.
public struct TokenScore: Equatable, Sendable {
  /// ln p of the token; the most that it can be where `isUntold`.
  public let logProbability: Double
  /// 1 for the most probable token; of equal ones the lowest id comes first. The least where `isUntold`.
  public let rank: Int
  /// Entropy of the prediction, in bits; the middle of `entropyBounds`.
  public let entropyBits: Double
  /// Where it lies, in bits.
  public let entropyBounds: ClosedRange<Double>
  /// A server told no more of the token than that it stands below the ranks that it told.
  public let isUntold: Bool

  init(logProbability: Double, rank: Int, entropyBits: Double) {
    (self.logProbability, self.rank, self.entropyBits) = (logProbability, rank, entropyBits)
    (entropyBounds, isUntold) = (entropyBits...entropyBits, false)
  }

  /// - Parameter belief: the prediction.
  init(logProbability: Double, rank: Int, in belief: Belief, isUntold: Bool = false) {
    (self.logProbability, self.rank, self.isUntold) = (logProbability, rank, isUntold)
    (entropyBits, entropyBounds) = (belief.entropy, belief.entropyBounds)
  }

  /// Passes over logits [V] by id, in Double: for one token, far cheaper than a ranking.
  init(of id: Int, from logits: [Float]) {
    let largest = Double(logits.max() ?? 0)
    var sum = 0.0
    var weighted = 0.0
    for logit in logits {
      let shifted = Double(logit) - largest
      let weight = exp(shifted)
      sum += weight
      // At a weight of 0 the shift may be minus infinity, and their product NaN.
      if weight > 0 { weighted += weight * shifted }
    }
    let logSum = log(sum)
    let own = logits[id]
    var rank = 1
    for (other, logit) in logits.enumerated() where logit > own || (logit == own && other < id) { rank += 1 }
    self.init(
      logProbability: Double(own) - largest - logSum, rank: rank,
      entropyBits: (logSum - weighted / sum) / log(2))
  }
}

extension Predictor {
  /// How each token of a text but the first was foreseen: a server that can is asked once for all of them.
  public func scores(of ids: [Int]) throws -> [TokenScore] {
    if let told = try scoresTold(of: ids) { return told.map(\.score) }
    var scores: [TokenScore] = []
    // The last token is predicted only; the model need not read it.
    try predictEach(of: Array(ids.dropLast()), exactly: false) { position, prediction in
      scores.append(try score(of: ids[position + 1], in: prediction))
    }
    return scores
  }

  /// The same for the tokens from a place on, at least 1, each with the distribution that was before it.
  func eachScore(
    of ids: [Int], from first: Int, _ body: (TokenScore, Belief) throws -> Void
  ) throws {
    if let told = try scoresTold(of: ids) {
      for (score, belief) in told.dropFirst(first - 1) { try body(score, belief) }
      return
    }
    try predictEach(of: Array(ids.dropLast()), exactly: false) { position, prediction in
      guard position + 1 >= first else { return }
      try body(try score(of: ids[position + 1], in: prediction), try belief(of: prediction))
    }
  }

  /// nil where the source cannot tell all at once.
  private func scoresTold(of ids: [Int]) throws -> [(score: TokenScore, belief: Belief)]? {
    try (self as? ServedPredictor)?.tokensTold(of: ids)?.map { token in
      (TokenScore(logProbability: token.logProbability, rank: token.rank, in: token.belief), token.belief)
    }
  }

  /// How a prediction of this predictor had foreseen a token of its vocabulary.
  ///
  /// - Throws: as `belief(of:)`, and `PredictorError.tokenOutOfRange` for a token that the prediction does not know.
  public func score(of id: Int, in prediction: Prediction) throws -> TokenScore {
    if case .logits(let logits) = prediction.content { return TokenScore(of: id, from: logits) }
    let belief = try belief(of: prediction)
    guard let rank = belief.row(of: id)?.rank, let logProbability = belief.logProbability(of: id) else {
      let last = belief.row(atRank: belief.knownRanks)
      if let rest = belief.restMass, rest.upperBound > 0, let last, (0..<belief.vocabularySize).contains(id) {
        return TokenScore(
          logProbability: log(min(last.probability, rest.upperBound)), rank: belief.knownRanks + 1,
          in: belief, isUntold: true)
      }
      throw PredictorError.tokenOutOfRange(id: id, vocabularySize: belief.vocabularySize)
    }
    return TokenScore(logProbability: logProbability, rank: rank, in: belief)
  }
}
