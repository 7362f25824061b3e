/// Decodes the bytes of tokens as they arrive. The text never ends in half a character.
///
/// What `push` returned so far plus `finish` equals decoding all bytes at once: one U+FFFD for each maximal subpart
/// that is not UTF-8. At most three bytes are held back.
public struct StreamingDecoder: Sendable {
  private var pending: [UInt8] = []

  /// A decoder at the start of a text.
  public init() {}

  /// The bytes of an incomplete character.
  public var heldBack: [UInt8] { pending }

  /// The text that these bytes complete; may be empty.
  public mutating func push(_ bytes: some Sequence<UInt8>) -> String {
    pending.append(contentsOf: bytes)
    let tail = pending.withUnsafeBytes(Self.lengthOfIncompleteTail)
    let text = String(decoding: pending.dropLast(tail), as: UTF8.self)
    pending.removeFirst(pending.count - tail)
    return text
  }

  /// The text of the bytes held back, one U+FFFD if there are any. The decoder can be used again.
  public mutating func finish() -> String {
    defer { pending.removeAll() }
    return String(decoding: pending, as: UTF8.self)
  }

  private static func lengthOfIncompleteTail(_ bytes: UnsafeRawBufferPointer) -> Int {
    // The last byte that starts a sequence decides, and an incomplete one has at most three bytes.
    for length in 1...3 where length <= bytes.count {
      let start = bytes.count - length
      guard bytes[start] & 0xC0 == 0x80 else {
        let (place, held) = bytes.decodeUTF8(at: start)
        return place == .incomplete && held == length ? length : 0
      }
    }
    return 0
  }
}
