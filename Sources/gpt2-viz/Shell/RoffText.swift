/// Text for `man`: the macros of man(7), which groff and mandoc both read.
struct RoffText {
  private(set) var source = ""

  /// Lines of the source stay below this, as mandoc's style asks.
  private static let width = 76

  /// From here on no word is cut at the end of a line: options and settings stay as they are typed.
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

  /// An entry of a list: the term in bold, what stands for a value in italics.
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
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace).map({ Self.word(String($0)) }) {
      if !line.isEmpty, line.utf8.count + 1 + word.utf8.count > Self.width || Self.endsSentence(line) {
        macro(Self.protected(line))
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { macro(Self.protected(line)) }
  }

  private static func endsSentence(_ line: String) -> Bool {
    [".", "?", "!"].contains { line.hasSuffix($0) || line.hasSuffix("\($0))") }
  }

  // MARK: Characters

  static func bold(_ text: String) -> String { "\\fB" + escaped(text) + "\\fR" }

  static func italic(_ text: String) -> String { "\\fI" + escaped(text) + "\\fR" }

  /// Every character as it is: roff takes `-` for a hyphen and `'` for a closing quote.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "'": escaped += "\\(aq"
      case "`": escaped += "\\(ga"
      case "^": escaped += "\\(ha"
      case "~": escaped += "\\(ti"
      case "\"": escaped += "\\(dq"
      case _ where scalar.isASCII: escaped.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        escaped += "\\[u" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits + "]"
      }
    }
  }

  /// A word of prose. A lone `?` ends no sentence.
  private static func word(_ word: String) -> String { escaped(word) + (word == "?" ? "\\&" : "") }

  /// A line that begins with a dot would be a command.
  private static func protected(_ line: String) -> String { line.hasPrefix(".") ? "\\&" + line : line }

  private static func quoted(_ text: String) -> String { "\"" + escaped(text) + "\"" }
}
