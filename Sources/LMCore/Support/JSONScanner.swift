/// Which numbers a JSON text may hold.
enum JSONDialect: Sendable {
  /// RFC 8259.
  case strict
  /// What Python's `json` writes and reads: also `NaN`, `Infinity` and `-Infinity`.
  case python
}

/// Reads one JSON text from front to back, strictly (RFC 8259), but for the numbers of its dialect.
///
/// `JSON(parsing:)` builds values on it; readers of large files (a vocabulary of 50,000 names) use it directly
/// and make no string per name. Objects and arrays are read as
///
///     try scanner.open(.object)
///     while try scanner.hasNext(in: .object) { try scanner.readName(into: &name); try scanner.skipValue() }
struct JSONScanner {
  enum Container {
    case object, array

    fileprivate var opening: UInt8 { self == .object ? UInt8(ascii: "{") : UInt8(ascii: "[") }
    fileprivate var closing: UInt8 { self == .object ? UInt8(ascii: "}") : UInt8(ascii: "]") }
  }

  /// As many levels as serde_json, which reads safetensors headers, allows.
  static let deepestNesting = 128

  private static let notFinite: [StaticString] = ["NaN", "Infinity", "-Infinity"]

  let bytes: UnsafeRawBufferPointer
  private let dialect: JSONDialect
  private(set) var position: Int
  private var depth = 0
  private var isAtFirstItem = false

  init(_ bytes: UnsafeRawBufferPointer, dialect: JSONDialect = .strict) {
    (self.bytes, self.dialect) = (bytes, dialect)
    position = 0
    skipBlanks()
  }

  /// The next byte that is not white space; nil at the end of the text.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Throws unless the whole text is read.
  func finish() throws(JSONError) {
    guard position == bytes.count else { throw error("text after the end of the document") }
  }

  // MARK: Containers

  /// Enters the object or array that must start here.
  mutating func open(_ container: Container) throws(JSONError) {
    guard next == container.opening else {
      throw error(container == .object ? "an object is missing" : "an array is missing")
    }
    guard depth < Self.deepestNesting else { throw error("nesting deeper than \(Self.deepestNesting)") }
    depth += 1
    isAtFirstItem = true
    advance()
  }

  /// True where another member or element follows. Moves past the comma before it, or out of the container.
  mutating func hasNext(in container: Container) throws(JSONError) -> Bool {
    let isFirst = isAtFirstItem
    isAtFirstItem = false
    if next == container.closing {
      depth -= 1
      advance()
      return false
    }
    if !isFirst {
      guard next == UInt8(ascii: ",") else {
        throw error(
          container == .object
            ? "a comma or closing brace is missing" : "a comma or closing bracket is missing")
      }
      advance()
    }
    if container == .object && next != UInt8(ascii: "\"") {
      throw error("a member name in quotes is missing")
    }
    return true
  }

  /// Replaces `name` by the UTF-8 of the member name here, and moves past the colon.
  mutating func readName(into name: inout [UInt8]) throws(JSONError) {
    try readString(into: &name)
    guard next == UInt8(ascii: ":") else { throw error("a colon is missing after a member name") }
    advance()
  }

  // MARK: Values

  /// Moves past one value of any kind.
  mutating func skipValue() throws(JSONError) {
    var ignored: [UInt8] = []
    try skipValue(scratch: &ignored)
  }

  private mutating func skipValue(scratch: inout [UInt8]) throws(JSONError) {
    switch next {
    case UInt8(ascii: "{"):
      try open(.object)
      while try hasNext(in: .object) {
        try readName(into: &scratch)
        try skipValue(scratch: &scratch)
      }
    case UInt8(ascii: "["):
      try open(.array)
      while try hasNext(in: .array) { try skipValue(scratch: &scratch) }
    case UInt8(ascii: "\""): try readString(into: &scratch)
    case UInt8(ascii: "t"): try readWord("true")
    case UInt8(ascii: "f"): try readWord("false")
    case UInt8(ascii: "n"): try readWord("null")
    default: _ = try readNumber()
    }
  }

