/// One round of the search for added tokens: from left to right, the longest at each place.
///
/// The patterns lie sorted in one array of bytes. At each place the search narrows the range of patterns that begin like
/// the text, byte by byte, so that its time does not grow with their number.
struct AddedTokenSearch: Sendable {
  enum Segment: Equatable {
    /// Where the text lies; not empty.
    case text(Range<Int>)
    case token(Int)
  }

  typealias Entry = (pattern: [UInt8], id: Int)

  private var storage: [UInt8] = []
  /// Where each pattern begins, and the last one ends.
  private var starts: [Int] = [0]
  private var ids: [Int] = []
  /// By first byte: the first pattern that begins with it or a later one; 257 numbers.
  private var buckets: [Int] = []

  /// - Parameter entries: of equal patterns, the first counts; empty ones are left out.
  init(_ entries: [Entry]) {
    let sorted = entries.enumerated().filter { !$0.element.pattern.isEmpty }.sorted { left, right in
      let (a, b) = (left.element.pattern, right.element.pattern)
      return a == b ? left.offset < right.offset : a.lexicographicallyPrecedes(b)
    }
    for (_, entry) in sorted
    where ids.isEmpty || !storage[starts[ids.count - 1]...].elementsEqual(entry.pattern) {
      storage += entry.pattern
      starts.append(storage.count)
      ids.append(entry.id)
    }
    var index = 0
    for byte in 0...256 {
      while index < ids.count, Int(storage[starts[index]]) < byte { index += 1 }
      buckets.append(index)
    }
  }

  var isEmpty: Bool { ids.isEmpty }

  /// Calls `body` with the parts of `text`, in order.
  ///
  /// - Parameter token: the token of an id; nil where it does not count.
  func forEachSegment(
    in text: UnsafeRawBufferPointer, token: (Int) -> AddedToken?, body: (Segment) -> Void
  ) {
    var start = 0
    var position = 0
    while let (id, place, end) = firstMatch(in: text, from: position) {
      position = end
      guard let token = token(id) else { continue }
      if token.isSingleWord && (endsInWord(text, at: place) || startsWord(text, at: end)) { continue }
      let begin =
        token.stripsLeft ? max(startOfWhitespace(in: text, before: place, notBefore: start), start) : place
      let stop = token.stripsRight ? endOfWhitespace(in: text, from: end) : end
      // The token before has taken all of it.
      if begin >= stop { continue }
      if start < begin { body(.text(start..<begin)) }
      body(.token(id))
      start = stop
    }
    if start < text.count { body(.text(start..<text.count)) }
  }

  private func firstMatch(
    in text: UnsafeRawBufferPointer, from start: Int
  ) -> (id: Int, place: Int, end: Int)? {
    guard !ids.isEmpty else { return nil }
    return buckets.withUnsafeBufferPointer { buckets in
      for place in start..<max(text.count, start) {
        let byte = Int(text[place])
        guard buckets[byte] < buckets[byte + 1] else { continue }
        if let (index, length) = longestMatch(in: text, at: place, buckets[byte]..<buckets[byte + 1]) {
          return (ids[index], place, place + length)
        }
      }
      return nil
    }
  }

  /// - Parameter candidates: the patterns whose first byte stands at `place`.
  private func longestMatch(
    in text: UnsafeRawBufferPointer, at place: Int, _ candidates: Range<Int>
  ) -> (index: Int, length: Int)? {
    storage.withUnsafeBufferPointer { storage in
      starts.withUnsafeBufferPointer { starts in
        var (low, high) = (candidates.lowerBound, candidates.upperBound)
        var best: (index: Int, length: Int)?
        var depth = 1
        while true {
          // The shortest comes first among those that begin alike.
          if starts[low + 1] - starts[low] == depth {
            best = (low, depth)
            low += 1
          }
          guard low < high, place + depth < text.count else { return best }
          let byte = text[place + depth]
          func firstIndex(in range: Range<Int>, where isBehind: (UInt8) -> Bool) -> Int {
            var (low, high) = (range.lowerBound, range.upperBound)
            while low < high {
              let middle = (low + high) / 2
              if isBehind(storage[starts[middle] + depth]) { high = middle } else { low = middle + 1 }
            }
            return low
          }
          low = firstIndex(in: low..<high) { $0 >= byte }
          high = firstIndex(in: low..<high) { $0 > byte }
          guard low < high else { return best }
          depth += 1
        }
      }
    }
  }

  // MARK: Whitespace and words around a token

  private func endOfWhitespace(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < text.count {
      let (kind, length) = CharacterClass.classify(text, at: position)
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
