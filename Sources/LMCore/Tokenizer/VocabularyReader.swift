/// Reads `{"token": id, ...}`, the form of vocab.json and of `model.vocab` in tokenizer.json, and the lines of vocab.txt.
struct VocabularyReader {
  let file: String
  var spelling = Spelling.byteAlphabet

  /// Reads a whole document.
  func readDocument(_ bytes: UnsafeRawBufferPointer) throws(TokenizerError) -> Vocabulary {
    var scanner = JSONScanner(bytes, dialect: .python)
    let vocabulary = try readObject(from: &scanner, place: "the document")
    try json { () throws(JSONError) in try scanner.finish() }
    return vocabulary
  }

  /// Reads the object at the scanner's position, and moves past it.
  ///
  /// - Parameter place: the object's name in error messages.
  func readObject(
    from scanner: inout JSONScanner, place: String
  ) throws(TokenizerError) -> Vocabulary {
    // A line of a vocabulary file holds about half as much token as it has bytes.
    var vocabulary = Vocabulary(reservingBytes: (scanner.bytes.count - scanner.position) / 2, spelling)
    try readMembers(from: &scanner, place: place) { (name, id) throws(TokenizerError) in
      try insert(name, id: id, into: &vocabulary)
    }
    return vocabulary
  }

  /// Reads vocab.txt: a token a line, whose number is its id. White space at the end of a line is no part of the token.
  func readLines(_ bytes: UnsafeRawBufferPointer) throws(TokenizerError) -> Vocabulary {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8(file: file) }
    var vocabulary = Vocabulary(reservingBytes: bytes.count, .plain)
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard lines.count <= Vocabulary.largestID + 1 else {
      throw .tooManyTokens(file: file, limit: Vocabulary.largestID + 1)
    }
    for (id, line) in lines.enumerated() {
      let end = line.lastIndex { !$0.properties.isWhitespace }.map(line.index(after:)) ?? line.startIndex
      vocabulary.insertReplacing(Array(String(line[..<end]).utf8)[...], id: id)
    }
    return vocabulary
  }

  /// Calls `body` with the text (UTF-8) of each name and its id, in 0...Vocabulary.largestID.
  func readMembers(
    from scanner: inout JSONScanner, place: String,
    _ body: ([UInt8], Int) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    guard scanner.next == UInt8(ascii: "{") else {
      try json { () throws(JSONError) in try scanner.skipValue() }
      throw .unexpectedValue(file: file, place: place, expected: "an object of tokens and their ids")
    }
    try json { () throws(JSONError) in try scanner.open(.object) }
    var name: [UInt8] = []
    while try json({ () throws(JSONError) in
      guard try scanner.hasNext(in: .object) else { return false }
      try scanner.readName(into: &name)
      return true
    }) {
      let id = try readID(of: name, from: &scanner)
      try body(name, id)
    }
  }

  /// Adds a token, turning a clash into an error that names both.
  func insert(_ text: [UInt8], id: Int, into vocabulary: inout Vocabulary) throws(TokenizerError) {
    try check(text.withUnsafeBytes { vocabulary.insert($0, id: id) }, text, id: id, in: vocabulary)
  }

  func insert(
    _ text: UnsafeRawBufferPointer, id: Int, into vocabulary: inout Vocabulary
  ) throws(TokenizerError) {
    try check(vocabulary.insert(text, id: id), Array(text), id: id, in: vocabulary)
  }

  private func check(
    _ insertion: Vocabulary.Insertion, _ text: @autoclosure () -> [UInt8], id: Int, in vocabulary: Vocabulary
  ) throws(TokenizerError) {
    switch insertion {
    case .done: return
    case .duplicateID:
      let tokens = [vocabulary.text(of: id) ?? "", String(decoding: text(), as: UTF8.self)]
      throw tokens[0].utf8.elementsEqual(tokens[1].utf8)
        ? .duplicateToken(file: file, token: tokens[0])
        : .duplicateID(file: file, id: id, tokens: tokens)
    case .duplicateToken:
      throw .duplicateToken(file: file, token: String(decoding: text(), as: UTF8.self))
    }
  }

  private func readID(of name: [UInt8], from scanner: inout JSONScanner) throws(TokenizerError) -> Int {
    let start = scanner.position
    // Digits alone are what every good file has, up to the length that cannot exceed 64 bits.
    var value = 0
    let literal = try json { () throws(JSONError) -> Range<Int>? in
      guard let first = scanner.next, first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10 else {
        try scanner.skipValue()
        return nil
      }
      return try scanner.readNumber().literal
    }
    func text(_ range: Range<Int>) -> String { String(decoding: scanner.bytes[range], as: UTF8.self) }
    let token = { String(decoding: name, as: UTF8.self) }
    guard let literal else {
      throw .idNotAnInteger(file: file, token: token(), literal: text(start..<scanner.position))
    }
    for byte in scanner.bytes[literal] where !(byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10) {
      throw .idNotAnInteger(file: file, token: token(), literal: text(literal))
    }
    guard scanner.bytes[start] != UInt8(ascii: "-") else {
      throw .negativeID(file: file, token: token(), literal: text(literal))
    }
    for byte in scanner.bytes[literal] {
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      guard value <= Vocabulary.largestID else {
        throw .idTooLarge(
          file: file, token: token(), literal: text(literal), largest: Vocabulary.largestID)
      }
    }
    return value
  }

  /// Runs `body`; its error becomes that of this file.
  func json<Value>(_ body: () throws(JSONError) -> Value) throws(TokenizerError) -> Value {
    do { return try body() } catch { throw .invalidJSON(file: file, error) }
  }
}
