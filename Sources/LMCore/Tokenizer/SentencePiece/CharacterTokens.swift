/// The tokens that a piece of text begins with: one for each character, or for each byte of a character without a token.
struct CharacterTokens: Sendable {
  let vocabulary: Vocabulary
  /// By ASCII character; -1 for none.
  private let ascii: [Int32]
  /// The tokens `<0x00>` to `<0xFF>`; nil for none.
  let bytes: [Int?]
  /// The byte of each such token.
  let byteValues: [Int: UInt8]

  /// - Parameter fallsBack: whether a character without a token becomes the tokens of its bytes.
  init(_ vocabulary: Vocabulary, fallsBack: Bool) {
    self.vocabulary = vocabulary
    ascii = (0..<0x80).map { vocabulary.id(ofBytes: [UInt8($0)]).map(Int32.init) ?? -1 }
    guard fallsBack else {
      (bytes, byteValues) = (Array(repeating: nil, count: 256), [:])
      return
    }
    let digits = Array("0123456789ABCDEF".utf8)
    bytes = (0..<256).map { byte in
      vocabulary.id(ofBytes: Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + Array(">".utf8))
    }
    byteValues = Dictionary(
      bytes.enumerated().compactMap { byte, id in id.map { ($0, UInt8(byte)) } }
    ) { first, _ in first }
  }

  func id(of character: UnsafeRawBufferPointer) -> Int? {
    if character.count == 1, character[0] < 0x80 {
      let id = ascii[Int(character[0])]
      return id >= 0 ? Int(id) : nil
    }
    return vocabulary.id(ofBytes: character)
  }

  /// Appends the tokens of a piece's characters, as `merge_word` of the library `tokenizers`: what stands for unknown
  /// characters comes before the next known one, also where byte tokens lie between.
  func append(_ piece: UnsafeRawBufferPointer, unknown: BytePairMerger.Unknown?, to ids: inout [UInt32]) {
    var isUnknownPending = false
    func add(_ id: Int) { ids.append(UInt32(id)) }
    var position = 0
    while position < piece.count {
      let length = piece[position] < 0x80 ? 1 : piece.decodeUTF8(at: position).length
      let character = UnsafeRawBufferPointer(rebasing: piece[position..<position + length])
      position += length
      if let id = id(of: character) {
        if isUnknownPending, let unknown { add(unknown.id) }
        isUnknownPending = false
        add(id)
        continue
      }
      let fallback = character.compactMap { bytes[Int($0)] }
      if fallback.count == character.count {
        fallback.forEach(add)
      } else if let unknown {
        if isUnknownPending, !unknown.isFused { add(unknown.id) }
        isUnknownPending = true
      }
    }
    if isUnknownPending, let unknown { add(unknown.id) }
  }
}
