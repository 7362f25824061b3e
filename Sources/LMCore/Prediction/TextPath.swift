/// A text as a predictor reads it: the prompt in one piece, then token by token.
///
/// The cut between the two belongs to the text: read with another cut, the last bits of a prediction may differ.
public struct TextPath: Hashable, Sendable {
  /// The ids that are read in one piece; at least one.
  public let prompt: [Int]
  /// The ids behind the prompt, which are read one by one.
  public let generated: [Int]

  /// A text with this cut.
  ///
  /// - Precondition: `prompt` is not empty.
  public init(prompt: [Int], generated: [Int] = []) {
    precondition(!prompt.isEmpty, "a text begins with at least one token")
    (self.prompt, self.generated) = (prompt, generated)
  }

  /// The number of tokens.
  public var count: Int { prompt.count + generated.count }

  /// All ids in order.
  public var ids: [Int] { prompt + generated }
}
