import Glibc

/// How the tokens of a vocabulary are written in its file.
enum Spelling: Sendable {
  /// In the visible characters of `ByteAlphabet`.
  case byteAlphabet
  /// As the text that they are.
  case plain
}

/// The tokens of a model by id, and their ids by bytes.
///
/// All tokens lie in one array of bytes: a vocabulary of 50,000 tokens loads without making a string for each.
struct Vocabulary: Sendable {
  /// Ids above this are refused, so that a hostile file cannot ask for gigabytes. Two ids and a rank fit 64 bits.
  static let largestID = 1 << 21 - 1

  /// Where a token's bytes lie in `storage`; `length` -1 for an id that no token has.
  private struct Span {
    var start: Int32 = 0
    var length: Int32 = -1
  }

  let spelling: Spelling
  private var storage: [UInt8] = []
  private var spans: [Span] = []
  /// Open addressing over ids, keyed by the bytes of alphabet tokens; -1 is an empty slot. A power of two.
  private var table: [Int32] = []
  private var tableCount = 0
  /// Tokens with a character that is not in the byte alphabet, as `▁the`: they stand for their own UTF-8. An alphabet
  /// token may have the same bytes; so they are kept apart.
  private var literals: [[UInt8]: Int32] = [:]
  private var literalIDs: Set<Int32> = []

  /// Largest id + 1.
  var count: Int { spans.count }
  /// How many tokens there are; less than `count` where ids are left out.
  private(set) var tokenCount = 0

  /// - Parameter byteCount: about the length of all tokens together, to allocate once.
  init(reservingBytes byteCount: Int, _ spelling: Spelling = .byteAlphabet) {
    self.spelling = spelling
    storage.reserveCapacity(byteCount)
    let tokens = byteCount / 8
    spans.reserveCapacity(tokens)
    var slots = 1024
    while slots < 2 * tokens { slots *= 2 }
    table = Array(repeating: -1, count: slots)
  }

  // MARK: Reading

  func bytes(of id: Int) -> ArraySlice<UInt8> {
    guard spans.indices.contains(id), spans[id].length >= 0 else { return [] }
    let start = Int(spans[id].start)
    return storage[start..<start + Int(spans[id].length)]
  }

  func contains(_ id: Int) -> Bool { spans.indices.contains(id) && spans[id].length >= 0 }

  /// The token as the vocabulary file has it, `Ġthe`.
  func text(of id: Int) -> String? {
    guard contains(id) else { return nil }
    let bytes = bytes(of: id)
    return spelling == .plain || literalIDs.contains(Int32(id))
      ? String(decoding: bytes, as: UTF8.self) : ByteAlphabet.text(of: bytes)
  }

  /// The id of a token written as in the vocabulary file; `text` is UTF-8.
  func id(ofText text: ArraySlice<UInt8>) -> Int? { text.withUnsafeBytes { id(ofText: $0) } }

  func id(ofText text: UnsafeRawBufferPointer) -> Int? {
    let found = withUnsafeTemporaryAllocation(byteCount: text.count, alignment: 1) { memory in
      key(of: text, in: memory).flatMap { id(ofBytes: $0) }
    }
    return found ?? (literals.isEmpty ? nil : literals[Array(text)].map(Int.init))
  }

  /// The id of the token that stands for these bytes.
  func id(ofBytes bytes: ArraySlice<UInt8>) -> Int? {
    bytes.withUnsafeBytes { id(ofBytes: $0) }
  }

  func id(ofBytes bytes: UnsafeRawBufferPointer) -> Int? {
    let id = table[slot(of: bytes)]
    return id >= 0 ? Int(id) : nil
  }

  /// The bytes by which a token is found; `text` is written as in the vocabulary file.
  ///
  /// - Parameter memory: where they may be written; as long as the text.
  /// - Returns: nil for a token that is found by its text alone.
  private func key(
    of text: UnsafeRawBufferPointer, in memory: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    if spelling == .byteAlphabet { return ByteAlphabet.bytes(of: text, in: memory) }
    memory.copyMemory(from: text)
    return UnsafeRawBufferPointer(rebasing: memory[..<text.count])
  }

