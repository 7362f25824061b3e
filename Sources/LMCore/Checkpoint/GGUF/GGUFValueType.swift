/// The type of a value in a GGUF file's metadata; the raw value is its number there.
public enum GGUFValueType: UInt32, CaseIterable, Sendable {
  case uint8
  case int8
  case uint16
  case int16
  case uint32
  case int32
  case float32
  case bool
  case string
  case array
  case uint64
  case int64
  case float64

  /// Bytes a value; nil where values differ in length.
  var size: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }
}

/// What the value of a key is: one value, or a list of values of one type.
public struct GGUFValueKind: Equatable, Sendable, CustomStringConvertible {
  /// Of the value, or of each element; never `array`.
  public let type: GGUFValueType
  /// True for a list.
  public let isList: Bool

  /// As an error message names it: "a list of texts".
  public var description: String {
    switch (type, isList) {
    case (.string, false): "a text"
    case (.string, true): "a list of texts"
    case (.bool, false): "true or false"
    case (.bool, true): "a list of true and false"
    case (.float32, false), (.float64, false): "a number with decimals"
    case (.float32, true), (.float64, true): "a list of numbers with decimals"
    case (_, false): "a whole number"
    case (_, true): "a list of whole numbers"
    }
  }
}
