/// The value of one key where it lies in the file.
struct GGUFValue {
  let kind: GGUFValueKind
  /// Elements of a list, 1 for another value.
  let count: Int
  /// The elements one after the other; before the bytes of a text stands its length.
  let bytes: UnsafeRawBufferPointer

  /// Reads type and value. No memory is taken, and each length is compared with the bytes that are left.
  init(reading cursor: inout GGUFCursor, key: String) throws(GGUFError) {
    cursor.place = .value(key: key)
    let file = cursor.file
    func type(_ number: UInt32) throws(GGUFError) -> GGUFValueType {
      guard let type = GGUFValueType(rawValue: number) else {
        throw .unknownValueType(file: file, key: key, type: number)
      }
      return type
    }
    let single = try type(cursor.integer())
    guard single == .array else {
      kind = GGUFValueKind(type: single, isList: false)
      count = 1
      bytes = try Self.elements(1, of: single, &cursor, key: key)
      return
    }
    let element = try type(cursor.integer())
    guard element != .array else { throw .nestedList(file: file, key: key) }
    let length = try cursor.integer(UInt64.self)
    // The shortest text is the eight bytes of its length.
    guard length <= UInt64(cursor.remaining / (element.size ?? 8)) else {
      throw .listTooLong(file: file, key: key, count: length, remaining: cursor.remaining)
    }
    kind = GGUFValueKind(type: element, isList: true)
    count = Int(length)
    bytes = try Self.elements(count, of: element, &cursor, key: key)
  }

  private static func elements(
    _ count: Int, of type: GGUFValueType, _ cursor: inout GGUFCursor, key: String
  ) throws(GGUFError) -> UnsafeRawBufferPointer {
    if let size = type.size {
      let bytes = try cursor.take(count * size)
      if type == .bool, let value = bytes.first(where: { $0 > 1 }) {
        throw .neitherTrueNorFalse(file: cursor.file, key: key, value: value)
      }
      return bytes
    }
    let start = cursor.position
    for _ in 0..<count { _ = try cursor.text() }
    return UnsafeRawBufferPointer(rebasing: cursor.bytes[start..<cursor.position])
  }

  // MARK: Elements

  func flag(at index: Int) -> Bool { bytes[index] == 1 }

  /// The whole number; nil where the type is another, or the number greater than `Int.max`.
  func integer(at index: Int) -> Int? {
    switch kind.type {
    case .uint8: Int(load(UInt8.self, index))
    case .int8: Int(load(Int8.self, index))
    case .uint16: Int(load(UInt16.self, index))
    case .int16: Int(load(Int16.self, index))
    case .uint32: Int(load(UInt32.self, index))
    case .int32: Int(load(Int32.self, index))
    case .uint64: Int(exactly: load(UInt64.self, index))
    case .int64: Int(load(Int64.self, index))
    case .float32, .float64, .bool, .string, .array: nil
    }
  }

  /// The number of any type of numbers; NaN for another type.
  func number(at index: Int) -> Double {
    switch kind.type {
    case .float32: Double(Float(bitPattern: load(UInt32.self, index)))
    case .float64: Double(bitPattern: load(UInt64.self, index))
    case .uint64: Double(load(UInt64.self, index))
    default: integer(at: index).map { Double($0) } ?? .nan
    }
  }

  /// A number as an error message shows it.
  func written(at index: Int) -> String {
    switch kind.type {
    case .uint64: "\(load(UInt64.self, index))"
    case .float32, .float64: NumberFormat.shortest(number(at: index))
    default: integer(at: index).map { "\($0)" } ?? "\(kind)"
    }
  }

  private func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, _ index: Int) -> Number
  {
    Number(
      littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self))
  }
}

extension GGUFValueType {
  var isInteger: Bool {
    switch self {
    case .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: true
    case .float32, .float64, .bool, .string, .array: false
    }
  }

  var isNumber: Bool { isInteger || self == .float32 || self == .float64 }
}
