/// Byte-pair encoding over characters, as sentencepiece trains it: `▁` stands for a space, and a character without a token
/// falls back to the tokens of its bytes, `<0xE3>`. That of Llama 2, TinyLlama, Mistral and Gemma.
///
/// The ids are those of the library `tokenizers` for a tokenizer.json, those of llama.cpp for a GGUF file.
public struct SentencePieceBPE: Tokenizer {
  /// What happens to a text before its characters are merged.
  struct Steps: Sendable, Equatable {
    var normalizer = TextNormalizer()
    var metaspace: Metaspace?
    var cuts: [PieceCut] = []
  }

  /// `Metaspace` of tokenizer.json: spaces become a mark, and the text may be given one in front.
  struct Metaspace: Sendable, Equatable {
    enum Scheme: String, Sendable { case always, first, never }

    var mark: [UInt8]
    var scheme: Scheme
  }

  /// How tokens become text.
  struct Decoding: Sendable, Equatable {
    var mark: [UInt8]
    var space: [UInt8] = [0x20]
    var hasByteTokens = true
    /// Spaces at the begin of a text that are left out, at most so many.
    var strippedSpaces = 0
    /// All marks of the first token are left out.
    var dropsMarksOfFirstToken = false
  }

  enum Merging: Sendable {
    case pairs(BytePairMerger, unknown: BytePairMerger.Unknown?, ignoresMerges: Bool)
    case scores(ScoreMerger, unknown: Int?)
  }

  /// Behind one reference: as parts of the structure, each call of a `Tokenizer` would copy and release their arrays.
  private struct Parts: Sendable {
    let characters: CharacterTokens
    let merging: Merging
    let boundaries: WordBoundaries
    let steps: Steps
    let decoding: Decoding
    let addedTokens: AddedVocabulary
    let template: TokenTemplate
  }

  private let parts: Boxed<Parts>
  private var vocabulary: Vocabulary { characters.vocabulary }
  private var characters: CharacterTokens { parts.value.characters }
  private var merging: Merging { parts.value.merging }
  private var steps: Steps { parts.value.steps }
  private var decoding: Decoding { parts.value.decoding }
  private var addedTokens: AddedVocabulary { parts.value.addedTokens }

  /// The token that begins a text, and those that end one.
  public let special: SpecialTokens
  /// How a conversation becomes a text; nil where the files do not tell.
  public internal(set) var chatTemplate: ChatTemplate?
  /// What should be known of the vocabulary, each one sentence.
  public internal(set) var notes: [String] = []

  init(
    _ characters: CharacterTokens, _ merging: Merging, _ steps: Steps, _ decoding: Decoding,
    added: AddedVocabulary, special: SpecialTokens, template: TokenTemplate
  ) {
    let boundaries = WordBoundaries(characters.vocabulary, mark: steps.metaspace?.mark ?? decoding.mark)
    parts = Boxed(
      Parts(
        characters: characters, merging: merging, boundaries: boundaries, steps: steps, decoding: decoding,
        addedTokens: added, template: template))
    self.special = special
  }

  public var vocabularySize: Int { max(vocabulary.count, addedTokens.endOfIDs) }

  // MARK: Text to ids

  /// Never fails.
  public func encode(_ text: String, _ options: EncodingOptions) -> [Int] {
    var text = text
    return text.withUTF8 { encode(UnsafeRawBufferPointer($0), options) }
  }

  private func encode(_ text: UnsafeRawBufferPointer, _ options: EncodingOptions) -> [Int] {
    var ids: [Int] = []
    ids.reserveCapacity(text.count / 4 + 8)
    var work = Work()
    let cache = PieceCache(forTextOf: text.count)
    addedTokens.forEachPart(of: text, steps.normalizer, parsesSpecial: options.parsesSpecial) { part in
      switch part {
      case .token(let id): ids.append(id)
      case .text(let text, let isFirst):
        marked(text, isFirst: isFirst) { text in
          steps.cuts.forEachPiece(in: text) { encode($0, cache, &work, &ids) }
        }
      }
    }
    return options.addsSpecial ? parts.value.template.around(ids) : ids
  }

