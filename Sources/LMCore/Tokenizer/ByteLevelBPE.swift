/// Byte-level BPE: text to token ids and back, without loss for any bytes.
///
/// The ids are those of `transformers`. Text is cut into pieces (`PreTokenizer`), and within each the bytes are merged
/// pair by pair (`BytePairMerger`). `<|endoftext|>` in the text is the special token, as are the added tokens of
/// tokenizer.json; they are not split, and spaces beside them stay.
public struct ByteLevelBPE: Tokenizer {
  private let vocabulary: Vocabulary
  private let merger: BytePairMerger
  private let addedTokens: AddedTokens
  private let preTokenizer: PreTokenizer
  /// ByteLevel's `add_prefix_space`: text that does not begin with a space is given one.
  private let addsPrefixSpace: Bool

  /// `<|endoftext|>` begins and ends texts; a vocabulary can lack it.
  public let special: SpecialTokens

  /// - Parameter addedTokens: those beside `<|endoftext|>`, which is one wherever the vocabulary has it.
  init(
    vocabulary: Vocabulary, merger: BytePairMerger, rule: PieceRule = .gpt2,
    addedTokens: [AddedToken] = [], addsPrefixSpace: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.merger = merger
    self.addsPrefixSpace = addsPrefixSpace
    preTokenizer = PreTokenizer(rule)
    let text = Array("<|endoftext|>".utf8)
    let endOfText = vocabulary.id(ofText: text[...])
    special = SpecialTokens(begin: endOfText, ends: endOfText.map { [$0] } ?? [])
    var tokens = addedTokens
    if let endOfText, !tokens.contains(where: { $0.text == text }) {
      tokens.append(AddedToken(text: text, id: endOfText))
    }
    self.addedTokens = AddedTokens(tokens)
  }

  public var vocabularySize: Int { vocabulary.count }

  // MARK: Text to ids

  /// The ids of a text, with those of the special tokens that stand in it. Never fails.
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
      let end = preTokenizer.endOfPiece(in: text, from: start)
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

  /// Ids without a token are left out.
  public func bytes(of ids: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    for id in ids { bytes.append(contentsOf: vocabulary.bytes(of: id)) }
    return bytes
  }

  public func bytes(of id: Int) -> [UInt8]? {
    vocabulary.contains(id) ? Array(vocabulary.bytes(of: id)) : nil
  }

  public func name(of id: Int) -> String? { vocabulary.text(of: id) }

  /// The id of a token in the vocabulary's own alphabet.
  package func id(ofName name: String) -> Int? { vocabulary.id(ofText: Array(name.utf8)[...]) }
}
