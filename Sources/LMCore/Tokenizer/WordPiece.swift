/// BERT's WordPiece: a text is cut into words, and each word into the longest tokens from the left (Wu et al.,
/// arXiv 1609.08144, as in BERT). Chinese GPT-2s have it.
///
/// The ids are those of `transformers`. A text does not come back from its ids: white space, and with some settings
/// accents and capital letters, are lost.
public struct WordPiece: Tokenizer {
  /// The model, and the steps around it.
  struct Words: Sendable {
    let vocabulary: Vocabulary
    /// Stands for a word without tokens.
    let unknown: String
    /// Begins the tokens inside a word.
    var prefix = Array("##".utf8)
    /// Words of more characters are unknown.
    var longestWord = 100
    /// nil: the text stays as it is.
    var normalizer: BertNormalizer?
    /// A token that begins with it is written without it, and without a space before it.
    var joint = Array("##".utf8)
    /// Whether spaces before punctuation marks and in "do n't" are left out of the text of tokens.
    var cleansUp = true

    init(vocabulary: Vocabulary, unknown: String) { (self.vocabulary, self.unknown) = (vocabulary, unknown) }

    func normalize(_ text: [UInt8]) -> [UInt8] { normalizer?.normalize(text) ?? text }
  }

  /// What BertTokenizer calls its tokens where no file does.
  static let defaultNames = [
    "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
    "mask_token": "[MASK]",
  ]

  /// Behind one reference: as parts of the structure, each call of a `Tokenizer` would copy and release their arrays.
  private struct Parts: Sendable {
    let words: Words
    let unknownID: Int?
    let addedTokens: AddedVocabulary
    let template: TokenTemplate
  }

  private let parts: Boxed<Parts>
  private var words: Words { parts.value.words }
  private var addedTokens: AddedVocabulary { parts.value.addedTokens }

  /// The token that begins a text.
  public let special: SpecialTokens

  /// BertTokenizer: its own steps, and a template of `[CLS]` and `[SEP]`.
  init(bert vocabulary: Vocabulary, _ settings: TokenizerSettings) throws(TokenizerError) {
    var words = Words(vocabulary: vocabulary, unknown: settings.text(of: "unk_token") ?? "None")
    words.normalizer = BertNormalizer(
      spacesChinese: try settings.flag("tokenize_chinese_chars", or: true),
      stripsAccents: try settings.flag("strip_accents"),
      lowercases: try settings.flag("do_lower_case", or: true))
    try self.init(words, tokens: [], settings, nil)
  }

  /// - Parameters:
  ///   - tokens: those of tokenizer.json; the settings can add more.
  ///   - template: nil for BERT's.
  init(
    _ words: Words, tokens: [AddedToken], _ settings: TokenizerSettings, _ template: TokenTemplate?
  ) throws(TokenizerError) {
    var added = AddedVocabulary(
      splitsSpecialTokens: try settings.flag("split_special_tokens", or: false))
    added.add(tokens, to: words.vocabulary, normalize: words.normalize)
    added.add(settings.tokens(besides: added), to: words.vocabulary, normalize: words.normalize)
    func id(_ name: String) -> Int? { settings.id(name, in: added) }
    special = settings.special(in: added, or: "cls_token")
    // transformers' own numbers where a token is told to be none.
    let around = template ?? TokenTemplate(before: [id("cls_token") ?? 2], behind: [id("sep_token") ?? 3])
    parts = Boxed(
      Parts(
        words: words, unknownID: words.vocabulary.id(ofText: Array(words.unknown.utf8)[...]),
        addedTokens: added, template: around))
  }

  public var vocabularySize: Int { max(words.vocabulary.count, addedTokens.endOfIDs) }

  // MARK: Text to ids

