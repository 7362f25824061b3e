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

  /// What happens to a text before its bytes are merged.
  struct Steps: Sendable, Equatable {
    var normalizer = TextNormalizer()
    var cuts: [PieceCut] = [.gpt2()]
    /// ByteLevel's `add_prefix_space`: text that does not begin with a space is given one.
    var addsPrefixSpace = false
    /// A piece that is a token is taken as it is.
    var ignoresMerges = false
  }

  /// Behind one reference: as parts of the structure, each call of a `Tokenizer` would copy and release their arrays.
  private struct Parts: Sendable {
    let vocabulary: Vocabulary
    let merger: BytePairMerger
    let addedTokens: AddedVocabulary
    let steps: Steps
    let template: TokenTemplate
  }

  private let parts: Boxed<Parts>
  private var vocabulary: Vocabulary { parts.value.vocabulary }
  private var merger: BytePairMerger { parts.value.merger }
  private var addedTokens: AddedVocabulary { parts.value.addedTokens }
  private var steps: Steps { parts.value.steps }
  /// The token that begins a text, and those that end one.
  public let special: SpecialTokens
  /// How a conversation becomes a text; nil where the files do not tell.
  public internal(set) var chatTemplate: ChatTemplate?
  /// What should be known of the vocabulary, each one sentence.
  public internal(set) var notes: [String] = []

  /// - Parameters:
  ///   - tokens: those of tokenizer.json; the settings can add more.
  ///   - template: nil where add_bos_token and add_eos_token tell it.
  ///   - steps: nil for GPT-2's, where the setting add_prefix_space counts.
  init(
    vocabulary: Vocabulary, merger: BytePairMerger, steps: Steps? = nil, tokens: [AddedToken] = [],
    settings: TokenizerSettings, template: TokenTemplate? = nil
  ) throws(TokenizerError) {
    let setting = try settings.flag("add_prefix_space", or: false)
    let steps = steps ?? Steps(addsPrefixSpace: setting)
    var added = AddedVocabulary(
      splitsSpecialTokens: try settings.flag("split_special_tokens", or: false))
    added.add(tokens, to: vocabulary, steps.normalizer)
    added.add(settings.tokens(besides: added), to: vocabulary, steps.normalizer)
    func id(_ name: String) -> Int? { settings.id(name, in: added) }
    special = settings.special(in: added)
    let around: TokenTemplate
    if let template {
      around = template
    } else {
      around = TokenTemplate(
        before: try settings.flag("add_bos_token", or: false) ? [id("bos_token")].compactMap { $0 } : [],
        behind: try settings.flag("add_eos_token", or: false) ? [id("eos_token")].compactMap { $0 } : [])
    }
    parts = Boxed(
      Parts(vocabulary: vocabulary, merger: merger, addedTokens: added, steps: steps, template: around))
  }

  /// A tokenizer that reads special tokens only where the caller asks for them, as GGUF files want it.
  init(
    vocabulary: Vocabulary, merger: BytePairMerger, steps: Steps, tokens: [AddedToken],
    special: SpecialTokens,
    template: TokenTemplate
  ) {
    var added = AddedVocabulary(splitsSpecialTokens: true)
    added.add(tokens, to: vocabulary, steps.normalizer)
    parts = Boxed(
      Parts(vocabulary: vocabulary, merger: merger, addedTokens: added, steps: steps, template: template))
    self.special = special
  }

  public var vocabularySize: Int { max(vocabulary.count, addedTokens.endOfIDs) }

  // MARK: Text to ids

  /// The ids of a text, with those of the special tokens that stand in it, and of the template around it. Never fails.
  public func encode(_ text: String, _ options: EncodingOptions) -> [Int] {
    var text = text
    return text.withUTF8 { encode(UnsafeRawBufferPointer($0), options) }
  }

  /// `encode` as the model learned its texts.
  public func encode(_ text: String) -> [Int] { encode(text, EncodingOptions()) }

  /// The ids of any bytes; valid UTF-8 gives those of the text. Each maximal part that is not UTF-8 is treated as
  /// U+FFFD would be when the text is cut into pieces, but keeps its bytes: `bytes(of:)` of the ids gives them back.
  public func encode(bytes: some Collection<UInt8>) -> [Int] {
    let options = EncodingOptions()
    let ids = bytes.withContiguousStorageIfAvailable { encode(UnsafeRawBufferPointer($0), options) }
    return ids ?? Array(bytes).withUnsafeBytes { encode($0, options) }
  }

  private func encode(_ text: UnsafeRawBufferPointer, _ options: EncodingOptions) -> [Int] {
    var ids: [Int] = []
    // English has about four bytes a token; more room is made when needed.
    ids.reserveCapacity(text.count / 4 + 8)
    var scratch = BytePairMerger.Scratch()
    let cache = PieceCache(forTextOf: text.count)
    addedTokens.forEachPart(of: text, steps.normalizer, parsesSpecial: options.parsesSpecial) { part in
      switch part {
      case .token(let id): ids.append(id)
      case .text(let text, _):
        if steps.addsPrefixSpace && text.first != UInt8(ascii: " ") {
          ([UInt8(ascii: " ")] + text).withUnsafeBytes { encode($0, cache, &scratch, &ids) }
        } else {
          encode(text, cache, &scratch, &ids)
        }
      }
    }
    return options.addsSpecial ? parts.value.template.around(ids) : ids
  }

  private func encode(
    _ text: UnsafeRawBufferPointer, _ cache: borrowing PieceCache, _ scratch: inout BytePairMerger.Scratch,
    _ ids: inout [Int]
  ) {
    // One rule is what most tokenizers have.
    guard steps.cuts.count == 1, case .rule(let rule) = steps.cuts[0] else {
      steps.cuts.forEachPiece(in: text) { encodePiece($0, 0..<$0.count, cache, &scratch, &ids) }
      return
    }
    var start = 0
    while start < text.count {
      let end = rule.endOfPiece(in: text, from: start)
      encodePiece(text, start..<end, cache, &scratch, &ids)
      start = end
    }
  }

  @inline(__always)
  private func encodePiece(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ cache: borrowing PieceCache,
    _ scratch: inout BytePairMerger.Scratch, _ ids: inout [Int]
  ) {
    let piece = UnsafeRawBufferPointer(rebasing: text[range])
    guard piece.count <= PieceCache.longestPiece else { return merge(piece, &scratch, &ids) }
    let key = PieceCache.Key(text, from: range.lowerBound, count: range.count)
    if !cache.appendIDs(of: key, to: &ids) {
      let count = ids.count
      merge(piece, &scratch, &ids)
      cache.store(key, ids[count...])
    }
  }

  private func merge(
    _ piece: UnsafeRawBufferPointer, _ scratch: inout BytePairMerger.Scratch, _ ids: inout [Int]
  ) {
    if steps.ignoresMerges, let id = vocabulary.id(ofBytes: piece) {
      ids.append(id)
    } else {
      merger.merge(piece, scratch: &scratch, output: &ids)
    }
  }

  // MARK: Ids to text

  public func isSpecial(_ id: Int) -> Bool { addedTokens.isSpecial(id) }

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
