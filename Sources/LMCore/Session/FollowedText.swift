/// A text that somebody wrote, cut for a session that follows it from its first token.
public struct FollowedText: Equatable, Sendable {
  /// The token that begins texts; for a model without one the text's own first token.
  public let promptIDs: [Int]
  /// At least one token.
  public let following: [Int]
  /// How many tokens at the end were left out, since the model's context ends before them.
  public let omittedCount: Int

  /// - Parameters:
  ///   - ids: the whole text: one token or more behind `begin`, two or more without it; else `SessionError.textTooShort`
  ///     is thrown. A text that starts with `begin` itself gets no second one.
  ///   - begin: the token that begins texts; nil where the model has none.
  ///   - contextLength: how many tokens the model reads; one more can be predicted.
  public init(ids: [Int], begin: Int?, contextLength: Int) throws(SessionError) {
    let whole = begin == nil || ids.first == begin ? ids : [begin].compactMap(\.self) + ids
    guard whole.count >= 2 else { throw .textTooShort(tokens: ids.count) }
    let read = whole.prefix(contextLength + 1)
    promptIDs = Array(read.prefix(1))
    following = Array(read.dropFirst())
    omittedCount = whole.count - read.count
  }
}
