/// Cuts text into the pieces within which bytes are merged: the matches of a rule's pattern.
///
/// Scanned by hand: Swift's regular expressions match grapheme clusters unless told otherwise, and are slower. Bytes that
/// are not UTF-8 count as `[^\s\p{L}\p{N}]`.
struct PreTokenizer: Sendable {
  /// Those of the rule; the rest are empty.
  private let contractions: [8 of Contraction]

  init(_ rule: PieceRule) {
    precondition(rule.contractions.count <= 8, "more contractions than the table holds")
    contractions = .init { Contraction($0 < rule.contractions.count ? rule.contractions[$0] : []) }
  }

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
  func endOfPiece(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'"), let end = endOfContraction(in: text, from: start) { return end }

    var position = start
    if first == UInt8(ascii: " ") {
      position += 1
      guard position < text.count else { return position }
    }
    let (kind, length) = Self.classify(text, at: position)
    position += length
    switch kind {
    case .letter: return Self.endOfLetters(in: text, from: position)
    case .number: return Self.endOfRun(of: .number, in: text, from: position)
    case .other: return Self.endOfRun(of: .other, in: text, from: position)
    case .whitespace: return Self.endOfWhitespace(in: text, from: start)
    }
  }

  /// Up to four bytes in one word: a plain value, which the loop over a text neither retains nor walks through.
  private struct Contraction: Sendable {
    private var word: UInt32 = 0
    private var mask: UInt32 = 0
    let count: Int

    init(_ bytes: [UInt8]) {
      precondition(bytes.count <= 4, "a contraction that is no word")
      count = bytes.count
      for (index, byte) in bytes.enumerated() {
        word |= UInt32(byte) << UInt32(8 * index)
        mask |= 0xFF << UInt32(8 * index)
      }
    }

    func begins(_ text: UInt32) -> Bool { count > 0 && text & mask == word }
  }

  /// - Parameter start: the place of an apostrophe.
  private func endOfContraction(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var word: UInt32 = 0
    for index in 0..<min(4, text.count - start - 1) {
      word |= UInt32(text[start + 1 + index]) << UInt32(8 * index)
    }
    for index in contractions.indices where contractions[index].begins(word) {
      return start + 1 + contractions[index].count
    }
    return nil
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
