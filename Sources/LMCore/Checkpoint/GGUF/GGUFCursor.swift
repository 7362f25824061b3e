/// Where in a GGUF file something is wrong.
public enum GGUFPlace: Equatable, Sendable, CustomStringConvertible {
  case header
  /// Counted from 1.
  case key(Int, of: Int)
  case value(key: String)
  /// Counted from 1.
  case tensor(Int, of: Int)

  /// As an error message names it.
  public var description: String {
    switch self {
    case .header: "its first bytes"
    case .key(let number, let count): "key \(number) of \(count)"
    case .value(let key): "the value of key \"\(ForeignText.line(key))\""
    case .tensor(let number, let count): "the entry of tensor \(number) of \(count)"
    }
  }
}

/// Reads the numbers and texts of a GGUF file one after the other, each only where the file still holds it.
struct GGUFCursor {
  let bytes: UnsafeRawBufferPointer
  /// The file's name in error messages.
  let file: String
  /// What is being read, for error messages.
  var place = GGUFPlace.header
  private(set) var position = 0

  var remaining: Int { bytes.count - position }

  init(bytes: UnsafeRawBufferPointer, file: String) { (self.bytes, self.file) = (bytes, file) }

  /// A little-endian number.
  mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type = Number.self
  ) throws(GGUFError) -> Number {
    let number = Number(
      littleEndian: try take(MemoryLayout<Number>.size).loadUnaligned(as: Number.self))
    return number
  }

  /// The bytes of a text: its length, then so many bytes.
  mutating func text() throws(GGUFError) -> UnsafeRawBufferPointer {
    let length = try integer(UInt64.self)
    guard length <= UInt64(remaining) else {
      throw .textTooLong(file: file, place: place, length: length, remaining: remaining)
    }
    return try take(Int(length))
  }

  /// The next bytes, not copied.
  mutating func take(_ count: Int) throws(GGUFError) -> UnsafeRawBufferPointer {
    guard count <= remaining else { throw .cutShort(file: file, place: place, size: bytes.count) }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }
}
