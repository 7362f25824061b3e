/// What is wrong with a JSON text, and at which byte.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Zero-based offset of the offending byte.
  public let offset: Int
  /// One-based.
  public let line: Int
  public let problem: String

  public var description: String { "\(problem) at line \(line) (byte \(offset))" }
}

extension JSON {
  /// Parses one JSON document (RFC 8259) strictly: no byte-order mark, comments, trailing commas, raw
  /// control characters, lone surrogates, nesting deeper than 128, nor anything after the value but blanks.
  public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.parseDocument()
  }

  public init(parsing bytes: [UInt8]) throws(JSONError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in try JSON(parsing: buffer) }
    }
    self = try result.get()
  }

  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }
}

private struct JSONParser {
  private static let deepestNesting = 128

  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func parseDocument() throws(JSONError) -> JSON {
    skipBlanks()
    let value = try parseValue()
    skipBlanks()
    guard position == bytes.count else { throw error("text after the end of the document") }
    return value
  }

  // MARK: Values

  private mutating func parseValue() throws(JSONError) -> JSON {
    guard let byte = peek() else { throw error("the text ends where a value should stand") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.parseObject() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.parseArray() }
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    default: return .number(try parseNumber())
    }
  }

  private mutating func nested(
    _ parse: (inout JSONParser) throws(JSONError) -> JSON
  ) throws(JSONError) -> JSON {
    guard depth < Self.deepestNesting else { throw error("nesting deeper than \(Self.deepestNesting)") }
    depth += 1
    position += 1
    let value = try parse(&self)
    depth -= 1
    return value
  }

  private mutating func parseObject() throws(JSONError) -> JSON {
    var members: [JSON.Member] = []
    skipBlanks()
    if take("}") { return .object(members) }
    while true {
      skipBlanks()
      guard peek() == UInt8(ascii: "\"") else { throw error("a member name in quotes is missing") }
      let name = try parseString()
      skipBlanks()
      guard take(":") else { throw error("a colon is missing after a member name") }
      skipBlanks()
      members.append(JSON.Member(name, try parseValue()))
      skipBlanks()
      if take(",") { continue }
      if take("}") { return .object(members) }
      throw error("a comma or closing brace is missing")
    }
  }

  private mutating func parseArray() throws(JSONError) -> JSON {
    var values: [JSON] = []
    skipBlanks()
    if take("]") { return .array(values) }
    while true {
      skipBlanks()
      values.append(try parseValue())
      skipBlanks()
      if take(",") { continue }
      if take("]") { return .array(values) }
      throw error("a comma or closing bracket is missing")
    }
  }

  private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count,
      (0..<word.utf8CodeUnitCount).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
    else { throw error("a value that is no JSON") }
    position = end
    return value
  }

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  private mutating func parseNumber() throws(JSONError) -> String {
    let start = position
    _ = take("-")
    if !take("0") {
      guard skipDigits() > 0 else { throw error("a value that is no JSON") }
    }
    if take(".") {
      guard skipDigits() > 0 else { throw error("a number without digits after its point") }
    }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      guard skipDigits() > 0 else { throw error("a number without digits in its exponent") }
    }
    if let byte = peek(), Self.isDigit(byte) { throw error("a number with a leading zero") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func parseString() throws(JSONError) -> String {
    position += 1
    let start = position
    // Most strings have no escape: one scan, one copy.
    while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    if peek() == UInt8(ascii: "\"") {
      defer { position += 1 }
      return try text(bytes[start..<position], at: start)
    }
    var unescaped = Array(bytes[start..<position])
    while true {
      guard let byte = peek() else { throw error("a string without a closing quote") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(unescaped[...], at: start)
      case UInt8(ascii: "\\"): unescaped.append(contentsOf: try parseEscape())
      case 0..<0x20: throw error("a raw control character in a string", at: position - 1)
      default: unescaped.append(byte)
      }
    }
  }

  private mutating func parseEscape() throws(JSONError) -> [UInt8] {
    guard let byte = peek() else { throw error("a string without a closing quote") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var value = try parseHexDigits()
      if (0xD800..<0xDC00).contains(value), take("\\"), take("u") {
        let low = try parseHexDigits()
        guard (0xDC00..<0xE000).contains(low) else { throw error("a lone surrogate in a string") }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw error("a lone surrogate in a string") }
      return Array(Character(scalar).utf8)
    default: throw error("an unknown escape in a string", at: position - 1)
    }
  }

  private mutating func parseHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits are missing after \\u")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private func text(_ slice: some Collection<UInt8>, at start: Int) throws(JSONError) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw error("a string that is not UTF-8", at: start)
    }
    return text
  }

  // MARK: Bytes

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = peek(), Self.isDigit(byte) { position += 1 }
    return position - start
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private func error(_ problem: String, at offset: Int? = nil) -> JSONError {
    let offset = offset ?? position
    let line = 1 + bytes.prefix(offset).count { $0 == 0x0A }
    return JSONError(offset: offset, line: line, problem: problem)
  }
}
