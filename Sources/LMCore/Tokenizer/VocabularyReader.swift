/// Reads `{"token": id, ...}`, the form of vocab.json, of `model.vocab` in tokenizer.json and of added_tokens.json.
struct VocabularyReader {
  let file: String

  /// Reads a whole document.
  func readDocument(_ bytes: UnsafeRawBufferPointer) throws(TokenizerError) -> Vocabulary {
    var scanner = JSONScanner(bytes)
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
    var vocabulary = Vocabulary(reservingBytes: (scanner.bytes.count - scanner.position) / 2)
    try readMembers(from: &scanner, place: place) { (name, id) throws(TokenizerError) in
      try insert(name, id: id, into: &vocabulary)
    }
    try requireAllBytes(in: vocabulary)
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
  func insert(
    _ text: [UInt8], id: Int, isLiteral: Bool = false, into vocabulary: inout Vocabulary
  ) throws(TokenizerError) {
    switch vocabulary.insert(text[...], id: id, isLiteral: isLiteral) {
    case .done: return
    case .duplicateID:
      let tokens = [vocabulary.text(of: id) ?? "", String(decoding: text, as: UTF8.self)]
      throw tokens[0].utf8.elementsEqual(tokens[1].utf8)
        ? .duplicateToken(file: file, token: tokens[0])
        : .duplicateID(file: file, id: id, tokens: tokens)
    case .duplicateToken:
      throw .duplicateToken(file: file, token: String(decoding: text, as: UTF8.self))
    }
  }

  /// Adds a token that is searched in the text itself. One that the vocabulary has keeps its id there, as in
  /// `transformers`.
  ///
  /// - Returns: its id.
  func insertAdded(_ text: [UInt8], id: Int, into vocabulary: inout Vocabulary) throws(TokenizerError) -> Int
  {
    if let known = vocabulary.id(ofText: text[...]) { return known }
    try insert(text, id: id, isLiteral: true, into: &vocabulary)
    return id
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
      return try scanner.readNumber()
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

  private func requireAllBytes(in vocabulary: Vocabulary) throws(TokenizerError) {
    let missing = (0...UInt8.max).filter { vocabulary.id(ofBytes: [$0]) == nil }
    guard missing.isEmpty else { throw .incompleteAlphabet(file: file, missing: missing) }
  }

  /// Runs `body`; its error becomes that of this file.
  func json<Value>(_ body: () throws(JSONError) -> Value) throws(TokenizerError) -> Value {
    do { return try body() } catch { throw .invalidJSON(file: file, error) }
  }
}
