/// Collects the merges of a model, from the lines of merges.txt or the list in tokenizer.json, in order of rank.
struct MergesReader {
  /// Where a merge stands in its file, counted as the file's users do.
  private enum Place {
    case line(Int), merge(Int), element(Int)

    var text: String {
      switch self {
      case .line(let number): "line \(number)"
      case .merge(let number): "merge \(number)"
      case .element(let number): "model.merges[\(number)]"
      }
    }
  }

  let file: String
  let vocabulary: Vocabulary
  private(set) var merger: BytePairMerger
  private var previousResult = 0

  init(file: String, vocabulary: Vocabulary, unknown: BytePairMerger.Unknown? = nil) {
    self.file = file
    self.vocabulary = vocabulary
    merger = BytePairMerger(
      byteIDs: (0...UInt8.max).map { vocabulary.id(ofBytes: [$0]) }, unknown: unknown,
      expectedMerges: vocabulary.count)
  }

  /// Reads merges.txt: a `#version` line, if any, then one merge a line. Only the first line may be a comment, since
  /// `# #` is a merge. Blank lines at the end are ignored.
  mutating func readLines(_ text: UnsafeRawBufferPointer) throws(TokenizerError) {
    var end = text.count
    while end > 0, text[end - 1] == 0x0A || text[end - 1] == 0x0D { end -= 1 }
    var start = 0
    var lineNumber = 0
    var line: [UInt8] = []
    while start < end {
      lineNumber += 1
      var stop = start
      while stop < end, text[stop] != 0x0A { stop += 1 }
      line.removeAll(keepingCapacity: true)
      line.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<stop]))
      if line.last == 0x0D { line.removeLast() }
      start = stop + 1
      if lineNumber == 1 && line.starts(with: "#version".utf8) { continue }
      try readPair(line[...], place: .line(lineNumber))
    }
  }

  /// Reads one merge of a GGUF file: the space is the first one behind the first byte.
  ///
  /// - Parameter number: counted from 0.
  mutating func read(_ text: UnsafeRawBufferPointer, number: Int) throws(TokenizerError) {
    let middle = text.indices.dropFirst().first { text[$0] == UInt8(ascii: " ") } ?? text.count
    guard middle + 1 < text.count else {
      throw .malformedMerge(
        file: file, place: Place.merge(number).text, text: String(decoding: text, as: UTF8.self))
    }
    let left = UnsafeRawBufferPointer(rebasing: text[..<middle])
    let right = UnsafeRawBufferPointer(rebasing: text[(middle + 1)...])
    try append(
      vocabulary.idsOfPair(left, right, guess: previousResult + 1), Array(left)[...], Array(right)[...],
      place: .merge(number))
  }

  /// Reads the array at the scanner's position, of `"a b"` or of `["a", "b"]`, and moves past it.
  mutating func readArray(from scanner: inout JSONScanner) throws(TokenizerError) {
    let reader = VocabularyReader(file: file)
    guard scanner.next == UInt8(ascii: "[") else {
      throw .unexpectedValue(file: file, place: "model.merges", expected: "a list of merges")
    }
    try reader.json { () throws(JSONError) in try scanner.open(.array) }
    var index = 0
    var left: [UInt8] = []
    var right: [UInt8] = []
    while try reader.json({ () throws(JSONError) in try scanner.hasNext(in: .array) }) {
      let place = Place.element(index)
      if scanner.next == UInt8(ascii: "\"") {
        try reader.json { () throws(JSONError) in try scanner.readString(into: &left) }
        try readPair(left[...], place: place)
      } else {
        let start = scanner.position
        let isPair = try reader.json { () throws(JSONError) in
          try Self.readStrings(&left, &right, from: &scanner)
        }
        guard isPair else {
          let text = String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
          throw .malformedMerge(file: file, place: place.text, text: text)
        }
        try append(left[...], right[...], place: place)
      }
      index += 1
    }
  }

  /// Reads one value, which should be an array of two strings.
  private static func readStrings(
    _ left: inout [UInt8], _ right: inout [UInt8], from scanner: inout JSONScanner
  ) throws(JSONError) -> Bool {
    guard scanner.next == UInt8(ascii: "[") else {
      try scanner.skipValue()
      return false
    }
    try scanner.open(.array)
    var count = 0
    var isPair = true
    while try scanner.hasNext(in: .array) {
      count += 1
      if scanner.next != UInt8(ascii: "\"") || count > 2 {
        isPair = false
        try scanner.skipValue()
      } else if count == 1 {
        try scanner.readString(into: &left)
      } else {
        try scanner.readString(into: &right)
      }
    }
    return isPair && count == 2
  }

  /// Adds the merge `a b`.
  private mutating func readPair(_ text: ArraySlice<UInt8>, place: Place) throws(TokenizerError) {
    let space = UInt8(ascii: " ")
    let middle = text.firstIndex(of: space) ?? text.endIndex
    let (left, right) = (text[..<middle], text[middle...].dropFirst())
    guard !left.isEmpty, !right.isEmpty, !right.contains(space) else {
      throw .malformedMerge(file: file, place: place.text, text: String(decoding: text, as: UTF8.self))
    }
    try append(left, right, place: place)
  }

  private mutating func append(
    _ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>, place: Place
  ) throws(TokenizerError) {
    let ids = left.withUnsafeBytes { left in
      right.withUnsafeBytes { vocabulary.idsOfPair(left, $0, guess: previousResult + 1) }
    }
    try append(ids, left, right, place: place)
  }

  private mutating func append(
    _ ids: (left: Int?, right: Int?, both: Int?), _ left: @autoclosure () -> ArraySlice<UInt8>,
    _ right: @autoclosure () -> ArraySlice<UInt8>, place: Place
  ) throws(TokenizerError) {
    guard merger.mergeCount < BytePairMerger.rankLimit else {
      throw .tooManyMerges(file: file, limit: BytePairMerger.rankLimit)
    }
    guard let leftID = ids.left else {
      throw .unknownMergePart(file: file, place: place.text, token: String(decoding: left(), as: UTF8.self))
    }
    guard let rightID = ids.right else {
      throw .unknownMergePart(file: file, place: place.text, token: String(decoding: right(), as: UTF8.self))
    }
    guard let result = ids.both else {
      throw .unknownMergeResult(
        file: file, place: place.text, token: String(decoding: left() + right(), as: UTF8.self))
    }
    // Training gives the results of merges consecutive ids, so the next one is guessed.
    previousResult = result
    merger.append(left: leftID, right: rightID, result: result)
  }
}
