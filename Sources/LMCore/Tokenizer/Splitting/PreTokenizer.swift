/// Cuts text into the pieces within which bytes are merged: the matches of a rule's pattern.
///
/// Scanned by hand: Swift's regular expressions match grapheme clusters unless told otherwise, and are slower. Bytes that
/// are not UTF-8 count as `[^\s\p{L}\p{N}]`.
struct PreTokenizer: Sendable, Equatable {
  private let isGPT2: Bool
  private let longestNumber: Int
  private let marksAreLetters: Bool

  init(_ rule: PieceRule) {
    switch rule.style {
    case .gpt2: (isGPT2, longestNumber, marksAreLetters) = (true, .max, false)
    case .later(let longest, let marks): (isGPT2, longestNumber, marksAreLetters) = (false, longest, marks)
    }
  }

  /// The end of the piece that starts at `start`, which must be below `text.count`.
  @inline(__always)
  func endOfPiece(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    isGPT2 ? Self.endOfGPT2Piece(in: text, from: start) : endOfLaterPiece(in: text, from: start)
  }

  // MARK: GPT-2

  private static func endOfGPT2Piece(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'"), let end = endOfContraction(in: text, from: start, foldsCase: false) {
      return end
    }
    var position = start
    if first == UInt8(ascii: " ") {
      position += 1
      guard position < text.count else { return position }
    }
    let (kind, length) = CharacterClass.classify(text, at: position)
    position += length
    switch kind {
    case .letter: return endOfLetters(in: text, from: position)
    case .number: return endOfNumber(in: text, from: position, atMost: .max)
    case .other, .mark: return endOfSigns(in: text, from: position)
    case .whitespace: return endOfWhitespace(in: text, from: start)
    }
  }

  /// `\s+(?!\S)|\s+`: a run before other text leaves its last character to the next piece, unless it is the only one.
  private static func endOfWhitespace(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    var lastStart = start
    while position < text.count {
      let (kind, length) = CharacterClass.classify(text, at: position)
      guard kind == .whitespace else { return lastStart > start ? lastStart : position }
      lastStart = position
      position += length
    }
    return position
  }

  // MARK: Later models

  /// The alternatives of the pattern in its order.
  private func endOfLaterPiece(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'"), let end = Self.endOfContraction(in: text, from: start, foldsCase: true) {
      return end
    }
    let (kind, length) = CharacterClass.classify(text, at: start)
    let next = start + length
    if isLetter(kind) { return endOfWord(in: text, from: next) }
    if kind == .number { return Self.endOfNumber(in: text, from: next, atMost: longestNumber - 1) }
    if !Self.isLineEnd(first), next < text.count {
      let (following, length) = CharacterClass.classify(text, at: next)
      if isLetter(following) { return endOfWord(in: text, from: next + length) }
      if first == UInt8(ascii: " "), isSign(following) {
        return endOfSignsAndLineEnds(in: text, from: next + length)
      }
    }
    if isSign(kind) { return endOfSignsAndLineEnds(in: text, from: next) }
    return Self.endOfLaterWhitespace(in: text, from: start)
  }

  private func isLetter(_ kind: CharacterClass) -> Bool {
    kind == .letter || marksAreLetters && kind == .mark
  }

  private func isSign(_ kind: CharacterClass) -> Bool {
    kind == .other || !marksAreLetters && kind == .mark
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private func endOfWord(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard marksAreLetters else { return Self.endOfLetters(in: text, from: start) }
    var position = start
    while position < text.count {
      let (kind, length) = CharacterClass.classify(text, at: position)
      guard isLetter(kind) else { break }
      position += length
    }
    return position
  }

  private func endOfSignsAndLineEnds(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < text.count {
      let (kind, length) = CharacterClass.classify(text, at: position)
      guard isSign(kind) else { break }
      position += length
    }
    while position < text.count, Self.isLineEnd(text[position]) { position += 1 }
    return position
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line end of the run, if it has any.
  private static func endOfLaterWhitespace(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    var endOfLines: Int?
    while position < text.count {
      let (kind, length) = CharacterClass.classify(text, at: position)
      guard kind == .whitespace else { break }
      position += length
      if isLineEnd(text[position - 1]) { endOfLines = position }
    }
    return endOfLines ?? endOfWhitespace(in: text, from: start)
  }

  // MARK: Runs

  private static func endOfLetters(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < text.count {
      let byte = text[position]
      if CharacterClass.isASCIILetter(byte) {
        position += 1
        continue
      }
      if byte < 0x80 { break }
      let (kind, length) = CharacterClass.classifyMultiByte(text, at: position)
      guard kind == .letter else { break }
      position += length
    }
    return position
  }

  private static func endOfNumber(
    in text: UnsafeRawBufferPointer, from start: Int, atMost most: Int
  ) -> Int {
    var position = start
    var count = 0
    while count < most, position < text.count {
      let (kind, length) = CharacterClass.classify(text, at: position)
      guard kind == .number else { break }
      position += length
      count += 1
    }
    return position
  }

  private static func endOfSigns(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < text.count {
      let (kind, length) = CharacterClass.classify(text, at: position)
      guard kind.isSign else { break }
      position += length
    }
    return position
  }

  // MARK: Contractions

  /// `'s|'t|'re|'ve|'m|'ll|'d`
  ///
  /// - Parameters:
  ///   - start: the place of an apostrophe.
  ///   - foldsCase: capital letters count, and with them U+017F, which is an `s` when case is folded.
  private static func endOfContraction(
    in text: UnsafeRawBufferPointer, from start: Int, foldsCase: Bool
  ) -> Int? {
    func letter(_ position: Int) -> UInt8 {
      guard position < text.count else { return 0 }
      let byte = text[position]
      return foldsCase && CharacterClass.isASCIILetter(byte) ? byte | 0x20 : byte
    }
    let (first, second) = (letter(start + 1), letter(start + 2))
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return second == UInt8(ascii: "e") ? start + 3 : nil
    case UInt8(ascii: "l"): return second == UInt8(ascii: "l") ? start + 3 : nil
    case 0xC5: return foldsCase && second == 0xBF ? start + 3 : nil
    default: return nil
    }
  }
}