  /// The ids of two tokens, and of the token that both together make; nil for those that are not there.
  ///
  /// - Parameters:
  ///   - left: as in the vocabulary file, as `right`.
  ///   - guess: an id that both may make: cheaper to check than to search.
  func idsOfPair(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, guess: Int
  ) -> (left: Int?, right: Int?, both: Int?) {
    withUnsafeTemporaryAllocation(byteCount: left.count + right.count, alignment: 1) { memory in
      guard let first = key(of: left, in: memory),
        let second = key(of: right, in: UnsafeMutableRawBufferPointer(rebasing: memory[first.count...]))
      else {
        return (id(ofText: left), id(ofText: right), id(ofText: (Array(left) + right)[...]))
      }
      let both = UnsafeRawBufferPointer(rebasing: memory[..<(first.count + second.count)])
      return (
        id(ofBytes: first), id(ofBytes: second), isAlphabetToken(guess, both) ? guess : id(ofBytes: both)
      )
    }
  }

  /// True where `id` is the alphabet token for these bytes: cheaper than a search.
  func isAlphabetToken(_ id: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard contains(id), isEqual(spans[id], bytes) else { return false }
    return literalIDs.isEmpty || !literalIDs.contains(Int32(id))
  }

  // MARK: Building

  enum Insertion: Equatable {
    case done
    case duplicateID
    case duplicateToken
  }

  /// Adds a token.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8 as the file has it.
  ///   - id: in 0...largestID.
  mutating func insert(_ text: UnsafeRawBufferPointer, id: Int) -> Insertion {
    while spans.count <= id { spans.append(Span()) }
    guard spans[id].length < 0 else { return .duplicateID }
    return withUnsafeTemporaryAllocation(byteCount: text.count, alignment: 1) { memory in
      let key = self.key(of: text, in: memory)
      if let key {
        if 2 * (tableCount + 1) > table.count { growTable() }
        let slot = self.slot(of: key)
        guard table[slot] < 0 else { return .duplicateToken }
        table[slot] = Int32(id)
        tableCount += 1
      } else {
        guard literals.updateValue(Int32(id), forKey: Array(text)) == nil else { return .duplicateToken }
        literalIDs.insert(Int32(id))
      }
      let bytes = key ?? text
      spans[id] = Span(start: Int32(storage.count), length: Int32(bytes.count))
      storage.append(contentsOf: bytes)
      tokenCount += 1
      return .done
    }
  }

  mutating func insert(_ text: ArraySlice<UInt8>, id: Int) -> Insertion {
    text.withUnsafeBytes { insert($0, id: id) }
  }

  /// Adds a token of a plain vocabulary, with an id that no token has. One that is there already loses its earlier id.
  mutating func insertReplacing(_ text: ArraySlice<UInt8>, id: Int) {
    let slot = text.withUnsafeBytes { self.slot(of: $0) }
    guard table[slot] >= 0 else {
      _ = insert(text, id: id)
      return
    }
    while spans.count <= id { spans.append(Span()) }
    let earlier = Int(table[slot])
    (spans[id], spans[earlier]) = (spans[earlier], Span())
    table[slot] = Int32(id)
  }

  private mutating func growTable() {
    let old = table
    table = Array(repeating: -1, count: 2 * old.count)
    for id in old where id >= 0 {
      let bytes = bytes(of: Int(id))
      table[bytes.withUnsafeBytes { self.slot(of: $0) }] = id
    }
  }

  /// The slot that holds `key`, or the empty one where it belongs.
  private func slot(of key: UnsafeRawBufferPointer) -> Int {
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: Self.hash(key)) & mask
    while true {
      let id = table[slot]
      if id < 0 { return slot }
      if isEqual(spans[Int(id)], key) { return slot }
      slot = (slot + 1) & mask
    }
  }

  private func isEqual(_ span: Span, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard Int(span.length) == bytes.count else { return false }
    return storage.withUnsafeBytes { storage in
      guard let own = storage.baseAddress, let other = bytes.baseAddress else { return true }
      return memcmp(own + Int(span.start), other, bytes.count) == 0
    }
  }

  private static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: key.count)
    var position = 0
    while position < key.count {
      var word: UInt64 = 0
      if position + 8 <= key.count {
        word = key.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      } else {
        for byte in key[position...] { word = word << 8 | UInt64(byte) }
      }
      hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      position += 8
    }
    return hash
  }
}
