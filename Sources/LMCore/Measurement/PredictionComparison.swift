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

  /// Feeds the tokens to both models, of one vocabulary, and compares every prediction.
  ///
  /// - Parameter ids: as many as fit the context, and at least one.
  public init(of other: GPT2Model, with reference: GPT2Model, over ids: [Int]) {
    precondition(other.vocabularySize == reference.vocabularySize, "the models have one vocabulary")
    let states = [reference, other].map { model in
      var hidden: [Float] = []
      model.prefill(ids, into: model.makeCache(), everyHidden: &hidden)
      return hidden
    }
    let width = (reference.hiddenSize, other.hiddenSize)
    var (expected, found): ([Float], [Float]) = ([], [])
    var (sum, agreeing) = (0.0, 0)
    for position in ids.indices {
      reference.computeLogits(
        Array(states[0][position * width.0..<(position + 1) * width.0]), into: &expected)
      other.computeLogits(Array(states[1][position * width.1..<(position + 1) * width.1]), into: &found)
      let divergence = Self.divergence(of: found, from: expected)
      sum += divergence
      largestDivergence = max(largestDivergence, divergence)
      if Self.mostProbable(expected) == Self.mostProbable(found) { agreeing += 1 }
    }
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
