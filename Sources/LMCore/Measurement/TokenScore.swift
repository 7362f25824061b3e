import Glibc

/// How a prediction had foreseen the token that came.
public struct TokenScore: Equatable, Sendable {
  /// ln p of the token.
  public let logProbability: Double
  /// 1 for the most probable token; of equal ones the lowest id comes first.
  public let rank: Int
  /// Entropy of the prediction, in bits.
  public let entropyBits: Double

  init(logProbability: Double, rank: Int, entropyBits: Double) {
    (self.logProbability, self.rank, self.entropyBits) = (logProbability, rank, entropyBits)
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
  /// How a prediction of this predictor had foreseen a token of its vocabulary.
  ///
  /// - Throws: as `belief(of:)`, and `PredictorError.tokenOutOfRange` for a token that the prediction does not know.
  public func score(of id: Int, in prediction: Prediction) throws -> TokenScore {
    if case .logits(let logits) = prediction.content { return TokenScore(of: id, from: logits) }
    let belief = try belief(of: prediction)
    guard let rank = belief.row(of: id)?.rank, let logProbability = belief.logProbability(of: id) else {
      throw PredictorError.tokenOutOfRange(id: id, vocabularySize: belief.vocabularySize)
    }
    return TokenScore(logProbability: logProbability, rank: rank, entropyBits: belief.entropy)
  }
}
