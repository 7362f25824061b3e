/// Unicode's normalization form C: characters are taken apart, their marks put into order, and what has a character of its
/// own is put together again (UAX 15). With the tables of the library `tokenizers`, which are of an older Unicode.
enum CanonicalComposition {
  /// nil where the text is in this form already.
  ///
  /// - Parameter text: valid UTF-8.
  static func composed(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let start = startOfFirstDoubt(in: text) else { return nil }
    var result = Array(text[..<start])
    result.reserveCapacity(text.count)
    var group: [Unicode.Scalar] = []
    for scalar in String(decoding: text[start...], as: UTF8.self).unicodeScalars {
      // Nothing joins a character without doubt to those before it.
      if !isDoubtful(scalar) { flush(&group, into: &result) }
      group.append(scalar)
    }
    flush(&group, into: &result)
    return result
  }

  /// The place of the last character before the first doubtful one.
  private static func startOfFirstDoubt(in text: UnsafeRawBufferPointer) -> Int? {
    var position = 0
    var previous = 0
    while position < text.count {
      let byte = text[position]
      // The characters below U+0300.
      if byte < 0xCC {
        previous = position
        position += byte < 0x80 ? 1 : 2
        continue
      }
      let (place, length) = text.decodeUTF8(at: position)
      if case .scalar(let scalar) = place, isDoubtful(scalar) { return previous }
      previous = position
      position += length
    }
    return nil
  }

  /// Whether a character changes by itself, or together with those before it.
  static func isDoubtful(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    // Below them, and among CJK ideographs and Hangul syllables, are none.
    if value < 0x300 || (0x3400..<0xA000).contains(value) || (0xAC00..<0xD7A4).contains(value) {
      return false
    }
    let range = partition(doubtful.count / 2) { doubtful[2 * $0 + 1] >= value }
    return 2 * range < doubtful.count && doubtful[2 * range] <= value
  }

  private static func flush(_ group: inout [Unicode.Scalar], into result: inout [UInt8]) {
    func append(_ value: UInt32) {
      guard let scalar = Unicode.Scalar(value), let bytes = UTF8.encode(scalar) else { return }
      result.append(contentsOf: bytes)
    }
    if group.count == 1, !isDoubtful(group[0]) {
      append(group[0].value)
    } else {
      var characters: [(value: UInt32, mark: UInt8)] = []
      for scalar in group { decompose(scalar.value, into: &characters) }
      orderMarks(&characters)
      for value in composed(characters) { append(value) }
    }
    group.removeAll(keepingCapacity: true)
  }

  /// Runs of marks by their class; equal ones keep their order.
  private static func orderMarks(_ characters: inout [(value: UInt32, mark: UInt8)]) {
    var start = 0
    while start < characters.count {
      var end = start
      while end < characters.count, characters[end].mark > 0 { end += 1 }
      if end - start > 1 {
        // Swift's sort is stable, but does not promise it.
        let run = characters[start..<end].enumerated().sorted {
          ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset)
        }
        characters.replaceSubrange(start..<end, with: run.map(\.element))
      }
      start = end + 1
    }
  }

  private static func composed(_ characters: [(value: UInt32, mark: UInt8)]) -> [UInt32] {
    var result: [UInt32] = []
    var starter: Int?
    var lastMark: UInt8 = 0
    for (value, mark) in characters {
      if let starter, lastMark < mark || lastMark == 0 && starter == result.count - 1,
        let joined = composite(result[starter], value)
      {
        result[starter] = joined
        continue
      }
      if mark == 0 { starter = result.count }
      result.append(value)
      lastMark = mark
    }
    return result
  }

  // MARK: Tables

  private static func decompose(_ value: UInt32, into characters: inout [(value: UInt32, mark: UInt8)]) {
    if (0xAC00..<0xD7A4).contains(value) {
      let index = value - 0xAC00
      characters.append((0x1100 + index / 588, 0))
      characters.append((0x1161 + index % 588 / 28, 0))
      if index % 28 > 0 { characters.append((0x11A7 + index % 28, 0)) }
      return
    }
    for (first, values) in [ideographs, laterIdeographs]
    where value >= first && value - first < UInt32(values.count) {
      let meant = values[Int(value - first)]
      characters.append((meant == 0 ? value : meant, 0))
      return
    }
    let key = UInt64(value)
    let index = partition(pairs.count) { character(of: pairs[$0]) >= key }
    guard index < pairs.count, character(of: pairs[index]) == key else {
      characters.append((value, combiningClass(value)))
      return
    }
    decompose(UInt32(pairs[index] >> 21 & 0x1F_FFFF), into: &characters)
    let second = UInt32(pairs[index] & 0x1F_FFFF)
    if second > 0 { decompose(second, into: &characters) }
  }

  private static func character(of pair: UInt64) -> UInt64 { pair >> 42 & 0x1F_FFFF }

  private static func combiningClass(_ value: UInt32) -> UInt8 {
    let index = partition(classes.count) { classes[$0] >> 8 & 0x1F_FFFF >= UInt64(value) }
    guard index < classes.count, classes[index] >> 29 <= UInt64(value) else { return 0 }
    return UInt8(truncatingIfNeeded: classes[index])
  }

  private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
      return 0xAC00 + (first - 0x1100) * 588 + (second - 0x1161) * 28
    }
    if (0xAC00..<0xD7A4).contains(first), (first - 0xAC00) % 28 == 0, (0x11A8..<0x11C3).contains(second) {
      return first + second - 0x11A7
    }
    return composites[UInt64(first) << 21 | UInt64(second)]
  }

  /// By both parts: what they are together.
  private static let composites: [UInt64: UInt32] = {
    var composites: [UInt64: UInt32] = [:]
    for pair in pairs where pair >> 63 == 0 && pair & 0x1F_FFFF > 0 {
      composites[pair & 0x3FF_FFFF_FFFF] = UInt32(pair >> 42)
    }
    return composites
  }()

  /// The first index for which `isBehind` holds, or `count`.
  private static func partition(_ count: Int, _ isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