  private func marked(
    _ text: UnsafeRawBufferPointer, isFirst: Bool, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    guard let metaspace = steps.metaspace else { return body(text) }
    let spaces = TextNormalizer(steps: [.replace([0x20], with: metaspace.mark)])
    spaces.normalize(text) { text in
      let isGiven = metaspace.scheme == .always || metaspace.scheme == .first && isFirst
      guard isGiven, !text.starts(with: metaspace.mark) else { return body(text) }
      (metaspace.mark + text).withUnsafeBytes(body)
    }
  }

  private struct Work {
    var pairs = BytePairMerger.Scratch()
    var scores = ScoreMerger.Scratch()
  }

  private func encode(
    _ text: UnsafeRawBufferPointer, _ cache: borrowing PieceCache, _ work: inout Work, _ ids: inout [Int]
  ) {
    if case .pairs(_, _, ignoresMerges: true) = merging, let id = vocabulary.id(ofBytes: text) {
      return ids.append(id)
    }
    parts.value.boundaries.forEachRange(in: text) { range in
      let piece = UnsafeRawBufferPointer(rebasing: text[range])
      guard piece.count <= PieceCache.longestPiece else { return merge(piece, &work, &ids) }
      let key = PieceCache.Key(text, from: range.lowerBound, count: range.count)
      if !cache.appendIDs(of: key, to: &ids) {
        let count = ids.count
        merge(piece, &work, &ids)
        cache.store(key, ids[count...])
      }
    }
  }

  private func merge(_ piece: UnsafeRawBufferPointer, _ work: inout Work, _ ids: inout [Int]) {
    switch merging {
    case .pairs(let merger, let unknown, _):
      work.pairs.ids.removeAll(keepingCapacity: true)
      characters.append(piece, unknown: unknown, to: &work.pairs.ids)
      merger.merge(&work.pairs, output: &ids)
    case .scores(let merger, let unknown):
      merger.merge(piece, characters, unknown: unknown, scratch: &work.scores, output: &ids)
    }
  }

  // MARK: Ids to text

  public func isSpecial(_ id: Int) -> Bool { addedTokens.isSpecial(id) }

  public func append(_ id: Int, to text: inout TokenText) {
    if let byte = byte(of: id) { return text.append(byte: byte) }
    guard let token = token(id) else { return }
    guard text.isEmpty else { return text.append(inside(token)) }
    if decoding.dropsMarksOfFirstToken {
      text.append(replacingMarks(in: token, with: []))
    } else {
      let bytes = inside(token)
      let spaces = bytes.prefix(decoding.strippedSpaces).prefix { $0 == 0x20 }
      text.append(bytes.dropFirst(spaces.count))
    }
  }

  /// As inside a text.
  public func bytes(of id: Int) -> [UInt8]? { byte(of: id).map { [$0] } ?? token(id).map(inside) }

  public func name(of id: Int) -> String? { token(id).map { String(decoding: $0, as: UTF8.self) } }

  private func byte(of id: Int) -> UInt8? { decoding.hasByteTokens ? characters.byteValues[id] : nil }

  private func token(_ id: Int) -> ArraySlice<UInt8>? {
    if let text = addedTokens.text(of: id) { return text[...] }
    return vocabulary.contains(id) ? vocabulary.bytes(of: id) : nil
  }

  private func inside(_ token: ArraySlice<UInt8>) -> [UInt8] {
    replacingMarks(in: token, with: decoding.space)
  }

  /// A search reads all tokens: the standard library's `replacing` takes microseconds for each.
  private func replacingMarks(in token: ArraySlice<UInt8>, with other: [UInt8]) -> [UInt8] {
    let mark = decoding.mark
    guard let first = mark.first, token.contains(first) else { return Array(token) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(token.count)
    var rest = token
    while let byte = rest.first {
      if byte == first, rest.starts(with: mark) {
        bytes += other
        rest = rest.dropFirst(mark.count)
      } else {
        bytes.append(byte)
        rest = rest.dropFirst()
      }
    }
    return bytes
  }
}
