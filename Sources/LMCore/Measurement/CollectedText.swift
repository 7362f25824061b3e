/// One text of a collection, as the measures look at it: what stands behind its prompt.
public struct CollectedText: Equatable, Sendable {
  /// The ids behind the prompt, without the token that ended the text.
  public let ids: [Int]
  /// ln p of each of them in the model's own distribution, and of the token that ended the text.
  public let logProbabilities: [Double]
  /// Whether the text ended by itself, before its length was reached.
  public let isEnded: Bool
  /// Whether a server did not tell some of the tokens, of which ln p is then the most that it can be.
  public let hasUntold: Bool

  /// A text with these values.
  public init(ids: [Int], logProbabilities: [Double], isEnded: Bool, hasUntold: Bool = false) {
    (self.ids, self.logProbabilities) = (ids, logProbabilities)
    (self.isEnded, self.hasUntold) = (isEnded, hasUntold)
  }
}
