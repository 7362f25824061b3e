/// Why a session cannot start or go on.
public enum SessionError: Error, Equatable, Sendable, CustomStringConvertible {
  case emptyPrompt
  /// `longest` is the context that --context could give, where that is more.
  case promptTooLong(tokens: Int, limit: Int, longest: Int? = nil)
  case tokenOutOfRange(id: Int, vocabularySize: Int)
  case contextFull(limit: Int, longest: Int? = nil)
  /// Of a text to follow.
  case textTooShort(tokens: Int)

  public var description: String {
    switch self {
    case .emptyPrompt:
      "the prompt has no tokens; give at least one"
    case .promptTooLong(let tokens, let limit, let longest?) where longest > limit:
      "the prompt has \(tokens) tokens, but the context \(limit); shorten it, or give a larger --context (up to \(longest))"
    case .promptTooLong(let tokens, let limit, _):
      "the prompt has \(tokens) tokens, but the model reads at most \(limit); shorten it"
    case .tokenOutOfRange(let id, let vocabularySize):
      "token id \(id) is not in the vocabulary of \(NumberFormat.grouped(vocabularySize)) tokens (0 to \(vocabularySize - 1))"
    case .contextFull(let limit, let longest?) where longest > limit:
      "the context of \(limit) positions is full; step back, or start again with a larger --context (up to \(longest))"
    case .contextFull(let limit, _):
      "the context of \(limit) positions is full; step back, or start again with a shorter prompt"
    case .textTooShort(let tokens):
      "the text to follow has \(tokens == 1 ? "one token" : "no tokens"); give a longer one"
    }
  }
}
