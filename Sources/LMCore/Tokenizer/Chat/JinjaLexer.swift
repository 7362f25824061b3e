/// A part of a template: text that stays as it is, or what stands in `{{ }}` or `{% %}`.
enum JinjaPart {
  case text(String)
  case output([JinjaToken])
  case statement([JinjaToken])
}

enum JinjaToken: Equatable {
  case name(String)
  case text(String)
  case integer(Int)
  case sign(String)
}

/// Cuts a template into its parts, with white space as transformers has it: no line end behind a statement, no blanks before
/// one that begins a line, and none where a minus sign stands.
struct JinjaLexer {
  private let source: [UInt8]
  private var position = 0
  private(set) var parts: [JinjaPart] = []
  /// The text before the next tag.
  private var text: [UInt8] = []
  /// The white space behind the last tag is left out.
  private var trimsNext = false
  /// Nothing but the text stands before it in its line.
  private var startsLine = true

  init(_ template: String) throws(JinjaError) {
    var bytes = Array(template.replacing("\r\n", with: "\n").utf8)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    source = bytes
    while position < source.count {
      guard source[position] == UInt8(ascii: "{"), position + 1 < source.count,
        "%{#".utf8.contains(source[position + 1])
      else {
        text.append(source[position])
        position += 1
        continue
      }
      try readTag(source[position + 1])
    }
    flushText(trimsEnd: false)
  }

  private mutating func readTag(_ kind: UInt8) throws(JinjaError) {
    position += 2
    let isOutput = kind == UInt8(ascii: "{")
    var sign: UInt8?
    if position < source.count, "-+".utf8.contains(source[position]) {
      sign = source[position]
      position += 1
    }
    if !isOutput, sign == nil { stripBlanksOfLine() }
    flushText(trimsEnd: sign == UInt8(ascii: "-"))
    let end: [UInt8] = isOutput ? Array("}}".utf8) : [kind, UInt8(ascii: "}")]
    if kind == UInt8(ascii: "#") {
      guard let range = source[position...].firstRange(of: end) else {
        throw .syntax("a comment has no end")
      }
      let trims = range.lowerBound > position && source[range.lowerBound - 1] == UInt8(ascii: "-")
      position = range.upperBound
      return finishTag(trims: trims, isOutput: false)
    }
    var tokens: [JinjaToken] = []
    while true {
      skipSpace()
      if source[position...].starts(with: end) {
        position += 2
        finishTag(trims: false, isOutput: isOutput)
        break
      }
      if position < source.count, "-+".utf8.contains(source[position]),
        source[(position + 1)...].starts(with: end)
      {
        let trims = source[position] == UInt8(ascii: "-")
        position += 3
        finishTag(trims: trims, isOutput: isOutput || !trims)
        break
      }
      tokens.append(try token())
    }
    parts.append(isOutput ? .output(tokens) : .statement(tokens))
  }

  // MARK: White space

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }

  private mutating func flushText(trimsEnd: Bool) {
    if trimsNext { text.removeFirst(text.prefix(while: Self.isSpace).count) }
    if trimsEnd { text.removeLast(text.reversed().prefix(while: Self.isSpace).count) }
    trimsNext = false
    if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) }
    text.removeAll()
  }

  /// The blanks before a statement that begins its line.
  private mutating func stripBlanksOfLine() {
    let blanks = text.reversed().prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0B || $0 == 0x0C }.count
    let before = text.dropLast(blanks).last
    if before == 0x0A || before == nil && startsLine { text.removeLast(blanks) }
  }

  /// - Parameter isOutput: the line end behind it stays.
  private mutating func finishTag(trims: Bool, isOutput: Bool) {
    trimsNext = trims
    startsLine = false
    if !isOutput, !trims, position < source.count, source[position] == 0x0A {
      position += 1
      startsLine = true
    }
  }

  private mutating func skipSpace() {
    while position < source.count, Self.isSpace(source[position]) { position += 1 }
  }

  // MARK: Tokens

  private static let signs = [
    "==", "!=", "<=", ">=", "//", "**", "(", ")", "[", "]", "{", "}", ",", ".", ":", "|", "~", "+", "-", "*",
    "/",
    "%", "<", ">", "=",
  ]

  private mutating func token() throws(JinjaError) -> JinjaToken {
    guard position < source.count else { throw .syntax("a tag has no end") }
    let byte = source[position]
    func isWord(_ byte: UInt8) -> Bool {
      CharacterClass.isASCIILetter(byte) || byte == UInt8(ascii: "_") || byte &- 48 < 10
    }
    if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { return .text(try quoted(by: byte)) }
    if isWord(byte) {
      let word = String(decoding: source[position...].prefix(while: isWord), as: UTF8.self)
      position += word.utf8.count
      guard byte &- 48 < 10 else { return .name(word) }
      guard let value = Int(word) else { throw .unsupported("the number \(ForeignText.line(word))") }
      return .integer(value)
    }
    guard let sign = Self.signs.first(where: { source[position...].starts(with: $0.utf8) }) else {
      let rest = String(decoding: source[position...].prefix(12), as: UTF8.self)
      throw .syntax("\"\(ForeignText.line(rest))\" is unexpected")
    }
    position += sign.utf8.count
    return .sign(sign)
  }

  private mutating func quoted(by quote: UInt8) throws(JinjaError) -> String {
    position += 1
    var bytes: [UInt8] = []
    while position < source.count, source[position] != quote {
      if source[position] == UInt8(ascii: "\\"), position + 1 < source.count {
        let escaped = source[position + 1]
        switch escaped {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): bytes.append(escaped)
        case UInt8(ascii: "u"), UInt8(ascii: "U"), UInt8(ascii: "x"), UInt8(ascii: "N"), 48...57:
          throw .unsupported("the escape \\\(Unicode.Scalar(escaped))")
        default: bytes += [UInt8(ascii: "\\"), escaped]
        }
        position += 2
      } else {
        bytes.append(source[position])
        position += 1
      }
    }
    guard position < source.count else { throw .syntax("a text in quotes has no end") }
    position += 1
    return String(decoding: bytes, as: UTF8.self)
  }
}
