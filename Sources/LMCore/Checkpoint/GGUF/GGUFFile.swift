/// A GGUF file of version 2 or 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): its keys, and its tensors where they
/// lie.
///
/// Each count, length and offset is compared with the file's size before it is used; a file that is opened can be read to its end
/// without another check. Only the keys, the names and the shapes take memory.
public final class GGUFFile {
  /// The path, as error messages give it.
  public let name: String
  /// 2 or 3, which differ in nothing that is read here.
  public let version: Int
  /// Keys and values.
  public let metadata: GGUFMetadata
  /// In the order of the file, each once.
  public let tensorNames: [String]
  /// A power of two: each tensor begins at a multiple of it, counted from the file's first byte.
  public let alignment: Int
  /// The whole file, from its first byte; valid as long as this object exists.
  public let bytes: UnsafeRawBufferPointer

  private let entries: [String: GGUFTensorEntry]
  /// Where the tensors' bytes begin in the file.
  private let dataStart: Int
  /// Owns the bytes.
  private let owner: AnyObject?

  private static let defaultAlignment = 32
  private static let largestAlignment = 1 << 31

  /// Maps the file.
  ///
  /// - Throws: `FileError` where it cannot be read, `GGUFError` where it is damaged, holds a tensor of a type that cannot be read,
  ///   or is one of several parts of a model.
  public convenience init(path: String) throws {
    let file = try MappedFile(path: path)
    try self.init(bytes: file.bytes, name: path, owner: file)
  }

  /// Reads a file in memory. The bytes are not copied.
  ///
  /// - Parameters:
  ///   - name: the file's name in error messages.
  ///   - owner: owns `bytes`; nil where they are never freed.
  /// - Throws: what `init(path:)` throws, without `FileError`.
  public init(bytes: UnsafeRawBufferPointer, name: String, owner: AnyObject? = nil) throws(GGUFError) {
    (self.bytes, self.name, self.owner) = (bytes, name, owner)
    var cursor = GGUFCursor(bytes: bytes, file: name)
    let header = try Self.header(&cursor)
    version = header.version
    metadata = try GGUFMetadata(reading: &cursor, count: header.keys, owner: owner)
    let parts = try metadata.integer("split.count", or: 0)
    guard parts <= 1 else { throw .oneOfSeveralParts(file: name, parts: parts) }
    alignment = try Self.alignment(metadata)
    let table = try GGUFTensorTable(reading: &cursor, count: header.tensors)
    dataStart = (cursor.position + alignment - 1) / alignment * alignment
    try table.checkPlaces(start: dataStart, alignment: alignment, size: bytes.count, file: name)
    tensorNames = table.entries.map(\.name)
    entries = Dictionary(table.entries.map { ($0.name, $0) }) { first, _ in first }
  }

  private static func header(
    _ cursor: inout GGUFCursor
  ) throws(GGUFError) -> (version: Int, tensors: UInt64, keys: UInt64) {
    let magic = cursor.bytes.prefix(4)
    // The letters of the older formats stand in the file in reverse: ggml, ggmf, ggjt, ggla.
    guard !["lmgg", "fmgg", "tjgg", "algg"].contains(where: { magic.elementsEqual($0.utf8) }) else {
      throw .olderFormat(file: cursor.file)
    }
    guard !magic.isEmpty else { throw .empty(file: cursor.file) }
    guard magic.elementsEqual("GGUF".utf8) else { throw .notGGUF(file: cursor.file) }
    _ = try cursor.take(4)
    let version = try cursor.integer(UInt32.self)
    guard version & 0xFFFF != 0 || version == 0 else { throw .bigEndian(file: cursor.file) }
    guard (2...3).contains(version) else {
      throw .unsupportedVersion(file: cursor.file, version: version)
    }
    let tensors = try cursor.integer(UInt64.self)
    return (Int(version), tensors, try cursor.integer())
  }

  private static func alignment(_ metadata: GGUFMetadata) throws(GGUFError) -> Int {
    let key = "general.alignment"
    let alignment = try metadata.integer(key, or: defaultAlignment, in: 1...largestAlignment)
    guard alignment & (alignment - 1) == 0 else {
      throw .invalidValue(
        file: metadata.file, key: key, value: "\(alignment)", wanted: "a power of two")
    }
    return alignment
  }

  // MARK: Tensors

  /// True where the tensor exists.
  public func contains(_ tensor: String) -> Bool { entries[tensor] != nil }

  /// The tensor of this name.
  ///
  /// - Throws: `GGUFError.missingTensor`.
  public func tensor(_ tensor: String) throws(GGUFError) -> GGUFTensor {
    guard let entry = entries[tensor] else { throw .missingTensor(file: name, tensor: tensor) }
    // Checked against the file's size when it was opened.
    let start = dataStart + Int(entry.offset)
    return GGUFTensor(
      entry, bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + entry.byteCount]), owner: owner)
  }

  /// The tensor of this name where it has this shape.
  ///
  /// - Parameter shape: [rows, columns], or [columns] of a vector. Dimensions of 1 in front change nothing.
  /// - Throws: `GGUFError.missingTensor`, `.wrongShape`.
  public func tensor(_ tensor: String, shape: [Int]) throws(GGUFError) -> GGUFTensor {
    let found = try self.tensor(tensor)
    guard found.shape.drop(while: { $0 == 1 }).elementsEqual(shape.drop(while: { $0 == 1 })) else {
      throw .wrongShape(file: name, tensor: tensor, shape: found.shape, expected: shape)
    }
    return found
  }

  /// True where the bytes are those of a mapped file.
  var isMapped: Bool { owner is MappedFile }
}