  /// - Throws: `TokenizerError.noUnknownToken`.
  public func encode(_ text: String, _ options: EncodingOptions) throws -> [Int] {
    var ids: [Int] = []
    var missing: TokenizerError?
    Array(text.utf8).withUnsafeBytes { text in
      addedTokens.forEachSegment(in: text, .first, parsesSpecial: options.parsesSpecial) { segment in
        switch segment {
        case .token(let id): ids.append(id)
        case .text(let range):
          words.normalize(Array(text[range])).withUnsafeBytes { part in
            do throws(TokenizerError) { try encode(normalized: part, options, &ids) } catch {
              missing = missing ?? error
            }
          }
        }
      }
    }
    if let missing { throw missing }
    return options.addsSpecial ? parts.value.template.around(ids) : ids
  }

  private func encode(
    normalized text: UnsafeRawBufferPointer, _ options: EncodingOptions, _ ids: inout [Int]
  ) throws(TokenizerError) {
    var found: [AddedTokenSearch.Segment] = []
    addedTokens.forEachSegment(in: text, .second, parsesSpecial: options.parsesSpecial) { found.append($0) }
    for segment in found {
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let range):
        let part = UnsafeRawBufferPointer(rebasing: text[range])
        try BertNormalizer.forEachWord(in: part) { (word) throws(TokenizerError) in
          try encode(word: part[word], &ids)
        }
      }
    }
  }

  private func encode(
    word: Slice<UnsafeRawBufferPointer>, _ ids: inout [Int]
  ) throws(TokenizerError) {
    let before = ids.count
    let characters = word.count { $0 & 0xC0 != 0x80 }
    if characters <= words.longestWord {
      var start = word.startIndex
      var candidate: [UInt8] = []
      while start < word.endIndex {
        let prefix = start == word.startIndex ? [] : words.prefix
        candidate.removeAll(keepingCapacity: true)
        candidate += prefix
        candidate += word[start...]
        guard let (id, length) = longestToken(in: candidate, notBelow: prefix.count) else { break }
        ids.append(id)
        start += length - prefix.count
      }
      if start == word.endIndex { return }
    }
    ids.removeSubrange(before...)
    guard let unknownID = parts.value.unknownID else {
      throw .noUnknownToken(word: String(decoding: word, as: UTF8.self), name: words.unknown)
    }
    ids.append(unknownID)
  }

  /// The longest beginning of `bytes`, of whole characters, that is a token, and its length.
  private func longestToken(in bytes: [UInt8], notBelow least: Int) -> (id: Int, length: Int)? {
    var end = bytes.count
    while end > least {
      if let id = words.vocabulary.id(ofBytes: bytes[..<end]) { return (id, end) }
      end -= 1
      while end > least, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    }
    return nil
  }

  // MARK: Ids to text

  public func isSpecial(_ id: Int) -> Bool { addedTokens.isSpecial(id) }

  /// The first token has no space before it.
  public func append(_ id: Int, to text: inout TokenText) {
    guard let token = self.text(of: id) else { return }
    text.append(text.isEmpty ? cleanedUp(Array(token)) : inside(token))
  }

  /// As inside a text: with a space before it, unless it continues a word.
  public func bytes(of id: Int) -> [UInt8]? { text(of: id).map(inside) }

  public func name(of id: Int) -> String? { text(of: id).map { String(decoding: $0, as: UTF8.self) } }

  private func text(of id: Int) -> ArraySlice<UInt8>? {
    if let text = addedTokens.text(of: id) { return text[...] }
    return words.vocabulary.contains(id) ? words.vocabulary.bytes(of: id) : nil
  }

  private func inside(_ token: ArraySlice<UInt8>) -> [UInt8] {
    if token.starts(with: words.joint) { return cleanedUp(Array(token.dropFirst(words.joint.count))) }
    return cleanedUp([UInt8(ascii: " ")] + token)
  }

  private static let repairs: [(from: [UInt8], to: [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.utf8), Array($1.utf8)) }

  private func cleanedUp(_ bytes: [UInt8]) -> [UInt8] {
    // What can follow a space in the texts that are repaired.
    let second = Array(".?!,'nd".utf8)
    guard words.cleansUp, zip(bytes, bytes.dropFirst()).contains(where: { $0 == 0x20 && second.contains($1) })
    else { return bytes }
    return Self.repairs.reduce(bytes) { $0.replacing($1.from, with: $1.to) }
  }
}
