/// BERT's preparation of a text: no control characters, spaces around Chinese characters, no accents, lower case.
///
/// As `BertNormalizer` of the library `tokenizers`, character by character.
struct BertNormalizer: Equatable, Sendable {
  var cleansText = true
  var spacesChinese = true
  /// nil: where the text is made lower case.
  var stripsAccents: Bool?
  var lowercases = true

  /// - Parameter text: valid UTF-8.
  func normalize(_ text: [UInt8]) -> [UInt8] {
    let stripsAccents = stripsAccents ?? lowercases
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 8)
    func append(_ scalar: Unicode.Scalar) {
      guard lowercases else { return result.append(contentsOf: UTF8.encode(scalar)!) }
      if scalar.isASCII {
        let byte = UInt8(scalar.value)
        result.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
      }
    }
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      var scalar = scalar
      if cleansText {
        if BertCharacters.isRemoved(scalar) { continue }
        if scalar.properties.isWhitespace { scalar = " " }
      }
      let isSpaced = spacesChinese && BertCharacters.isChinese(scalar)
      if isSpaced { result.append(UInt8(ascii: " ")) }
      if stripsAccents, !scalar.isASCII {
        for base in BertCharacters.bases(of: scalar) { append(base) }
      } else {
        append(scalar)
      }
      if isSpaced { result.append(UInt8(ascii: " ")) }
    }
    return result
  }

  /// Calls `body` with the words of a text: what lies between white space and punctuation, and each punctuation mark.
  static func forEachWord<Failure: Error>(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    var start = 0
    var position = 0
    func finish(at end: Int) throws(Failure) { if start < end { try body(start..<end) } }
    while position < text.count {
      let (place, length) = text.decodeUTF8(at: position)
      if case .scalar(let scalar) = place {
        let isMark = BertCharacters.isPunctuation(scalar)
        if isMark || scalar.properties.isWhitespace {
          try finish(at: position)
          if isMark { try body(position..<position + length) }
          start = position + length
        }
      }
      position += length
    }
    try finish(at: position)
  }
}

/// The classes of characters that BERT's steps tell apart, those of an older Unicode where they differ.
enum BertCharacters {
  /// Controls, formats and private characters, U+FFFD; no white space of one line.
  static func isRemoved(_ scalar: Unicode.Scalar) -> Bool { contains(removed, scalar) }

  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool { contains(punctuation, scalar) }

  /// The blocks of CJK ideographs.
  static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
      0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// What is left of a character when it is decomposed and its accents are taken away; nothing of an accent.
  static func bases(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let value = scalar.value
    if (0xAC00...0xD7A3).contains(value) {
      // Hangul: leading consonant, vowel, and a trailing consonant if there is one.
      let index = value - 0xAC00
      let parts = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28]
      return parts.prefix(index % 28 == 0 ? 2 : 3).compactMap(Unicode.Scalar.init)
    }
    if contains(accents, scalar) { return [] }
    var (low, high) = (0, single.count)
    while low < high {
      let middle = (low + high) / 2
      if single[middle] >> 24 < UInt64(value) { low = middle + 1 } else { high = middle }
    }
    if low < single.count, single[low] >> 24 == UInt64(value) {
      return [UInt32(single[low] & 0xFF_FFFF)].compactMap(Unicode.Scalar.init)
    }
    return several[value]?.compactMap(Unicode.Scalar.init) ?? [scalar]
  }

  /// - Parameter ranges: first and last of each range, in rising order.
  private static func contains(_ ranges: [UInt32], _ scalar: Unicode.Scalar) -> Bool {
    var (low, high) = (0, ranges.count / 2)
    while low < high {
      let middle = (low + high) / 2
      if ranges[2 * middle + 1] < scalar.value { low = middle + 1 } else { high = middle }
    }
    return 2 * low < ranges.count && ranges[2 * low] <= scalar.value
  }
}
