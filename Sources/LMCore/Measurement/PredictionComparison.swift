import Glibc

/// How far one model's predictions are from another's over a text: what a smaller precision costs.
public struct PredictionComparison: Equatable, Sendable {
  /// The predictions compared, one a position.
  public var positions = 0
  /// The mean over positions of KL(reference || other), the bits a token that are lost by believing the other.
  public var meanDivergence = 0.0
  /// The largest of them.
  public var largestDivergence = 0.0
  /// The share of positions where both hold the same token for the most probable.
  public var agreement = 0.0

  /// Reads the text with both, which have one vocabulary, and compares every prediction.
  ///
  /// - Parameter ids: as many as fit the context, and at least one.
  /// - Throws: `PredictorError`.
  public init(of other: LocalPredictor, with reference: LocalPredictor, over ids: [Int]) throws {
    precondition(
      other.profile.vocabularySize == reference.profile.vocabularySize, "the models have one vocabulary")
    var predictions: [Prediction] = []
    try reference.predictEach(of: ids, exactly: true) { predictions.append($1) }
    var (expected, found): ([Float], [Float]) = ([], [])
    var (sum, agreeing, largestDivergence) = (0.0, 0, 0.0)
    try other.predictEach(of: ids, exactly: true) { position, prediction in
      reference.computeLogits(of: [predictions[position]], into: &expected)
      other.computeLogits(of: [prediction], into: &found)
      let divergence = Self.divergence(of: found, from: expected)
      sum += divergence
      largestDivergence = max(largestDivergence, divergence)
      if Self.mostProbable(expected) == Self.mostProbable(found) { agreeing += 1 }
    }
    self.largestDivergence = largestDivergence
    positions = ids.count
    meanDivergence = sum / Double(ids.count)
    agreement = Double(agreeing) / Double(ids.count)
  }

  /// KL(softmax(reference) || softmax(other)) in bits.
  static func divergence(of other: [Float], from reference: [Float]) -> Double {
    let (p, q) = (LogSoftmax(reference), LogSoftmax(other))
    var sum = 0.0
    for (a, b) in zip(reference, other) {
      let logarithm = p(a)
      let probability = exp(logarithm)
      // What the reference holds for impossible costs nothing.
      if probability > 0 { sum += probability * (logarithm - q(b)) }
    }
    return max(sum / log(2), 0)
  }

  private static func mostProbable(_ logits: [Float]) -> Int {
    logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
  }

  private struct LogSoftmax {
    let logarithmOfSum: Double

    init(_ logits: [Float]) {
      let largest = Double(logits.max() ?? 0)
      logarithmOfSum = largest + log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
    }

    func callAsFunction(_ logit: Float) -> Double { Double(logit) - logarithmOfSum }
  }
}
