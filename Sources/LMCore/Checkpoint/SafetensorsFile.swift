/// A safetensors file: its table of contents and its tensors' bytes, not copied.
public final class SafetensorsFile {
  /// The path, as error messages give it.
  public let name: String
  /// The table of contents, checked against the size of `bytes`.
  public let header: SafetensorsHeader
  /// The whole file, from its first byte; valid as long as this object exists.
  public let bytes: UnsafeRawBufferPointer
  /// Owns the bytes.
  private let owner: AnyObject?

  /// Maps the file.
  ///
  /// - Throws: `FileError` where it cannot be read, `SafetensorsError` for an invalid header.
  public convenience init(path: String) throws {
    let file = try MappedFile(path: path)
    try self.init(bytes: file.bytes, name: path, owner: file)
  }

  /// Reads the header of a file in memory. The bytes are not copied.
  ///
  /// - Parameters:
  ///   - name: the file's name in error messages.
  ///   - owner: owns `bytes`; nil where they are never freed.
  public init(bytes: UnsafeRawBufferPointer, name: String, owner: AnyObject? = nil) throws(SafetensorsError) {
    self.name = name
    self.bytes = bytes
    self.owner = owner
    header = try SafetensorsHeader(bytes: bytes, file: name)
  }

  /// True where the bytes are those of a mapped file.
  var isMapped: Bool { owner is MappedFile }

  /// The bytes of a tensor, unaligned.
  public func bytes(of tensor: String) throws(SafetensorsError) -> UnsafeRawBufferPointer {
    guard let entry = header.tensors[tensor] else { throw .tensorNotFound(file: name, tensor: tensor) }
    // The header was checked against the file's size.
    let range = header.dataStart + entry.begin..<header.dataStart + entry.end
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }
}
