/// The keys of a GGUF file and their values, which are read where they lie when they are asked for.
///
/// Every error names the file and the key.
public struct GGUFMetadata {
  /// The file's name in error messages.
  public let file: String
  /// In the order of the file, each once.
  public private(set) var keys: [String] = []
  private var values: [String: GGUFValue] = [:]
  /// Owns the bytes of the values.
  private let owner: AnyObject?

  static let longestKey = 65_535
  /// Ten times as many as any file in use has hundreds; a count from a file takes no memory beyond them.
  static let mostKeys = 65_536
  /// The shortest key with its length and type, and a value of one byte.
  private static let smallestEntry = 14

  /// Reads keys up to the entries of tensors. Each length is compared with the bytes that are left.
  init(reading cursor: inout GGUFCursor, count: UInt64, owner: AnyObject?) throws(GGUFError) {
    (file, self.owner) = (cursor.file, owner)
    let most = min(Self.mostKeys, cursor.remaining / Self.smallestEntry)
    guard count <= UInt64(most) else { throw .tooManyKeys(file: file, count: count, most: most) }
    for number in 0..<Int(count) {
      cursor.place = .key(number + 1, of: Int(count))
      let name = try cursor.text()
      guard (1...Self.longestKey).contains(name.count) else {
        throw .keyLength(file: file, place: cursor.place, length: name.count)
      }
      guard let key = String(validating: name, as: UTF8.self) else {
        throw .keyNotUTF8(file: file, place: cursor.place)
      }
      guard values[key] == nil else { throw .duplicateKey(file: file, key: key) }
      values[key] = try GGUFValue(reading: &cursor, key: key)
      keys.append(key)
    }
  }

  // MARK: Questions

  /// Whether the key is there.
  public func has(_ key: String) -> Bool { values[key] != nil }

  /// What the key's value is; nil where the key is missing.
  public func kind(of key: String) -> GGUFValueKind? { values[key]?.kind }

  /// The number of elements of a list, 1 for another value; nil where the key is missing.
  public func count(of key: String) -> Int? { values[key]?.count }

  // MARK: One value

  /// A text.
  ///
  /// - Parameter fallback: the result where the key is missing; without one that is an error.
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`, `.invalidValue` for bytes that are not UTF-8.
  public func text(_ key: String, or fallback: String? = nil) throws(GGUFError) -> String {
    if let fallback, !has(key) { return fallback }
    let value = try value(key, wanted: "a text") { $0 == .string }
    // Behind its length.
    let bytes = UnsafeRawBufferPointer(rebasing: value.bytes[8...])
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalidValue(
        file: file, key: key, value: String(decoding: bytes.prefix(60), as: UTF8.self), wanted: "UTF-8 text")
    }
    return text
  }

  /// True or false.
  ///
  /// - Parameter fallback: the result where the key is missing; without one that is an error.
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`.
  public func flag(_ key: String, or fallback: Bool? = nil) throws(GGUFError) -> Bool {
    if let fallback, !has(key) { return fallback }
    return try value(key, wanted: "true or false") { $0 == .bool }.flag(at: 0)
  }

  /// A whole number, stored in any integer type.
  ///
  /// - Parameters:
  ///   - fallback: the result where the key is missing; without one that is an error.
  ///   - range: what the number may be.
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`, `.invalidValue` outside the range.
  public func integer(
    _ key: String, or fallback: Int? = nil, in range: ClosedRange<Int> = 0...Int.max
  ) throws(GGUFError) -> Int {
    if let fallback, !has(key) { return fallback }
    let value = try value(key, wanted: "a whole number", \.isInteger)
    return try integer(value, at: 0, key, range)
  }

  /// A whole number that is the same in all layers of a model: one number, or a list with an entry for each layer.
  ///
  /// - Parameters:
  ///   - layers: the length that a list must have; 1 or more.
  ///   - fallback: the result where the key is missing; without one that is an error.
  ///   - range: what the number may be.
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`, `.invalidValue` outside the range, for another length and for layers that differ.
  public func layerInteger(
    _ key: String, layers: Int, or fallback: Int? = nil, in range: ClosedRange<Int> = 0...Int.max
  ) throws(GGUFError) -> Int {
    guard kind(of: key)?.isList == true else { return try integer(key, or: fallback, in: range) }
    let numbers = try integers(key, in: range)
    guard numbers.count == layers, let first = numbers.first, numbers.allSatisfy({ $0 == first }) else {
      throw .invalidValue(
        file: file, key: key, value: "a list of \(numbers.count) numbers",
        wanted: "one number, or the same number for each of \(layers) layers")
    }
    return first
  }

