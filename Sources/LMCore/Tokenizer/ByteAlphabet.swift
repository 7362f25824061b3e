/// GPT-2's bijection between the 256 bytes and 256 visible characters, in which vocabularies are written.
///
/// The bytes 21-7E, A1-AC and AE-FF stand for themselves as code points; the other 68, in order of their value, become
/// U+0100...U+0143: a space is `Ġ` (U+0120), a line feed `Ċ` (U+010A). Defined by `bytes_to_unicode` in
/// https://github.com/openai/gpt-2/blob/master/src/encoder.py.
enum ByteAlphabet {
  static func scalar(of byte: UInt8) -> Unicode.Scalar {
    switch byte {
    case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: Unicode.Scalar(byte)
    case 0x00...0x20: Unicode.Scalar(0x100 + UInt16(byte))!
    case 0x7F...0xA0: Unicode.Scalar(0x121 + UInt16(byte - 0x7F))!
    default: "\u{143}"
    }
  }

  /// The byte that a character stands for; nil where the character is not one of the 256.
  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    switch scalar.value {
    case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: UInt8(scalar.value)
    case 0x100...0x120: UInt8(scalar.value - 0x100)
    case 0x121...0x142: UInt8(scalar.value - 0x121 + 0x7F)
    case 0x143: 0xAD
    default: nil
    }
  }

  /// The text of a token as vocabularies print it: `Ġthe` for the bytes of " the".
  static func text(of bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(scalar(of: byte)) }
    return String(text)
  }

  /// Appends the bytes that `text`, UTF-8 of characters of the alphabet, stands for.
  ///
  /// - Returns: false, with `bytes` unchanged, where another character or a byte that is not UTF-8 occurs.
  static func appendBytes(of text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: text.count, alignment: 1) { memory in
      guard let own = self.bytes(of: text, in: memory) else { return false }
      bytes.append(contentsOf: own)
      return true
    }
  }

  /// The bytes that `text`, UTF-8 of characters of the alphabet, stands for.
  ///
  /// - Parameter memory: where they are written; as long as the text.
  /// - Returns: nil where another character or a byte that is not UTF-8 occurs.
  static func bytes(
    of text: UnsafeRawBufferPointer, in memory: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    var (position, count) = (0, 0)
    while position < text.count {
      let lead = text[position]
      var value: UInt8?
      if lead < 0x80 {
        value = (0x21...0x7E).contains(lead) ? lead : nil
        position += 1
      } else if (0xC2..<0xE0).contains(lead), position + 1 < text.count, text[position + 1] & 0xC0 == 0x80 {
        let code = UInt16(lead & 0x1F) << 6 | UInt16(text[position + 1] & 0x3F)
        value = Unicode.Scalar(code).flatMap(byte(of:))
        position += 2
      }
      guard let value else { return nil }
      memory[count] = value
      count += 1
    }
    return UnsafeRawBufferPointer(rebasing: memory[..<count])
  }
}
