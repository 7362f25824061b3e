/// A defect of a JSON text, and its place.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Zero-based offset of the offending byte.
  public let offset: Int
  /// One-based.
  public let line: Int
  /// The defect, without its place: "a member name in quotes is missing".
  public let problem: String

  public var description: String { "\(problem) at line \(line) (byte \(offset))" }
}

extension JSON {
  /// Parses one JSON document (RFC 8259) strictly: no byte-order mark, comments, trailing commas, raw
  /// control characters, lone surrogates, nesting deeper than 128, or text after the value.
  public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
    try self.init(parsing: bytes, dialect: .strict)
  }

  /// Parses one JSON document, as `init(parsing:)` of a buffer does.
  public init(parsing bytes: [UInt8]) throws(JSONError) { try self.init(parsing: bytes, dialect: .strict) }

  init(parsing bytes: UnsafeRawBufferPointer, dialect: JSONDialect) throws(JSONError) {
    var scanner = JSONScanner(bytes, dialect: dialect)
    self = try JSON(readFrom: &scanner)
    try scanner.finish()
  }

  init(parsing bytes: [UInt8], dialect: JSONDialect) throws(JSONError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in try JSON(parsing: buffer, dialect: dialect) }
    }
    self = try result.get()
  }

  /// Parses one JSON document, as `init(parsing:)` of a buffer does.
  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }

  /// Reads the value at the scanner's position, and moves past it.
  init(readFrom scanner: inout JSONScanner) throws(JSONError) {
    var text: [UInt8] = []
    self = try JSON.read(from: &scanner, scratch: &text)
  }

  private static func read(
    from scanner: inout JSONScanner, scratch text: inout [UInt8]
  ) throws(JSONError) -> JSON {
    switch scanner.next {
    case UInt8(ascii: "{"):
      var members: [Member] = []
      try scanner.open(.object)
      while try scanner.hasNext(in: .object) {
        try scanner.readName(into: &text)
        let name = String(decoding: text, as: UTF8.self)
        members.append(Member(name, try read(from: &scanner, scratch: &text)))
      }
      return .object(members)
    case UInt8(ascii: "["):
      var values: [JSON] = []
      try scanner.open(.array)
      while try scanner.hasNext(in: .array) { values.append(try read(from: &scanner, scratch: &text)) }
      return .array(values)
    case UInt8(ascii: "\""):
      try scanner.readString(into: &text)
      return .string(String(decoding: text, as: UTF8.self))
    case UInt8(ascii: "t"):
      try scanner.readWord("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try scanner.readWord("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try scanner.readWord("null")
      return .null
    default:
      let literal = try scanner.readNumber().literal
      return .number(String(decoding: scanner.bytes[literal], as: UTF8.self))
    }
  }
}