  /// Moves past an object or array that is read strictly later: here only brackets and quotes count.
  mutating func skipUnread() throws(JSONError) {
    guard next == Container.object.opening || next == Container.array.opening else { return try skipValue() }
    var level = 0
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): level += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        level -= 1
        if level == 0 { return skipBlanks() }
      case UInt8(ascii: "\""):
        while let byte = next, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        position = min(position + 1, bytes.count)
      default: break
      }
    }
    throw error("the text ends inside an object or array")
  }

  mutating func readWord(_ word: StaticString) throws(JSONError) {
    guard stands(word) else { throw error("a value that is no JSON") }
    position += word.utf8CodeUnitCount
    skipBlanks()
  }

  private func stands(_ word: StaticString) -> Bool {
    position + word.utf8CodeUnitCount <= bytes.count
      && (0..<word.utf8CodeUnitCount).allSatisfy { bytes[position + $0] == word.utf8Start[$0] }
  }

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, or a word of Python's for a number that is not finite.
  ///
  /// - Returns: where the literal stands in `bytes`.
  mutating func readNumber() throws(JSONError) -> Range<Int> {
    guard position < bytes.count else { throw error("the text ends where a value should stand") }
    let start = position
    if dialect == .python, let word = Self.notFinite.first(where: stands) {
      position += word.utf8CodeUnitCount
      defer { skipBlanks() }
      return start..<position
    }
    take("-")
    if !take("0") {
      guard skipDigits() > 0 else { throw error("a value that is no JSON") }
    }
    if take(".") {
      guard skipDigits() > 0 else { throw error("a number without digits after its point") }
    }
    if take("e") || take("E") {
      if !take("+") { take("-") }
      guard skipDigits() > 0 else { throw error("a number without digits in its exponent") }
    }
    if let byte = next, Self.isDigit(byte) { throw error("a number with a leading zero") }
    defer { skipBlanks() }
    return start..<position
  }

  /// Replaces `text` by the UTF-8 of the string that must start here.
  mutating func readString(into text: inout [UInt8]) throws(JSONError) {
    guard next == UInt8(ascii: "\"") else { throw error("a string is missing") }
    position += 1
    text.removeAll(keepingCapacity: true)
    var isASCII = true
    while true {
      let start = position
      var union: UInt8 = 0
      while position < bytes.count {
        let byte = bytes[position]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
        union |= byte
        position += 1
      }
      text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
      if union >= 0x80 { isASCII = false }
      if !isASCII, let bad = UnsafeRawBufferPointer(rebasing: bytes[start..<position]).firstInvalidUTF8() {
        throw error("a string that is not UTF-8", at: start + bad)
      }
      guard let byte = next else { throw error("a string without a closing quote") }
      guard byte >= 0x20 else { throw error("a raw control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\"") { break }
      try readEscape(into: &text)
    }
    skipBlanks()
  }

  private mutating func readEscape(into text: inout [UInt8]) throws(JSONError) {
    guard let byte = next else { throw error("a string without a closing quote") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var value = try readHexDigits()
      if (0xD800..<0xDC00).contains(value), take("\\"), take("u") {
        let low = try readHexDigits()
        guard (0xDC00..<0xE000).contains(low) else { throw error("a lone surrogate in a string") }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw error("a lone surrogate in a string") }
      text.append(contentsOf: UTF8.encode(scalar)!)
    default: throw error("an unknown escape in a string", at: position - 1)
    }
  }

  private mutating func readHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = next ?? 0
      // Upper to lower case; digits already have this bit.
      let lower = byte | 0x20
      let digit: UInt8
      switch lower {
      case UInt8(ascii: "0")...UInt8(ascii: "9") where byte == lower: digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = lower - UInt8(ascii: "a") + 10
      default: throw error("four hexadecimal digits are missing after \\u")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  // MARK: Bytes

  private mutating func advance() {
    position += 1
    skipBlanks()
  }

  @discardableResult
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, Self.isDigit(byte) { position += 1 }
    return position - start
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  func error(_ problem: String, at offset: Int? = nil) -> JSONError {
    let offset = offset ?? position
    let line = 1 + bytes.prefix(offset).count { $0 == 0x0A }
    return JSONError(offset: offset, line: line, problem: problem)
  }
}
