/// What the first byte of a UTF-8 character tells of the bytes that follow it (Unicode 16, table 3-7).
package enum UTF8Lead {
  /// The bytes of the character that begins with `lead`, 1 to 4; nil where no character begins so.
  @inline(__always)
  package static func length(_ lead: UInt8) -> Int? {
    switch lead {
    case 0x00...0x7F: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: nil
    }
  }

  /// What the second byte may be. The range excludes overlong forms, surrogates, and values above U+10FFFF.
  @inline(__always)
  package static func secondByte(after lead: UInt8) -> ClosedRange<UInt8> {
    switch lead {
    case 0xE0: 0xA0...0xBF
    case 0xED: 0x80...0x9F
    case 0xF0: 0x90...0xBF
    case 0xF4: 0x80...0x8F
    default: 0x80...0xBF
    }
  }
}

/// What lies at one position of bytes that should be UTF-8.
///
/// An invalid place is one *maximal subpart* (Unicode 16, section 3.9, "Substitution of Maximal Subparts"):
/// the longest prefix of a well-formed sequence, or one byte. A decoder replaces it by one U+FFFD.
enum UTF8Place: Equatable {
  case scalar(Unicode.Scalar)
  case invalid
  /// The valid beginning of a character whose other bytes are missing at the end.
  case incomplete
}

extension UnsafeRawBufferPointer {
  /// Decodes the character at `start`, which must be below `count`.
  ///
  /// - Returns: the place, and its length in bytes (1 to 4).
  func decodeUTF8(at start: Int) -> (place: UTF8Place, length: Int) {
    let lead = self[start]
    guard let length = UTF8Lead.length(lead) else { return (.invalid, 1) }
    guard length > 1 else { return (.scalar(Unicode.Scalar(lead)), 1) }
    // A lead of n bytes has n ones, a zero, and then the character's highest bits.
    var value = UInt32(lead & 0x7F >> UInt8(length))
    var allowed = UTF8Lead.secondByte(after: lead)
    for offset in 1..<length {
      guard start + offset < count else { return (.incomplete, offset) }
      let byte = self[start + offset]
      guard allowed.contains(byte) else { return (.invalid, offset) }
      value = value << 6 | UInt32(byte & 0x3F)
      allowed = 0x80...0xBF
    }
    guard let scalar = Unicode.Scalar(value) else { return (.invalid, 1) }
    return (.scalar(scalar), length)
  }

  /// The offset of the first byte that is not valid UTF-8; nil where all are.
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
