/// A safetensors file: its table of contents, and the tensors' bytes where they lie.
public final class SafetensorsFile {
  /// How error sentences name it: its path.
  public let name: String
  public let header: SafetensorsHeader
  public let bytes: UnsafeRawBufferPointer
  /// Keeps the bytes in place.
  private let owner: AnyObject?

  /// Maps the file.
  public convenience init(path: String) throws {
    let file = try MappedFile(path: path)
    try self.init(bytes: file.bytes, name: path, owner: file)
  }

  /// - Parameter owner: what keeps `bytes` in place, nil if they stay forever.
  public init(bytes: UnsafeRawBufferPointer, name: String, owner: AnyObject? = nil) throws(SafetensorsError) {
    self.name = name
    self.bytes = bytes
    self.owner = owner
    header = try SafetensorsHeader(bytes: bytes, file: name)
  }

  /// Whether the bytes are a mapped file's.
  var isMapped: Bool { owner is MappedFile }

  /// The bytes of a tensor, unaligned.
  public func bytes(of tensor: String) throws(SafetensorsError) -> UnsafeRawBufferPointer {
    guard let entry = header.tensors[tensor] else { throw .tensorNotFound(file: name, tensor: tensor) }
    // The header was checked against the file's size.
    let range = header.dataStart + entry.begin..<header.dataStart + entry.end
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }
}
