/// How a text is cut into the pieces within which bytes are merged: the data behind one regular expression.
///
/// Runs of letters, numbers, other characters and white space are what all known rules share; `PreTokenizer` finds them.
struct PieceRule: Hashable, Sendable {
  /// What differs between the rules of GPT-2 and of later models.
  enum Style: Hashable, Sendable {
    /// A space may lead any run. Contractions are lower case.
    case gpt2
    /// Any character may lead a run of letters, line ends follow signs, numbers have at most so many digits.
    case later(longestNumber: Int, marksAreLetters: Bool)
  }

  /// The regular expression, by which files name the rule.
  let pattern: String
  let style: Style

  /// GPT-2's: https://github.com/openai/gpt-2/blob/master/src/encoder.py
  static let gpt2 = PieceRule(
    pattern: #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, style: .gpt2)

  /// Llama 3's.
  static let llama3 = PieceRule(
    pattern:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
    style: .later(longestNumber: 3, marksAreLetters: false))

  /// That of Qwen 2 and 3.
  static let qwen2 = PieceRule(
    pattern:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
    style: .later(longestNumber: 1, marksAreLetters: false))

  /// That of Qwen 3.5.
  static let qwen35 = PieceRule(
    pattern:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#,
    style: .later(longestNumber: 1, marksAreLetters: true))

  static let all = [gpt2, llama3, qwen2, qwen35]

  private init(pattern: String, style: Style) { (self.pattern, self.style) = (pattern, style) }

  /// The rule with exactly this pattern; nil for any other, since nearly the same ids are wrong ids.
  init?(pattern: String) {
    guard let rule = Self.all.first(where: { $0.pattern == pattern }) else { return nil }
    self = rule
  }
}
