/// The classes of characters that the rules for pieces tell apart.
enum CharacterClass {
  /// `\p{L}`; marks are none, so a decomposed `é` is a letter and a mark.
  case letter
  /// `\p{N}`: digits of every script, `½`, `Ⅳ`.
  case number
  /// `\s`: the 25 code points with the property White_Space.
  case whitespace
  /// `\p{M}`
  case mark
  case other

  /// Neither letter, number nor white space.
  var isSign: Bool { self == .other || self == .mark }

  @inline(__always)
  static func isASCIILetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  /// The class of the character at `position` and its length in bytes. Bytes that are not UTF-8 are `other`.
  @inline(__always)
  static func classify(
    _ text: UnsafeRawBufferPointer, at position: Int
  ) -> (kind: CharacterClass, length: Int) {
    let byte = text[position]
    guard byte < 0x80 else { return classifyMultiByte(text, at: position) }
    if isASCIILetter(byte) { return (.letter, 1) }
    if byte == 0x20 || byte &- 0x09 < 5 { return (.whitespace, 1) }
    if byte &- UInt8(ascii: "0") < 10 { return (.number, 1) }
    return (.other, 1)
  }

  @inline(never)
  static func classifyMultiByte(
    _ text: UnsafeRawBufferPointer, at position: Int
  ) -> (kind: CharacterClass, length: Int) {
    let (place, length) = text.decodeUTF8(at: position)
    guard case .scalar(let scalar) = place else { return (.other, length) }
    return (of(scalar), length)
  }

  static func of(_ scalar: Unicode.Scalar) -> CharacterClass {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
    case .decimalNumber, .letterNumber, .otherNumber: .number
    case .nonspacingMark, .spacingMark, .enclosingMark: .mark
    default: scalar.properties.isWhitespace ? .whitespace : .other
    }
  }
}
