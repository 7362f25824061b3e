/// Byte-level BPE: text to token ids and back. Without loss for any bytes where the vocabulary has a token for each byte.
///
/// The ids are those of `transformers`. Text is cut into pieces (`PreTokenizer`), and within each the bytes are merged
/// pair by pair (`BytePairMerger`). Added tokens in the text, as `<|endoftext|>`, are not split, and spaces beside them
/// stay.
public struct ByteLevelBPE: Tokenizer {
  /// What GPT2Tokenizer calls its tokens where no file does.
  static let defaultNames = [
    "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
  ]

  private let vocabulary: Vocabulary
  private let merger: BytePairMerger
  private let addedTokens: AddedVocabulary
  private let preTokenizer: PreTokenizer
  private let template: TokenTemplate
  /// ByteLevel's `add_prefix_space`: text that does not begin with a space is given one.
  private let addsPrefixSpace: Bool

  /// The token that begins a text.
  public let special: SpecialTokens

  /// - Parameters:
  ///   - tokens: those of tokenizer.json; the settings can add more.
  ///   - template: nil where add_bos_token and add_eos_token tell it.
  ///   - addsPrefixSpace: nil where the setting add_prefix_space tells it.
  init(
    vocabulary: Vocabulary, merger: BytePairMerger, rule: PieceRule = .gpt2, tokens: [AddedToken] = [],
    settings: TokenizerSettings, template: TokenTemplate? = nil, addsPrefixSpace: Bool? = nil
  ) throws(TokenizerError) {
    (self.vocabulary, self.merger) = (vocabulary, merger)
    preTokenizer = PreTokenizer(rule)
    var added = AddedVocabulary(
      splitsSpecialTokens: try settings.flag("split_special_tokens", or: false))
    added.add(tokens, to: vocabulary)
    added.add(settings.tokens(besides: added), to: vocabulary)
    addedTokens = added
    func id(_ name: String) -> Int? { settings.text(of: name).flatMap { added.id(of: Array($0.utf8)) } }
    special = SpecialTokens(begin: id("bos_token") ?? id("eos_token"))
    if let template {
      self.template = template
    } else {
      self.template = TokenTemplate(
        before: try settings.flag("add_bos_token", or: false) ? [id("bos_token")].compactMap { $0 } : [],
        behind: try settings.flag("add_eos_token", or: false) ? [id("eos_token")].compactMap { $0 } : [])
    }
    let setting = try settings.flag("add_prefix_space", or: false)
    self.addsPrefixSpace = addsPrefixSpace ?? setting
  }

  public var vocabularySize: Int { max(vocabulary.count, addedTokens.endOfIDs) }

  // MARK: Text to ids

  /// The ids of a text, with those of the special tokens that stand in it, and of the template around it. Never fails.
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
    return template.around(ids)
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
    for id in ids {
      if let text = addedTokens.text(of: id) {
        bytes.append(contentsOf: text)
      } else {
        bytes.append(contentsOf: vocabulary.bytes(of: id))
      }
    }
    return bytes
  }

  public func bytes(of id: Int) -> [UInt8]? {
    addedTokens.text(of: id) ?? (vocabulary.contains(id) ? Array(vocabulary.bytes(of: id)) : nil)
  }

  public func name(of id: Int) -> String? {
    addedTokens.text(of: id).map { String(decoding: $0, as: UTF8.self) } ?? vocabulary.text(of: id)
  }

  /// The id of a token in the vocabulary's own alphabet.
  package func id(ofName name: String) -> Int? {
    let text = Array(name.utf8)
    return addedTokens.id(of: text) ?? vocabulary.id(ofText: text[...])
  }
}

// MARK: - Files

extension ByteLevelBPE {
  /// Reads vocab.json and merges.txt.
  public init(
    vocabularyJSON: UnsafeRawBufferPointer, mergesText: UnsafeRawBufferPointer
  ) throws(TokenizerError) {
    try FileBytes.requireMemory(for: vocabularyJSON.count + mergesText.count, of: "vocab.json")
    try self.init(
      vocabularyJSON: vocabularyJSON, named: "vocab.json", mergesText: mergesText, named: "merges.txt",
      settings: TokenizerSettings(TokenizerSettings.Sources(), defaults: Self.defaultNames))
  }

  init(
    vocabularyJSON: UnsafeRawBufferPointer, named vocabularyFile: String,
    mergesText: UnsafeRawBufferPointer, named mergesFile: String, settings: TokenizerSettings
  ) throws(TokenizerError) {
    let vocabulary = try VocabularyReader(file: vocabularyFile).readDocument(vocabularyJSON)
    var merges = MergesReader(file: mergesFile, vocabulary: vocabulary)
    try merges.readLines(mergesText)
    try self.init(vocabulary: vocabulary, merger: merges.merger, settings: settings)
  }
}
