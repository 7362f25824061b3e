/// A JSON value as written in the text: members keep their order and duplicates, numbers their digits.
///
/// Kept literally because callers need it: a safetensors header must tell `2` from `2.0`, a
/// vocabulary needs its members in order, and no number may lose a digit on the way.
public indirect enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// The literal, valid by the JSON grammar: `2`, `-0`, `1.5e-3`; in a file of a model also `NaN` and `-Infinity`.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  /// No config.json or index of a real model comes near this many bytes.
  static let largestDocument = 1 << 24

  /// A member of an object.
  public struct Member: Equatable, Sendable {
    /// The name, without escapes.
    public var name: String
    /// The value.
    public var value: JSON

    /// A member with this name and value.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The value of the last member with this name (as Python's `json` resolves duplicates), or nil.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// The value, when the literal is an integer without sign of fraction or exponent that fits `Int`.
  public var int: Int? {
    guard case .number(let literal) = self else { return nil }
    return Int(literal)
  }

  /// The number as a double, rounded where it has more digits; nil for any other value.
  public var double: Double? {
    guard case .number(let literal) = self else { return nil }
    return Double(literal)
  }

  /// The string; nil for any other value.
  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The truth value; nil for any other value.
  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The elements of an array; nil for any other value.
  public var array: [JSON]? {
    guard case .array(let values) = self else { return nil }
    return values
  }

  /// The members of an object, in order and with duplicates; nil for any other value.
  public var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

// MARK: - Building

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }

  /// An integer, with all its digits.
  public init(_ value: some BinaryInteger) { self = .number(String(value)) }
  /// A string.
  public init(_ value: String) { self = .string(value) }
  /// A truth value.
  public init(_ value: Bool) { self = .bool(value) }

  /// The shortest digits that restore the number exactly; null where it is not finite.
  public init(_ value: some BinaryFloatingPoint & LosslessStringConvertible) {
    guard value.isFinite else {
      self = .null
      return
    }
    self = .number(NumberFormat.shortest(value))
  }

  /// All digits of the double that a float is. The shortest that restore the float would be another double.
  public init(exactly value: Float) { self.init(Double(value)) }

  /// A string; null for nil.
  public init(_ value: String?) { self = value.map(JSON.string) ?? .null }
  /// A number as `init(_:)` writes it; null for nil or a number that is not finite.
  public init(_ value: Double?) { self = value.map { JSON($0) } ?? .null }
  /// An array of the lower and the upper bound.
  public init(_ bounds: ClosedRange<Double>) { self = [JSON(bounds.lowerBound), JSON(bounds.upperBound)] }
  /// An array of the lower and the upper bound.
  public init(_ bounds: ClosedRange<Int>) { self = [JSON(bounds.lowerBound), JSON(bounds.upperBound)] }
  /// An array of integers.
  public init(_ values: [Int]) { self = .array(values.map { JSON($0) }) }
  /// An array of strings.
  public init(_ values: [String]) { self = .array(values.map(JSON.string)) }
}

// MARK: - Writing

extension JSON: CustomStringConvertible {
  /// One line, no spaces between tokens; text other than control characters (also those of 8 bits), `"` and `\` stays as it is.
  public var description: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Appends the value as `description` gives it.
  public func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let literal): text += literal
    case .string(let value): JSON.write(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        JSON.write(member.name, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func write(_ value: String, to text: inout String) {
    text += "\""
    text += value.escaped { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": "\\u" + scalar.value.hexadecimal(digits: 4)
      default: nil
      }
    }
    text += "\""
  }
}
