@testable import LMCore

/// The bytes of a GGUF file, right or wrong in each part.
struct GGUFBuilder {
  var magic = "GGUF"
  var version: UInt32 = 3
  /// Where they differ from the real ones.
  var keyCount: UInt64?
  var tensorCount: UInt64?
  var keys: [[UInt8]] = []
  var tensors: [[UInt8]] = []
  /// How the data are placed, whatever the keys say.
  var alignment = 32
  /// Bytes of data; byte i is i.
  var data = 0

  var bytes: [UInt8] {
    var bytes = Array(magic.utf8) + Self.number(version)
    bytes += Self.number(tensorCount ?? UInt64(tensors.count)) + Self.number(keyCount ?? UInt64(keys.count))
    for part in keys + tensors { bytes += part }
    if data > 0 { bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment) }
    return bytes + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
  }

  /// The error of a file with these bytes; nil where it can be read.
  var error: GGUFError? { Self.error(bytes) }

  static func error(_ bytes: [UInt8]) -> GGUFError? {
    bytes.withUnsafeBytes { buffer -> GGUFError? in
      do throws(GGUFError) {
        _ = try GGUFFile(bytes: buffer, name: "m")
        return nil
      } catch { return error }
    }
  }

  /// Uses the file while its bytes exist.
  func read<Result>(_ body: (GGUFFile) throws -> Result) throws -> Result {
    try bytes.withUnsafeBytes { try body(GGUFFile(bytes: $0, name: "m")) }
  }

  // MARK: Parts

  static func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  static func text(_ text: String) -> [UInt8] { Self.text(Array(text.utf8)) }

  static func text(_ bytes: [UInt8]) -> [UInt8] { number(UInt64(bytes.count)) + bytes }

  static func key(_ name: String, _ type: GGUFValueType, _ value: [UInt8]) -> [UInt8] {
    text(name) + number(type.rawValue) + value
  }

  static func list(
    _ name: String, _ element: GGUFValueType, count: UInt64, _ elements: [UInt8] = []
  ) -> [UInt8] {
    key(name, .array, number(element.rawValue) + number(count) + elements)
  }

  /// - Parameter dimensions: as the file has them: the number of columns first.
  static func tensor(
    _ name: String, _ dimensions: [UInt64], type: UInt32 = 0, offset: UInt64 = 0
  ) -> [UInt8] {
    text(name) + number(UInt32(dimensions.count)) + dimensions.flatMap { number($0) } + number(type)
      + number(offset)
  }

  /// A file with these keys and no tensors.
  static func with(keys: [UInt8]...) -> GGUFBuilder { GGUFBuilder(keys: keys) }

  /// A file with these tensors and no keys.
  static func with(tensors: [UInt8]..., data: Int) -> GGUFBuilder {
    GGUFBuilder(tensors: tensors, data: data)
  }
}
