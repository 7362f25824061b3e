/// Cuts text into the pieces within which GPT-2 merges bytes.
///
/// The pieces are the matches of `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
/// (https://github.com/openai/gpt-2/blob/master/src/encoder.py), found by hand: Swift's regular expressions match
/// grapheme clusters unless told otherwise, and are slower. Bytes that are not UTF-8 count as `[^\s\p{L}\p{N}]`.
enum PreTokenizer {
  /// The classes that the pattern tells apart.
  enum ScalarClass {
    /// `\p{L}`; marks are none, so a decomposed `é` is a letter and an `other`.
    case letter
    /// `\p{N}`: digits of every script, `½`, `Ⅳ`.
    case number
    /// `\s`: the 25 code points with the property White_Space.
    case whitespace
    case other
  }

  /// The end of the piece that starts at `start`, which must be below `text.count`.
  static func endOfPiece(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'"), let end = endOfContraction(in: text, from: start) { return end }

    var position = start
    if first == UInt8(ascii: " ") {
      position += 1
      guard position < text.count else { return position }
    }
    let (kind, length) = classify(text, at: position)
    position += length
    switch kind {
    case .letter: return endOfLetters(in: text, from: position)
    case .number: return endOfRun(of: .number, in: text, from: position)
    case .other: return endOfRun(of: .other, in: text, from: position)
    case .whitespace: return endOfWhitespace(in: text, from: start)
    }
  }

  /// `'s|'t|'re|'ve|'m|'ll|'d`, lower case and ASCII apostrophe only.
  private static func endOfContraction(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    let next = start + 2 < text.count ? text[start + 2] : 0
    switch text[start + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return next == UInt8(ascii: "e") ? start + 3 : nil
    case UInt8(ascii: "l"): return next == UInt8(ascii: "l") ? start + 3 : nil
    default: return nil
    }
  }

  private static func endOfLetters(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < text.count {
      let byte = text[position]
      if isASCIILetter(byte) {
        position += 1
        continue
      }
      if byte < 0x80 { break }
      let (kind, length) = classifyMultiByte(text, at: position)
      guard kind == .letter else { break }
      position += length
    }
    return position
  }

  private static func endOfRun(
    of wanted: ScalarClass, in text: UnsafeRawBufferPointer, from start: Int
  ) -> Int {
    var position = start
    while position < text.count {
      let (kind, length) = classify(text, at: position)
      guard kind == wanted else { break }
      position += length
    }
    return position
  }

  /// `\s+(?!\S)|\s+`: a run before other text leaves its last character to the next piece, unless it is the only one.
  private static func endOfWhitespace(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    var lastStart = start
    while position < text.count {
      let (kind, length) = classify(text, at: position)
      guard kind == .whitespace else { return lastStart > start ? lastStart : position }
      lastStart = position
      position += length
    }
    return position
  }

  // MARK: Classes

  @inline(__always)
  private static func isASCIILetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  /// The class of the character at `position` and its length in bytes.
  @inline(__always)
  static func classify(_ text: UnsafeRawBufferPointer, at position: Int) -> (kind: ScalarClass, length: Int) {
    let byte = text[position]
    guard byte < 0x80 else { return classifyMultiByte(text, at: position) }
    if isASCIILetter(byte) { return (.letter, 1) }
    if byte == 0x20 || byte &- 0x09 < 5 { return (.whitespace, 1) }
    if byte &- UInt8(ascii: "0") < 10 { return (.number, 1) }
    return (.other, 1)
  }

  @inline(never)
  private static func classifyMultiByte(
    _ text: UnsafeRawBufferPointer, at position: Int
  ) -> (kind: ScalarClass, length: Int) {
    let (place, length) = text.decodeUTF8(at: position)
    guard case .scalar(let scalar) = place else { return (.other, length) }
    return (classOf(scalar), length)
  }

  static func classOf(_ scalar: Unicode.Scalar) -> ScalarClass {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
    case .decimalNumber, .letterNumber, .otherNumber: .number
    default: scalar.properties.isWhitespace ? .whitespace : .other
    }
  }
}
