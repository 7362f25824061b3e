/// How a text is cut into the pieces within which bytes are merged: the data behind one regular expression.
///
/// Runs of letters, numbers, other characters and white space are what all known rules share; `PreTokenizer` finds them.
struct PieceRule: Hashable, Sendable {
  /// The regular expression, by which files name the rule.
  let pattern: String
  /// What is a piece of its own behind an ASCII apostrophe, as UTF-8. The first that fits is taken.
  let contractions: [[UInt8]]

  /// GPT-2's: https://github.com/openai/gpt-2/blob/master/src/encoder.py
  static let gpt2 = PieceRule(
    pattern: #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
    contractions: ["s", "t", "re", "ve", "m", "ll", "d"].map { Array($0.utf8) })

  static let all = [gpt2]

  private init(pattern: String, contractions: [[UInt8]]) {
    (self.pattern, self.contractions) = (pattern, contractions)
  }

  /// The rule with exactly this pattern; nil for any other, since nearly the same ids are wrong ids.
  init?(pattern: String) {
    guard let rule = Self.all.first(where: { $0.pattern == pattern }) else { return nil }
    self = rule
  }
}
