import LMCore
import Presentation

/// Text for `man`: the macros of man(7), which groff and mandoc both read.
struct RoffText {
  private(set) var source = ""

  /// Lines of the source stay below this, as mandoc's style asks.
  private static let width = 76

  /// Turns hyphenation off: options and settings must stand as they are typed.
  static let wholeWords = ".nh"

  /// A heading begins a paragraph of its own.
  private var isBelowHeading = false

  mutating func macro(_ line: String) {
    source += line + "\n"
    isBelowHeading = false
  }

  mutating func heading(_ title: String) { head(".SH ", title) }

  mutating func subheading(_ title: String) { head(".SS ", title) }

  private mutating func head(_ name: String, _ title: String) {
    macro(name + Self.quoted(title))
    isBelowHeading = true
  }

  /// A paragraph of prose in which nothing is a command.
  mutating func paragraph(_ text: String) {
    if !isBelowHeading { macro(".PP") }
    prose(text)
  }

  /// An entry of a list of terms.
  mutating func entry(_ term: String, _ text: String) {
    macro(".TP")
    macro(term)
    prose(text)
  }

  /// Lines as they are, such as commands to be typed.
  mutating func example(_ lines: [String]) {
    if !isBelowHeading { macro(".PP") }
    macro(".EX")
    for line in lines { macro(Self.protected(Self.escaped(line))) }
    macro(".EE")
    // groff's .EE turns hyphenation on again.
    macro(Self.wholeWords)
  }

  /// Each sentence begins a line.
  private mutating func prose(_ text: String) {
    var sentence: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace).map({ Self.word(String($0)) }) {
      sentence.append(word)
      if Self.endsSentence(word) { finish(&sentence) }
    }
    finish(&sentence)
  }

  private mutating func finish(_ sentence: inout [String]) {
    guard !sentence.isEmpty else { return }
    for line in TextFit.wrap(sentence.joined(separator: " "), columns: Self.width, breaksWords: false) {
      macro(Self.protected(line))
    }
    sentence = []
  }

  private static func endsSentence(_ word: String) -> Bool {
    [".", "?", "!"].contains { word.hasSuffix($0) || word.hasSuffix("\($0))") }
  }

  // MARK: Characters

  static func bold(_ text: String) -> String { "\\fB" + escaped(text) + "\\fR" }

  static func italic(_ text: String) -> String { "\\fI" + escaped(text) + "\\fR" }

  /// Keeps characters as they are: roff reads `-` as a hyphen and `'` as a closing quote.
  static func escaped(_ text: String) -> String {
    text.escaped { scalar in
      switch scalar {
      case "\\": "\\e"
      case "-": "\\-"
      case "'": "\\(aq"
      case "`": "\\(ga"
      case "^": "\\(ha"
      case "~": "\\(ti"
      case "\"": "\\(dq"
      case _ where scalar.isASCII: nil
      default: "\\[u\(scalar.value.hexadecimal(digits: 4, uppercase: true))]"
      }
    }
  }

  /// A word of prose. A lone `?` ends no sentence.
  private static func word(_ word: String) -> String { escaped(word) + (word == "?" ? "\\&" : "") }

  /// A line that begins with a dot would be a command.
  private static func protected(_ line: String) -> String { line.hasPrefix(".") ? "\\&" + line : line }

  private static func quoted(_ text: String) -> String { "\"" + escaped(text) + "\"" }
}
