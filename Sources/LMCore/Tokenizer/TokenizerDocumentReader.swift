/// Reads tokenizer.json, the file of the library `tokenizers`, and refuses what is not a byte-level BPE with a known rule
/// for pieces: other ids than the model was trained with would be worse than an error.
struct TokenizerDocumentReader {
  let file: String
  private let reader: VocabularyReader
  /// Members other than the two long ones of the model.
  private var document: [JSON.Member] = []
  private var model: [JSON.Member] = []
  private var vocabularyScanner: JSONScanner?
  private var mergesScanner: JSONScanner?

  init(file: String) {
    self.file = file
    reader = VocabularyReader(file: file)
  }

  /// Walks through the whole document, noting where the vocabulary and the merges lie: they may come in any order, and
  /// the merges need the vocabulary.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws(TokenizerError) {
    var scanner = JSONScanner(bytes)
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
        try scanner.skipValue()
      } else if name.elementsEqual("merges".utf8) {
        mergesScanner = scanner
        try scanner.skipValue()
      } else {
        model.append(JSON.Member(String(decoding: name, as: UTF8.self), try JSON(readFrom: &scanner)))
      }
    }
  }

  func makeTokenizer() throws(TokenizerError) -> ByteLevelBPE {
    let (rule, addsPrefixSpace) = try readSteps()
    guard var vocabularyScanner else {
      throw .unexpectedValue(file: file, place: "model.vocab", expected: "an object of tokens and their ids")
    }
    guard var mergesScanner else {
      throw .unexpectedValue(file: file, place: "model.merges", expected: "a list of merges")
    }
    var vocabulary = try reader.readObject(from: &vocabularyScanner, place: "model.vocab")
    var merges = MergesReader(file: file, vocabulary: vocabulary)
    try merges.readArray(from: &mergesScanner)
    let addedTokens = try readAddedTokens(into: &vocabulary)
    return ByteLevelBPE(
      vocabulary: vocabulary, merger: merges.merger, rule: rule, addedTokens: addedTokens,
      addsPrefixSpace: addsPrefixSpace)
  }

  /// Refuses other models and normalizers, and rules for pieces that are not known.
  private func readSteps() throws(TokenizerError) -> (rule: PieceRule, addsPrefixSpace: Bool) {
    let (document, model) = (JSON.object(document), JSON.object(model))
    if let type = model["type"], type != "BPE" { throw unsupported("a model of type \(type)") }
    for name in ["continuing_subword_prefix", "end_of_word_suffix", "dropout"] {
      if let value = model[name], value != .null, value != "", value.double != 0 {
        throw unsupported("\(name) \(value)")
      }
    }
    for name in ["byte_fallback", "ignore_merges"] where model[name]?.bool == true {
      throw unsupported("\(name)")
    }
    if let normalizer = document["normalizer"], normalizer != .null {
      throw unsupported("a normalizer of type \(normalizer["type"] ?? .null)")
    }
    let preTokenizer = document["pre_tokenizer"] ?? .null
    var steps =
      preTokenizer["type"] == "Sequence" ? preTokenizer["pretokenizers"]?.array ?? [] : [preTokenizer]
    func unknown(_ step: JSON) -> TokenizerError {
      unsupported("a pre-tokenizer of type \(step["type"] ?? .null)")
    }
    guard let byteLevel = steps.popLast(), byteLevel["type"] == "ByteLevel" else {
      throw unknown(preTokenizer)
    }
    let addsPrefixSpace = byteLevel["add_prefix_space"]?.bool ?? true
    let cutsByItself = byteLevel["use_regex"]?.bool ?? true
    // By itself, this step cuts as GPT-2 does.
    if steps.isEmpty, cutsByItself { return (.gpt2, addsPrefixSpace) }
    guard steps.count == 1, !cutsByItself else { throw unknown(steps.first ?? byteLevel) }
    let split = steps[0]
    // Behind a cut, every piece would be given a space.
    guard split["type"] == "Split", split["behavior"] == "Isolated", split["invert"]?.bool != true,
      !addsPrefixSpace
    else { throw unknown(split) }
    let pattern = split["pattern"]?["Regex"]?.string ?? ""
    guard let rule = PieceRule(pattern: pattern) else { throw unsupported("the pattern \(pattern)") }
    return (rule, addsPrefixSpace)
  }

  private func readAddedTokens(into vocabulary: inout Vocabulary) throws(TokenizerError) -> [AddedToken] {
    guard let list = JSON.object(document)["added_tokens"], list != .null else { return [] }
    guard let entries = list.array else {
      throw .unexpectedValue(file: file, place: "added_tokens", expected: "a list")
    }
    var tokens: [AddedToken] = []
    for (index, entry) in entries.enumerated() {
      guard let content = entry["content"]?.string else {
        throw .unexpectedValue(file: file, place: "added_tokens[\(index)].content", expected: "a string")
      }
      guard let id = entry["id"]?.int, (0...Vocabulary.largestID).contains(id) else {
        throw .unexpectedValue(
          file: file, place: "added_tokens[\(index)].id",
          expected: "an integer from 0 to \(Vocabulary.largestID)")
      }
      let text = Array(content.utf8)
      tokens.append(
        AddedToken(
          text: text, id: try reader.insertAdded(text, id: id, into: &vocabulary),
          stripsLeft: entry["lstrip"]?.bool ?? false, stripsRight: entry["rstrip"]?.bool ?? false,
          isSingleWord: entry["single_word"]?.bool ?? false, comesSecond: entry["normalized"]?.bool ?? false))
    }
    return tokens
  }

  private func unsupported(_ feature: String) -> TokenizerError { .unsupported(file: file, feature: feature) }
}
