/// GPT-2's byte-level BPE: text to token ids and back, without loss for any bytes.
///
/// The ids are those of `transformers`. Text is cut into pieces (`PreTokenizer`), and within each the bytes are merged
/// pair by pair (`BytePairMerger`). `<|endoftext|>` in the text is the special token, as are the added tokens of
/// tokenizer.json; they are not split, and leave spaces around them alone.
public struct GPT2Tokenizer: Sendable {
  private let vocabulary: Vocabulary
  private let merger: BytePairMerger
  private let addedTokens: AddedTokens
  /// ByteLevel's `add_prefix_space`: whether text that does not begin with a space is given one.
  private let addsPrefixSpace: Bool

  /// The id of `<|endoftext|>`; nil where the vocabulary has none.
  public let endOfText: Int?

  /// - Parameter addedTokens: those beside `<|endoftext|>`, which is one wherever the vocabulary has it.
  init(
    vocabulary: Vocabulary, merger: BytePairMerger, addedTokens: [AddedToken] = [],
    addsPrefixSpace: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.merger = merger
    self.addsPrefixSpace = addsPrefixSpace
    let endOfText = Array("<|endoftext|>".utf8)
    self.endOfText = vocabulary.id(ofText: endOfText[...])
    var tokens = addedTokens
    if let id = self.endOfText, !tokens.contains(where: { $0.text == endOfText }) {
      tokens.append(AddedToken(text: endOfText, id: id))
    }
    self.addedTokens = AddedTokens(tokens)
  }

  /// Largest id + 1.
  public var vocabularySize: Int { vocabulary.count }

  // MARK: Text to ids

  public func encode(_ text: String) -> [Int] {
    var text = text
    return text.withUTF8 { encode(UnsafeRawBufferPointer($0)) }
  }

  /// The ids of any bytes; valid UTF-8 gives those of the text. Each maximal part that is not UTF-8 is treated as
  /// U+FFFD would be when the text is cut into pieces, but keeps its bytes: `bytes(of:)` of the ids gives them back.
  public func encode(bytes: some Collection<UInt8>) -> [Int] {
    let ids = bytes.withContiguousStorageIfAvailable { encode(UnsafeRawBufferPointer($0)) }
    return ids ?? Array(bytes).withUnsafeBytes { encode($0) }
  }

  private func encode(_ text: UnsafeRawBufferPointer) -> [Int] {
    var ids: [Int] = []
    // English has about four bytes a token; more room is made when needed.
    ids.reserveCapacity(text.count / 4 + 8)
    var scratch = BytePairMerger.Scratch()
    let cache = PieceCache(forTextOf: text.count)
    addedTokens.forEachSegment(in: text) { segment in
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let range):
        let part = UnsafeRawBufferPointer(rebasing: text[range])
        if addsPrefixSpace && part.first != UInt8(ascii: " ") {
          ([UInt8(ascii: " ")] + part).withUnsafeBytes { encode($0, cache, &scratch, &ids) }
        } else {
          encode(part, cache, &scratch, &ids)
        }
      }
    }
    return ids
  }

  private func encode(
    _ text: UnsafeRawBufferPointer, _ cache: borrowing PieceCache, _ scratch: inout BytePairMerger.Scratch,
    _ ids: inout [Int]
  ) {
    var start = 0
    while start < text.count {
      let end = PreTokenizer.endOfPiece(in: text, from: start)
      let piece = UnsafeRawBufferPointer(rebasing: text[start..<end])
      if piece.count > PieceCache.longestPiece {
        merger.merge(piece, scratch: &scratch, output: &ids)
      } else {
        let key = PieceCache.Key(text, from: start, count: end - start)
        if !cache.appendIDs(of: key, to: &ids) {
          let count = ids.count
          merger.merge(piece, scratch: &scratch, output: &ids)
          cache.store(key, ids[count...])
        }
      }
      start = end
    }
  }

  // MARK: Ids to text

  /// The text of all ids together: one U+FFFD for each maximal part of their bytes that is not UTF-8. Ids without a
  /// token are left out.
  public func decode(_ ids: some Sequence<Int>) -> String {
    var bytes: [UInt8] = []
    for id in ids { bytes.append(contentsOf: vocabulary.bytes(of: id)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes that a token stands for, which may be a part of a character; empty for an unknown id.
  public func bytes(of id: Int) -> [UInt8] { Array(vocabulary.bytes(of: id)) }

  /// The token in the vocabulary's own alphabet, as `transformers` prints it: `ĠThe`.
  public func token(of id: Int) -> String? { vocabulary.text(of: id) }

  /// The id of a token in the vocabulary's own alphabet.
  public func id(of token: String) -> Int? { vocabulary.id(ofText: Array(token.utf8)[...]) }
}
