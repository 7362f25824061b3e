/// Where a text can be cut without a change of its tokens: before the mark of a word (`▁`), unless some token has the mark
/// behind the same character.
///
/// Sentencepiece's models take a whole text as one piece. Cut into words, it is merged in short pieces, most of which
/// occurred before.
struct WordBoundaries: Sendable {
  private let mark: [UInt8]
  private let isUsable: Bool
  /// Characters that stand before the mark inside some token; by ASCII character, and the others.
  private var ascii: [Bool] = Array(repeating: false, count: 0x80)
  private var others: Set<UInt32> = []

  init(_ vocabulary: Vocabulary, mark: [UInt8]) {
    self.mark = mark
    // Without a token of its own, the mark could be one unknown token together with what stands before it.
    isUsable = !mark.isEmpty && vocabulary.id(ofBytes: mark[...]) != nil
    guard isUsable else { return }
    for id in 0..<vocabulary.count {
      let bytes = vocabulary.bytes(of: id)
      bytes.withUnsafeBytes { bytes in
        var position = 1
        while position + mark.count <= bytes.count {
          if bytes[position] == mark[0], bytes[position...].starts(with: mark),
            let character = Self.character(before: position, in: bytes)
          {
            if character < 0x80 { ascii[Int(character)] = true } else { others.insert(character) }
          }
          position += 1
        }
      }
    }
    // A run of marks stays together in any case.
    if let own = mark.withUnsafeBytes({ Self.character(before: mark.count, in: $0) }) { others.insert(own) }
  }

  /// Calls `body` with the ranges between the cuts, in order.
  func forEachRange(in text: UnsafeRawBufferPointer, _ body: (Range<Int>) -> Void) {
    guard isUsable else { return text.isEmpty ? () : body(0..<text.count) }
    var start = 0
    var position = 1
    let first = mark[0]
    while position + mark.count <= text.count {
      if text[position] == first, text[position...].starts(with: mark) {
        if isCut(before: position, in: text) {
          body(start..<position)
          start = position
        }
        position += mark.count
      } else {
        position += 1
      }
    }
    if start < text.count { body(start..<text.count) }
  }

  private func isCut(before position: Int, in text: UnsafeRawBufferPointer) -> Bool {
    guard let character = Self.character(before: position, in: text) else { return false }
    return character < 0x80 ? !ascii[Int(character)] : !others.contains(character)
  }

  private static func character(before end: Int, in text: UnsafeRawBufferPointer) -> UInt32? {
    var start = end - 1
    while start > 0, end - start < 4, text[start] & 0xC0 == 0x80 { start -= 1 }
    guard start >= 0, case .scalar(let scalar) = text.decodeUTF8(at: start).place else { return nil }
    return scalar.value
  }
}
