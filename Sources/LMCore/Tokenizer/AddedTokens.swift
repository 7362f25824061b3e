/// A token that is searched in the text itself, before the rest is cut into pieces: `<|endoftext|>`.
struct AddedToken: Equatable, Sendable {
  var text: [UInt8]
  var id: Int
  /// The token includes the white space before (after) it.
  var stripsLeft = false
  var stripsRight = false
  /// The token counts only where no word character is next to it.
  var isSingleWord = false
  /// The token is searched in the second round (`normalized` in tokenizer.json).
  var comesSecond = false
}

/// Finds added tokens as `tokenizers` does: in two rounds, each from left to right, the longest at each place.
struct AddedTokens: Sendable {
  enum Segment: Equatable {
    /// Where the text lies; not empty.
    case text(Range<Int>)
    case token(Int)
  }

  private let first: AddedTokenSearch
  private let second: AddedTokenSearch

  init(_ tokens: [AddedToken]) {
    first = AddedTokenSearch(tokens.filter { !$0.comesSecond })
    second = AddedTokenSearch(tokens.filter(\.comesSecond))
  }

  /// Calls `body` with the parts of `text`, in order.
  func forEachSegment(in text: UnsafeRawBufferPointer, _ body: (Segment) -> Void) {
    first.forEachSegment(in: text) { segment in
      guard case .text(let range) = segment else { return body(segment) }
      second.forEachSegment(in: UnsafeRawBufferPointer(rebasing: text[range])) { segment in
        switch segment {
        case .token: body(segment)
        case .text(let part):
          body(.text(range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound))
        }
      }
    }
  }
}

/// One round of the search.
private struct AddedTokenSearch: Sendable {
  private let tokens: [AddedToken]
  /// By byte: a token starts with it.
  private let isFirst: [Bool]

  init(_ tokens: [AddedToken]) {
    self.tokens = tokens.filter { !$0.text.isEmpty }.sorted { $0.text.count > $1.text.count }
    var isFirst = Array(repeating: false, count: 256)
    for token in self.tokens { isFirst[Int(token.text[0])] = true }
    self.isFirst = isFirst
  }

  func forEachSegment(in text: UnsafeRawBufferPointer, _ body: (AddedTokens.Segment) -> Void) {
    var start = 0
    var position = 0
    while let (token, place) = firstMatch(in: text, from: position) {
      position = place + token.text.count
      if token.isSingleWord && (endsInWord(text, at: place) || startsWord(text, at: position)) { continue }
      let begin = token.stripsLeft ? startOfWhitespace(in: text, before: place, notBefore: start) : place
      if token.stripsRight { position = endOfWhitespace(in: text, from: position) }
      if start < begin { body(.text(start..<begin)) }
      body(.token(token.id))
      start = position
    }
    if start < text.count { body(.text(start..<text.count)) }
  }

  private func firstMatch(
    in text: UnsafeRawBufferPointer, from start: Int
  ) -> (token: AddedToken, place: Int)? {
    guard !tokens.isEmpty else { return nil }
    return isFirst.withUnsafeBufferPointer { isFirst in
      var place = start
      while place < text.count {
        if isFirst[Int(text[place])] {
          for token in tokens where text.count - place >= token.text.count {
            if text[place..<place + token.text.count].elementsEqual(token.text) { return (token, place) }
          }
        }
        place += 1
      }
      return nil
    }
  }

  // MARK: Whitespace and words around a token

  private func endOfWhitespace(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < text.count {
      let (kind, length) = PreTokenizer.classify(text, at: position)
      guard kind == .whitespace else { break }
      position += length
    }
    return position
  }

  private func startOfWhitespace(
    in text: UnsafeRawBufferPointer, before end: Int, notBefore limit: Int
  ) -> Int {
    var position = end
    while let (scalar, start) = scalar(before: position, in: text), start >= limit,
      scalar.properties.isWhitespace
    {
      position = start
    }
    return position
  }

  private func endsInWord(_ text: UnsafeRawBufferPointer, at end: Int) -> Bool {
    scalar(before: end, in: text).map { Self.isWord($0.scalar) } ?? false
  }

  private func startsWord(_ text: UnsafeRawBufferPointer, at start: Int) -> Bool {
    guard start < text.count, case .scalar(let scalar) = text.decodeUTF8(at: start).place else {
      return false
    }
    return Self.isWord(scalar)
  }

  private func scalar(
    before end: Int, in text: UnsafeRawBufferPointer
  ) -> (scalar: Unicode.Scalar, start: Int)? {
    for length in 1...4 where length <= end {
      let start = end - length
      if text[start] & 0xC0 == 0x80 { continue }
      let (place, found) = text.decodeUTF8(at: start)
      guard case .scalar(let scalar) = place, found == length else { return nil }
      return (scalar, start)
    }
    return nil
  }

  /// `\w` of Unicode's regular expressions (UTS 18, annex C).
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return properties.isAlphabetic || properties.isJoinControl
    }
  }
}
