/// What stands at one place of a byte string that should be UTF-8.
///
/// An invalid place is one *maximal subpart* (Unicode 16, section 3.9, "Substitution of Maximal Subparts"):
/// the longest prefix of a well-formed sequence, or one byte. It is what a decoder replaces by one U+FFFD.
enum UTF8Place: Equatable {
  case scalar(Unicode.Scalar)
  case invalid
  /// A valid beginning of a character that the end of the bytes cuts off.
  case incomplete
}

extension UnsafeRawBufferPointer {
  /// Decodes the character at `start`, which must be below `count`.
  ///
  /// - Returns: what stands there, and its length in bytes (1 to 4).
  func decodeUTF8(at start: Int) -> (place: UTF8Place, length: Int) {
    let lead = self[start]
    let continuations: Int
    // The second byte's range excludes overlong forms, surrogates, and values above U+10FFFF.
    var allowed: ClosedRange<UInt8> = 0x80...0xBF
    var value: UInt32
    switch lead {
    case 0x00...0x7F: return (.scalar(Unicode.Scalar(lead)), 1)
    case 0xC2...0xDF: (continuations, value) = (1, UInt32(lead & 0x1F))
    case 0xE0...0xEF:
      (continuations, value) = (2, UInt32(lead & 0x0F))
      if lead == 0xE0 { allowed = 0xA0...0xBF }
      if lead == 0xED { allowed = 0x80...0x9F }
    case 0xF0...0xF4:
      (continuations, value) = (3, UInt32(lead & 0x07))
      if lead == 0xF0 { allowed = 0x90...0xBF }
      if lead == 0xF4 { allowed = 0x80...0x8F }
    default: return (.invalid, 1)
    }
    for offset in 1...continuations {
      guard start + offset < count else { return (.incomplete, offset) }
      let byte = self[start + offset]
      guard allowed.contains(byte) else { return (.invalid, offset) }
      value = value << 6 | UInt32(byte & 0x3F)
      allowed = 0x80...0xBF
    }
    guard let scalar = Unicode.Scalar(value) else { return (.invalid, 1) }
    return (.scalar(scalar), continuations + 1)
  }

  /// The offset of the first byte that is no valid UTF-8, or nil.
  func firstInvalidUTF8() -> Int? {
    var position = 0
    while position < count {
      if self[position] < 0x80 {
        position += 1
        continue
      }
      let (place, length) = decodeUTF8(at: position)
      guard case .scalar = place else { return position }
      position += length
    }
    return nil
  }
}
