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
  @inline(__always)
  mutating func hasNext(in container: Container) throws(JSONError) -> Bool {
    let isFirst = isAtFirstItem
    isAtFirstItem = false
    let byte = next
    if byte == container.closing {
      depth -= 1
      advance()
      return false
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else { throw separatorError(in: container) }
      advance()
    }
    if container == .object && next != UInt8(ascii: "\"") {
      throw error("a member name in quotes is missing")
    }
    return true
  }

  private func separatorError(in container: Container) -> JSONError {
    error(
      container == .object ? "a comma or closing brace is missing" : "a comma or closing bracket is missing")
  }

  /// Replaces `name` by the UTF-8 of the member name here, and moves past the colon.
  mutating func readName(into name: inout [UInt8]) throws(JSONError) {
    try readString(into: &name)
    try readColon()
  }

  /// Moves past the member name here and its colon, without a copy of one that is sought.
  ///
  /// - Returns: the place in `names`; nil for another name, and for one with escapes.
  mutating func readName(among names: MemberNames) throws(JSONError) -> Int? {
    guard next == UInt8(ascii: "\""), let (place, size) = names.find(in: word(at: position + 1)) else {
      var ignored: [UInt8] = []
      try readName(into: &ignored)
      return nil
    }
    position += size
    advance()
    try readColon()
    return place
  }

  @inline(__always)
  private mutating func readColon() throws(JSONError) {
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
    guard stands(word, at: position) else { throw error("a value that is no JSON") }
    position += word.utf8CodeUnitCount
    skipBlanks()
  }

  private func stands(_ word: StaticString, at start: Int) -> Bool {
    guard start + word.utf8CodeUnitCount <= bytes.count else { return false }
    let text = word.utf8Start
    for offset in 0..<word.utf8CodeUnitCount where bytes[start + offset] != text[offset] { return false }
    return true
  }

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, or a word of Python's for a number that is not finite.
  mutating func readNumber() throws(JSONError) -> JSONNumber {
    let start = position
    guard start < bytes.count else { throw error("the text ends where a value should stand") }
    if dialect == .python, let word = Self.notFinite.first(where: { stands($0, at: start) }) {
      position += word.utf8CodeUnitCount
      defer { skipBlanks() }
      return JSONNumber(
        literal: start..<position, isNegative: false, digits: 0, digitCount: .max, exponent: 0)
    }
    let isNegative = take("-")
    let startsWithZero = next == UInt8(ascii: "0")
    var (digits, exponent) = (UInt64(0), 0)
    var digitCount = readDigits(into: &digits)
    guard digitCount > 0 else { throw error("a value that is no JSON") }
    guard !startsWithZero || digitCount == 1 else {
      throw error("a number with a leading zero", at: position - digitCount + 1)
    }
    if take(".") {
      let count = readDigits(into: &digits)
      guard count > 0 else { throw error("a number without digits after its point") }
      digitCount += count
      exponent = -count
    }
    if take("e") || take("E") {
      let isBelowOne = !take("+") && take("-")
      var size: UInt64 = 0
      let count = readDigits(into: &size)
      guard count > 0 else { throw error("a number without digits in its exponent") }
      let bounded = count < 10 ? Int(size) : 1_000_000_000
      exponent += isBelowOne ? -bounded : bounded
    }
    defer { skipBlanks() }
    return JSONNumber(
      literal: start..<position, isNegative: isNegative, digits: digits, digitCount: digitCount,
      exponent: exponent)
  }

  /// The number here as the nearest `Double`, ties to even; infinite where it is too large.
  mutating func readDouble() throws(JSONError) -> Double { try readNumber().value(in: bytes) }

  /// Replaces `values` by the array of whole numbers in 0...255 that must start here.
  ///
  /// - Returns: false where another number is among them; the array is then read in part.
  mutating func readBytes(into values: inout [UInt8]) throws(JSONError) -> Bool {
    values.removeAll(keepingCapacity: true)
    try open(.array)
    readPlainBytes(into: &values)
    while try hasNext(in: .array) {
      guard let value = UInt8(exactly: try readDouble()) else { return false }
      values.append(value)
    }
    return true
  }

  /// Moves past the first elements of an array that are numbers in 0...255 in digits alone, with nothing but commas between them.
  private mutating func readPlainBytes(into values: inout [UInt8]) {
    var place = position
    while place < bytes.count {
      let start = place
      var value = 0
      while place < bytes.count, case let digit = bytes[place] &- UInt8(ascii: "0"), digit < 10, value < 256 {
        value = value &* 10 &+ Int(digit)
        place += 1
      }
      guard place > start, place < bytes.count, value < 256,
        place == start + 1 || bytes[start] != UInt8(ascii: "0"),
        bytes[place] == UInt8(ascii: ",") || bytes[place] == UInt8(ascii: "]")
      else { return }
      values.append(UInt8(truncatingIfNeeded: value))
      (position, isAtFirstItem) = (place, false)
      // `hasNext` reads what follows the last.
      guard bytes[place] == UInt8(ascii: ",") else { return }
      place += 1
    }
  }

  /// Replaces `text` by the UTF-8 of the string that must start here.
  mutating func readString(into text: inout [UInt8]) throws(JSONError) {
    guard next == UInt8(ascii: "\"") else { throw error("a string is missing") }
    position += 1
    text.removeAll(keepingCapacity: true)
    var isASCII = true
    while true {
      let run = plainRun(from: position)
      let part = UnsafeRawBufferPointer(rebasing: bytes[position..<run.end])
      text.append(contentsOf: part)
      isASCII = isASCII && run.isASCII
      if !isASCII, let bad = part.firstInvalidUTF8() {
        throw error("a string that is not UTF-8", at: position + bad)
      }
      position = run.end
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

  @inline(__always)
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

  @inline(__always)
  private mutating func skipBlanks() {
    // Most texts have none.
    guard position < bytes.count, bytes[position] <= 0x20 else { return }
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  /// The eight bytes from there, the first one lowest; zeros behind the end of the text.
  @inline(__always)
  private func word(at start: Int) -> UInt64 {
    if start + 8 <= bytes.count {
      return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    return MemberNames.word(bytes[min(start, bytes.count)...])
  }

  /// Moves past the digits here; `number` becomes what it is with them behind it, modulo 2^64.
  ///
  /// - Returns: how many there are.
  private mutating func readDigits(into number: inout UInt64) -> Int {
    var (place, value) = (position, number)
    while place < bytes.count, case let digit = bytes[place] &- UInt8(ascii: "0"), digit < 10 {
      value = value &* 10 &+ UInt64(digit)
      place += 1
    }
    defer { (position, number) = (place, value) }
    return place - position
  }

  /// Where the bytes of a string end that stand for themselves: at a quote, a backslash, a control character, or the end.
  private func plainRun(from start: Int) -> (end: Int, isASCII: Bool) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highBits = ones << 7
    var (place, union) = (start, UInt64(0))
    while place + 8 <= bytes.count {
      let word = self.word(at: place)
      // A byte's high bit where it is the one that is looked for. A borrow marks no byte below the first of these.
      let (quote, backslash) = (word ^ ones &* 0x22, word ^ ones &* 0x5C)
      let isQuote = (quote &- ones) & ~quote
      let isBackslash = (backslash &- ones) & ~backslash
      let isControl = (word &- ones &* 0x20) & ~word
      let ends = (isQuote | isBackslash | isControl) & highBits
      if ends != 0 {
        let below = (ends & (0 &- ends)) &- 1
        return (place + ends.trailingZeroBitCount / 8, (union | word & below) & highBits == 0)
      }
      union |= word
      place += 8
    }
    while place < bytes.count, case let byte = bytes[place], byte >= 0x20,
      byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
    {
      union |= UInt64(byte)
      place += 1
    }
    return (place, union & highBits == 0)
  }

  @inline(never)
  func error(_ problem: String, at offset: Int? = nil) -> JSONError {
    let offset = offset ?? position
    let line = 1 + bytes.prefix(offset).count { $0 == 0x0A }
    return JSONError(offset: offset, line: line, problem: problem)
  }
}