  /// A number, stored in any type of numbers. A float32 keeps its value: 1e-5 is 9.999999747378752e-06.
  ///
  /// - Parameters:
  ///   - fallback: the result where the key is missing; without one that is an error.
  ///   - range: what the number may be, which a NaN never is.
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`, `.invalidValue` outside the range.
  public func number(
    _ key: String, or fallback: Double? = nil,
    in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  ) throws(GGUFError) -> Double {
    if let fallback, !has(key) { return fallback }
    let value = try value(key, wanted: "a number", \.isNumber)
    let number = value.number(at: 0)
    guard range.contains(number) else {
      let isAny = range.upperBound == .greatestFiniteMagnitude
      throw .invalidValue(
        file: file, key: key, value: value.written(at: 0),
        wanted: isAny && range.lowerBound == -range.upperBound
          ? "a finite number" : "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  // MARK: Lists

  /// The texts of a list, not copied and not checked for UTF-8.
  ///
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`.
  public func strings(_ key: String) throws(GGUFError) -> GGUFStrings {
    let value = try value(key, wanted: "a list of texts", isList: true) { $0 == .string }
    return GGUFStrings(count: value.count, bytes: value.bytes, owner: owner)
  }

  /// The whole numbers of a list, stored in any integer type.
  ///
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`, `.invalidValue` for one outside the range.
  public func integers(
    _ key: String, in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(GGUFError) -> [Int] {
    let value = try value(key, wanted: "a list of whole numbers", isList: true, \.isInteger)
    var numbers: [Int] = []
    numbers.reserveCapacity(value.count)
    for index in 0..<value.count { numbers.append(try integer(value, at: index, key, range)) }
    return numbers
  }

  /// The numbers of a list, stored in any type of numbers; infinities and NaN among them.
  ///
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`.
  public func numbers(_ key: String) throws(GGUFError) -> [Double] {
    let value = try value(key, wanted: "a list of numbers", isList: true, \.isNumber)
    return (0..<value.count).map { value.number(at: $0) }
  }

  /// A list of true and false.
  ///
  /// - Throws: `GGUFError.missingKey`, `.wrongKind`.
  public func flags(_ key: String) throws(GGUFError) -> [Bool] {
    let value = try value(key, wanted: "a list of true and false", isList: true) { $0 == .bool }
    return (0..<value.count).map { value.flag(at: $0) }
  }

  // MARK: Helpers

  private func value(
    _ key: String, wanted: String, isList: Bool = false, _ isRight: (GGUFValueType) -> Bool
  ) throws(GGUFError) -> GGUFValue {
    guard let value = values[key] else { throw .missingKey(file: file, key: key) }
    guard value.kind.isList == isList, isRight(value.kind.type) else {
      throw .wrongKind(file: file, key: key, found: value.kind, wanted: wanted)
    }
    return value
  }

  private func integer(
    _ value: GGUFValue, at index: Int, _ key: String, _ range: ClosedRange<Int>
  ) throws(GGUFError) -> Int {
    guard let number = value.integer(at: index), range.contains(number) else {
      let end = range.upperBound == .max ? "on" : "to \(range.upperBound)"
      throw .invalidValue(
        file: file, key: key, value: value.written(at: index),
        wanted: "a whole number from \(range.lowerBound) \(end)")
    }
    return number
  }
}
