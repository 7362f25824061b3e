/// tokenizer.json, the file of the library `tokenizers`.
///
/// What is not known is refused: other ids than the model was trained with would be worse than an error.
struct TokenizerDocument {
  let file: String
  /// Members other than the two long ones of the model.
  private var document: [JSON.Member] = []
  private var model: [JSON.Member] = []
  private var vocabularyScanner: JSONScanner?
  private(set) var mergesScanner: JSONScanner?
  private var reader: VocabularyReader { VocabularyReader(file: file) }

  /// Walks through the whole document, noting where the vocabulary and the merges lie: they may come in any order, and
  /// the merges need the vocabulary.
  ///
  /// - Parameter bytes: must outlive the document.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(TokenizerError) {
    self.file = file
    var scanner = JSONScanner(bytes, dialect: .python)
    guard scanner.next == UInt8(ascii: "{") else {
      try reader.json { () throws(JSONError) in try scanner.skipValue() }
      throw .unexpectedValue(file: file, place: "the document", expected: "an object")
    }
    do {
      try readDocument(from: &scanner)
      try scanner.finish()
    } catch {
      throw .invalidJSON(file: file, error)
    }
  }

  private mutating func readDocument(from scanner: inout JSONScanner) throws(JSONError) {
    var name: [UInt8] = []
    try scanner.open(.object)
    while try scanner.hasNext(in: .object) {
      try scanner.readName(into: &name)
      if name.elementsEqual("model".utf8) && scanner.next == UInt8(ascii: "{") {
        try readModel(from: &scanner)
      } else {
        document.append(JSON.Member(String(decoding: name, as: UTF8.self), try JSON(readFrom: &scanner)))
      }
    }
  }

  private mutating func readModel(from scanner: inout JSONScanner) throws(JSONError) {
    var name: [UInt8] = []
    try scanner.open(.object)
    while try scanner.hasNext(in: .object) {
      try scanner.readName(into: &name)
      if name.elementsEqual("vocab".utf8) {
        vocabularyScanner = scanner
        try scanner.skipUnread()
      } else if name.elementsEqual("merges".utf8) {
        mergesScanner = scanner
        try scanner.skipUnread()
      } else {
        model.append(JSON.Member(String(decoding: name, as: UTF8.self), try JSON(readFrom: &scanner)))
      }
    }
  }

  subscript(name: String) -> JSON { document.last { $0.name == name }?.value ?? .null }

  subscript(model name: String) -> JSON { model.last { $0.name == name }?.value ?? .null }

  /// `BPE` or `WordPiece`, else an error.
  func modelType() throws(TokenizerError) -> String {
    let type = self[model: "type"]
    if type == .null { return "BPE" }
    guard let name = type.string, ["BPE", "WordPiece"].contains(name) else {
      throw unsupported("a model of type \(type)")
    }
    return name
  }

  /// The tokens of `added_tokens`, in order, with the ids that stand there.
  func addedTokens() throws(TokenizerError) -> [(id: Int, token: AddedToken)] {
    guard self["added_tokens"] != .null else { return [] }
    guard let entries = self["added_tokens"].array else {
      throw .unexpectedValue(file: file, place: "added_tokens", expected: "a list")
    }
    var tokens: [(id: Int, token: AddedToken)] = []
    for (index, entry) in entries.enumerated() {
      guard let token = AddedToken(entry) else {
        throw .unexpectedValue(file: file, place: "added_tokens[\(index)].content", expected: "a string")
      }
      guard let id = entry["id"]?.int, (0...Vocabulary.largestID).contains(id) else {
        throw .unexpectedValue(
          file: file, place: "added_tokens[\(index)].id",
          expected: "an integer from 0 to \(Vocabulary.largestID)")
      }
      tokens.append((id, token))
    }
    return tokens
  }

  func template() throws(TokenizerError) -> TokenTemplate {
    try TokenTemplate(postProcessor: self["post_processor"], file: file)
  }

  func unsupported(_ feature: String) -> TokenizerError { .unsupported(file: file, feature: feature) }

  func vocabulary(_ spelling: Spelling) throws(TokenizerError) -> Vocabulary {
    guard var scanner = vocabularyScanner else {
      throw .unexpectedValue(file: file, place: "model.vocab", expected: "an object of tokens and their ids")
    }
    return try VocabularyReader(file: file, spelling: spelling).readObject(
      from: &scanner, place: "model.vocab")
  }
}

// MARK: - WordPiece

extension TokenizerDocument {
  func wordVocabulary() throws(TokenizerError) -> Vocabulary { try vocabulary(.plain) }

  /// The model with the steps around it, as the file has them.
  func words() throws(TokenizerError) -> WordPiece.Words {
    var words = WordPiece.Words(
      vocabulary: try wordVocabulary(), unknown: self[model: "unk_token"].string ?? "[UNK]")
    if let prefix = self[model: "continuing_subword_prefix"].string { words.prefix = Array(prefix.utf8) }
    if let longest = self[model: "max_input_chars_per_word"].int { words.longestWord = longest }
    let normalizer = self["normalizer"]
    switch normalizer["type"]?.string {
    case nil where normalizer == .null: break
    case "BertNormalizer":
      words.normalizer = BertNormalizer(
        cleansText: normalizer["clean_text"]?.bool ?? true,
        spacesChinese: normalizer["handle_chinese_chars"]?.bool ?? true,
        stripsAccents: normalizer["strip_accents"]?.bool,
        lowercases: normalizer["lowercase"]?.bool ?? true)
    default: throw unsupported("a normalizer of type \(normalizer["type"] ?? .null)")
    }
    guard self["pre_tokenizer"]["type"] == "BertPreTokenizer" else {
      throw unsupported("a pre-tokenizer of type \(self["pre_tokenizer"]["type"] ?? .null)")
    }
    let decoder = self["decoder"]
    guard decoder["type"] == "WordPiece" else {
      throw unsupported("a decoder of type \(decoder["type"] ?? .null)")
    }
    words.joint = Array((decoder["prefix"]?.string ?? "##").utf8)
    words.cleansUp = decoder["cleanup"]?.bool ?? true
    return words
  }
}
