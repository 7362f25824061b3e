import LMCore
import Presentation

/// Tokens and texts as a screen reader should speak them: in quotes, with names for signs that it would skip.
struct SpokenText {
  let glyphs: GlyphSet

  /// One token, with a missing leading space and punctuation named: `"ing" without a space`, `comma ","`.
  func token(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let names = text.drop { $0 == " " }.map { Self.signs[$0] }
    if (1...3).contains(names.count), !names.contains(nil) {
      return names.compactMap(\.self).joined(separator: " ") + " " + phrase(bytes)
    }
    let isWord = text.first.map { $0.isLetter || $0.isNumber } ?? false
    return phrase(bytes) + (isWord ? " without a space" : "")
  }

  /// Several tokens: `" she"`, `newline`, `"a" newline`, `byte E2`.
  func phrase(_ bytes: some Sequence<UInt8>) -> String {
    var parts: [String] = []
    var quoted = ""
    func close() {
      guard !quoted.isEmpty else { return }
      let blanks = quoted.allSatisfy { $0 == " " } ? quoted.count : 0
      parts.append(blanks == 0 ? "\"\(quoted)\"" : blanks == 1 ? "space" : "\(blanks) spaces")
      quoted = ""
    }
    for unit in ByteUnitScanner.units(of: bytes) {
      switch unit {
      case .scalar("\n"), .scalar("\t"), .stray:
        close()
        parts.append(unit == .scalar("\n") ? "newline" : unit == .scalar("\t") ? "tab" : Self.name(of: unit))
      case .scalar(" "): quoted += " "
      case .scalar: quoted += PrintableToken.label(for: unit, glyphs: glyphs, isFirst: quoted.isEmpty)
      }
    }
    close()
    return parts.isEmpty ? "nothing" : parts.joined(separator: " ")
  }

  private static func name(of unit: ByteUnit) -> String {
    guard case .stray(let byte) = unit else { return "" }
    return "byte " + byte.hexadecimal(uppercase: true)
  }

  /// A probability: "41.2%", "under 0.01%".
  func percent(_ share: Double) -> String {
    let text = NumberFormat.percent(share)
    return switch text.first {
    case "<": "under " + text.dropFirst()
    case ">": "over " + text.dropFirst()
    default: text
    }
  }

  /// "27.0% to 34.9%"; one number where both bounds read alike.
  func percent(_ bounds: ClosedRange<Double>) -> String {
    RangeText.both(bounds) { percent($0) }
  }

  /// The lines of a text, with control characters replaced.
  func lines(_ bytes: some Sequence<UInt8>) -> [String] {
    String(decoding: Array(bytes), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { PrintableToken.line(String($0), glyphs: glyphs) }
  }

  /// With a capital letter, but for u, the name of a number.
  static func capitalized(_ text: String) -> String {
    text.hasPrefix("u ") ? text : text.prefix(1).uppercased() + text.dropFirst()
  }

  /// A message of the program, with words for its symbols.
  func sentence(_ text: String) -> String {
    // An arrow that begins a part of a sentence is a key.
    let text = [": ", "; "].reduce(text) { $0.replacing("\($1)→ ", with: "\($1)Right ") }
    let spoken = text.escaped { scalar in
      switch scalar {
      case "→": "then"
      case "·": "-"
      case "×": " times"
      case "∞": "infinity"
      case "≤": "at most"
      case "←": "-"
      case "␣": "_"
      default: nil
      }
    }
    return glyphs.spelled(spoken)
  }

  /// The keys of the key table: `Right or l`.
  func keys(_ shown: String) -> String {
    shown.split(separator: " ").map { Self.names[$0] ?? String($0) }.joined(separator: " or ")
  }

  /// A line of the key table: "step back; Right replays".
  func keyHelp(_ text: String) -> String {
    text.reduce(into: "") { $0 += Self.names[String($1)[...]] ?? String($1) }
  }

  private static let names: [Substring: String] = ["→": "Right", "←": "Left", "↑": "Up", "↓": "Down"]

  /// Names of the signs that screen readers skip.
  private static let signs: [Character: String] = [
    ".": "full stop", ",": "comma", ";": "semicolon", ":": "colon", "!": "exclamation mark",
    "?": "question mark",
    "\"": "quote", "“": "opening quote", "”": "closing quote", "'": "apostrophe", "‘": "opening single quote",
    "’": "closing single quote", "-": "hyphen", "–": "en dash", "—": "em dash", "…": "ellipsis",
    "(": "opening parenthesis", ")": "closing parenthesis", "[": "opening bracket", "]": "closing bracket",
    "{": "opening brace", "}": "closing brace", "/": "slash", "\\": "backslash", "*": "asterisk",
    "_": "underscore",
    "#": "number sign", "&": "ampersand", "@": "at sign", "`": "backtick", "|": "vertical bar", "~": "tilde",
    "^": "caret", "<": "less than", ">": "greater than", "=": "equals", "+": "plus",
  ]
}
