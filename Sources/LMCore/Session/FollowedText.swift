/// A text that somebody wrote, cut for a session that follows it: the beginning is the prompt, the rest the steps.
public struct FollowedText: Equatable, Sendable {
  /// The first sentence, but at most `longestPrompt` tokens, and never the whole text.
  public let promptIDs: [Int]
  /// At least one token.
  public let following: [Int]
  /// How many tokens at the end were left out, since the model's context ends before them.
  public let omittedCount: Int

  /// Enough for the model to know the kind of text, and few enough that most of it remains to be predicted.
  public static let longestPrompt = 16

  /// - Parameters:
  ///   - ids: the whole text, two tokens or more; else `SessionError.textTooShort` is thrown.
  ///   - contextLength: how many tokens the model reads; one more can be predicted.
  ///   - bytes: what a token stands for.
  public init(ids: [Int], contextLength: Int, bytes: (Int) -> [UInt8]) throws(SessionError) {
    guard ids.count >= 2 else { throw .textTooShort(tokens: ids.count) }
    let read = ids.prefix(contextLength + 1)
    let longest = min(Self.longestPrompt, read.count - 1)
    let promptCount = Self.firstSentence(of: read.prefix(longest).map(bytes)) ?? longest
    promptIDs = Array(read.prefix(promptCount))
    following = Array(read.dropFirst(promptCount))
    omittedCount = ids.count - read.count
  }

  /// How many pieces the first sentence takes, its closing quotation marks included; nil where it does not end.
  private static func firstSentence(of pieces: [[UInt8]]) -> Int? {
    let (ends, closers) = (Array(".!?".utf8), Array("\"')]\u{201D}\u{2019}".utf8))
    guard let end = pieces.firstIndex(where: { $0.contains(where: ends.contains) }) else { return nil }
    let closing = pieces[(end + 1)...].prefix { !$0.isEmpty && $0.allSatisfy(closers.contains) }
    return end + 1 + closing.count
  }
}
