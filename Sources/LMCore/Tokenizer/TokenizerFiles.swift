extension ByteLevelBPE {
  /// Reads vocab.json and merges.txt.
  public init(
    vocabularyJSON: UnsafeRawBufferPointer, mergesText: UnsafeRawBufferPointer
  ) throws(TokenizerError) {
    try FileBytes.requireMemory(for: vocabularyJSON.count + mergesText.count, of: "vocab.json")
    try self.init(
      vocabularyJSON: vocabularyJSON, named: "vocab.json", mergesText: mergesText, named: "merges.txt")
  }

  private init(
    vocabularyJSON: UnsafeRawBufferPointer, named vocabularyFile: String,
    mergesText: UnsafeRawBufferPointer, named mergesFile: String,
    addedTokensJSON: UnsafeRawBufferPointer? = nil, named addedTokensFile: String = ""
  ) throws(TokenizerError) {
    var vocabulary = try VocabularyReader(file: vocabularyFile).readDocument(vocabularyJSON)
    var merges = MergesReader(file: mergesFile, vocabulary: vocabulary)
    try merges.readLines(mergesText)
    var addedTokens: [AddedToken] = []
    if let addedTokensJSON {
      let reader = VocabularyReader(file: addedTokensFile)
      var scanner = JSONScanner(addedTokensJSON)
      try reader.readMembers(from: &scanner, place: "the document") { (text, id) throws(TokenizerError) in
        let id = try reader.insertAdded(text, id: id, into: &vocabulary)
        addedTokens.append(AddedToken(text: text, id: id))
      }
      try reader.json { () throws(JSONError) in try scanner.finish() }
    }
    self.init(vocabulary: vocabulary, merger: merges.merger, addedTokens: addedTokens)
  }

  /// Reads tokenizer.json of the library `tokenizers`, as far as it describes GPT-2's byte-level BPE.
  public init(tokenizerJSON: UnsafeRawBufferPointer) throws(TokenizerError) {
    try self.init(tokenizerJSON: tokenizerJSON, named: "tokenizer.json")
  }

  private init(tokenizerJSON: UnsafeRawBufferPointer, named file: String) throws(TokenizerError) {
    var reader = TokenizerDocumentReader(file: file)
    try reader.read(tokenizerJSON)
    self = try reader.makeTokenizer()
  }

  /// Reads the tokenizer of a model's folder: vocab.json and merges.txt (with added_tokens.json, if there), else
  /// tokenizer.json.
  public init(directory path: String) throws(TokenizerError) {
    let folder = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
    let (vocabularyFile, mergesFile) = (folder + "vocab.json", folder + "merges.txt")
    let (tokenizerFile, addedTokensFile) = (folder + "tokenizer.json", folder + "added_tokens.json")
    let hasVocabulary = FileBytes.exists(vocabularyFile)
    if hasVocabulary && FileBytes.exists(mergesFile) {
      let vocabulary = try FileBytes(reading: vocabularyFile)
      let merges = try FileBytes(reading: mergesFile)
      let added = FileBytes.exists(addedTokensFile) ? try FileBytes(reading: addedTokensFile) : nil
      try self.init(
        vocabularyJSON: vocabulary.bytes, named: vocabularyFile, mergesText: merges.bytes, named: mergesFile,
        addedTokensJSON: added?.bytes, named: addedTokensFile)
    } else if FileBytes.exists(tokenizerFile) {
      let document = try FileBytes(reading: tokenizerFile)
      try self.init(tokenizerJSON: document.bytes, named: tokenizerFile)
    } else if hasVocabulary {
      throw .missingFile(mergesFile)
    } else if FileBytes.exists(mergesFile) {
      throw .missingFile(vocabularyFile)
    } else {
      throw .noTokenizer(directory: path)
    }
  }
}
