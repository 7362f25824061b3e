/// The texts of a list in a GGUF file, where they lie: nothing is copied, whatever their number.
///
/// An element is a text's bytes, which should be UTF-8 and need not be. They are valid as long as this value or the file exists.
public struct GGUFStrings: Sequence {
  /// How many texts there are.
  public let count: Int
  /// Length and bytes of each text, one after the other.
  private let bytes: UnsafeRawBufferPointer
  /// Owns the bytes.
  private let owner: AnyObject?

  init(count: Int, bytes: UnsafeRawBufferPointer, owner: AnyObject?) {
    (self.count, self.bytes, self.owner) = (count, bytes, owner)
  }

  /// From the first text to the last.
  public func makeIterator() -> Iterator { Iterator(left: count, bytes: bytes, owner: owner) }

  /// A walk through the texts.
  public struct Iterator: IteratorProtocol {
    fileprivate var left: Int
    fileprivate var bytes: UnsafeRawBufferPointer
    fileprivate let owner: AnyObject?

    /// The bytes of the next text; nil after the last.
    public mutating func next() -> UnsafeRawBufferPointer? {
      // The lengths were checked when the file was opened, but another program may have written into it since.
      guard left > 0, bytes.count >= 8 else { return nil }
      let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      guard length <= UInt64(bytes.count - 8) else { return nil }
      let end = 8 + Int(length)
      let text = UnsafeRawBufferPointer(rebasing: bytes[8..<end])
      bytes = UnsafeRawBufferPointer(rebasing: bytes[end...])
      left -= 1
      return text
    }
  }
}
