/// The tokenizer of a model's folder: which class of transformers it belongs to, and from which of its files it is made.
///
/// tokenizer.json comes before vocab.json and merges.txt, or vocab.txt, as in transformers 5.
public struct TokenizerFolder {
  /// Which of transformers' classes reads the files: they read the same file in different ways.
  enum Kind: Equatable {
    /// GPT2Tokenizer: byte-level BPE, of tokenizer.json only the vocabulary, the merges and the template.
    case gpt2
    /// BertTokenizer: WordPiece; BERT's own steps and template whatever tokenizer.json says.
    case bert
    /// PreTrainedTokenizerFast: what tokenizer.json says.
    case document

    /// nil for a class that is not known.
    init?(className: String) {
      switch className.hasSuffix("Fast") ? String(className.dropLast(4)) : className {
      case "GPT2Tokenizer": self = .gpt2
      case "BertTokenizer": self = .bert
      // Those of models whose tokenizer.json says all, and says it better than the class: some versions of transformers
      // leave out its normalizer.
      case "PreTrainedTokenizer", "TokenizersBackend", "PythonBackend", "LlamaTokenizer",
        "CodeLlamaTokenizer",
        "Qwen2Tokenizer", "GemmaTokenizer", "GPTNeoXTokenizer":
        self = .document
      default: return nil
      }
    }
  }

  private let folder: String

  private init(_ path: String) { folder = path.utf8.last == UInt8(ascii: "/") ? path : path + "/" }

  /// The tokenizer of a folder.
  ///
  /// - Throws: `TokenizerError`; its sentence says what to do.
  public static func read(_ path: String) throws(TokenizerError) -> any Tokenizer {
    try TokenizerFolder(path).makeTokenizer(path)
  }

  /// The tokenizer of a folder, or of a GGUF file.
  ///
  /// - Throws: `TokenizerError`; for a file also what opening it throws.
  public static func read(folderOrFile path: String) throws -> any Tokenizer {
    guard FileBytes.exists(path), !FileSystem.isDirectory(path) else { return try read(path) }
    return try GGUFTokenizer.read(GGUFFile(path: path).metadata)
  }

  private func has(_ name: String) -> Bool { FileBytes.exists(folder + name) }

  private func makeTokenizer(_ path: String) throws(TokenizerError) -> any Tokenizer {
    let configuration = try source("tokenizer_config.json")
    let kind = try kind(configuration)
    let bytes = has("tokenizer.json") ? try FileBytes(reading: folder + "tokenizer.json") : nil
    let document = try bytes.map { bytes throws(TokenizerError) in
      try TokenizerDocument(bytes.bytes, file: folder + "tokenizer.json")
    }
    defer { withExtendedLifetime(bytes) {} }
    let sources = TokenizerSettings.Sources(
      configuration: configuration, specialTokensMap: try source("special_tokens_map.json"),
      addedTokens: try source("added_tokens.json"), documentTokens: try document?.addedTokens())
    let tokenizer = try makeTokenizer(kind, document, sources, path)
    let settings = try TokenizerSettings(sources, defaults: kind == .gpt2 ? ByteLevelBPE.defaultNames : [:])
    let template = try chatTemplate(configuration?.json, settings)
    switch tokenizer {
    case var tokenizer as ByteLevelBPE:
      tokenizer.chatTemplate = template
      return tokenizer
    case var tokenizer as SentencePieceBPE:
      tokenizer.chatTemplate = template
      return tokenizer
    default: return tokenizer
    }
  }

  /// chat_template.jinja, else the template of tokenizer_config.json, of several the default one.
  private func chatTemplate(
    _ configuration: JSON?, _ settings: TokenizerSettings
  ) throws(TokenizerError) -> ChatTemplate? {
    let file = folder + "chat_template.jinja"
    var source: String?
    if has("chat_template.jinja") {
      let bytes = try FileBytes(reading: file)
      defer { withExtendedLifetime(bytes) {} }
      source = String(validating: bytes.bytes, as: UTF8.self)
      if source == nil { throw .notUTF8(file: file) }
    } else {
      let listed = configuration?["chat_template"]
      let named = listed?.array?.first { $0["name"] == "default" }?["template"]
      source = listed?.string ?? named?.string
    }
    return source.map { ChatTemplate($0, tokens: settings.namedTexts) }
  }

  private func makeTokenizer(
    _ kind: Kind, _ document: TokenizerDocument?, _ sources: TokenizerSettings.Sources, _ path: String
  ) throws(TokenizerError) -> any Tokenizer {
    switch kind {
    case .gpt2: return try makeGPT2(document, sources, path)
    case .bert: return try makeBERT(document, sources)
    case .document:
      guard let document else {
        throw .classWithoutFile(
          file: folder + "tokenizer_config.json",
          name: sources.configuration?.json["tokenizer_class"]?.string ?? "PreTrainedTokenizerFast",
          missing: "tokenizer.json")
      }
      return try Self.make(document, sources)
    }
  }

  /// A small file; nil where it is not there.
  private func source(_ name: String) throws(TokenizerError) -> TokenizerSettings.Source? {
    let file = folder + name
    guard has(name) else { return nil }
    let bytes = try FileBytes(reading: file)
    defer { withExtendedLifetime(bytes) {} }
    do throws(JSONError) {
      return TokenizerSettings.Source(json: try JSON(parsing: bytes.bytes, dialect: .python), file: file)
    } catch { throw .invalidJSON(file: file, error) }
  }

  /// The class that tokenizer_config.json names, else config.json; GPT-2's own where neither does.
  private func kind(_ configuration: TokenizerSettings.Source?) throws(TokenizerError) -> Kind {
    let model = configuration?.json["tokenizer_class"]?.string == nil ? try source("config.json") : nil
    for source in [configuration, model] {
      guard let source, let name = source.json["tokenizer_class"]?.string else { continue }
      guard let kind = Kind(className: name) else { throw .unknownClass(file: source.file, name: name) }
      return kind
    }
    // Without a model, the file can only be read as it is.
    return model == nil && has("tokenizer.json") ? .document : .gpt2
  }

  // MARK: Classes

  private func makeGPT2(
    _ document: TokenizerDocument?, _ sources: TokenizerSettings.Sources, _ path: String
  ) throws(TokenizerError) -> any Tokenizer {
    let settings = try TokenizerSettings(sources, defaults: ByteLevelBPE.defaultNames)
    if let document {
      guard try document.modelType() == "BPE" else {
        throw .unsupported(
          file: document.file, feature: "a model of type \"WordPiece\" without BertTokenizer")
      }
      var steps = try document.byteSteps()
      steps.addsPrefixSpace = try settings.flag("add_prefix_space", or: false)
      let pairs = try document.bytePairs(.byteAlphabet, readsUnknown: false)
      return try ByteLevelBPE(
        vocabulary: pairs.vocabulary, merger: pairs.merger, steps: steps, settings: settings,
        template: document["post_processor"] == .null ? nil : document.template())
    }
    let (vocabularyFile, mergesFile) = (folder + "vocab.json", folder + "merges.txt")
    switch (has("vocab.json"), has("merges.txt")) {
    case (true, true): break
    case (true, false): throw .missingFile(mergesFile)
    case (false, true): throw .missingFile(vocabularyFile)
    case (false, false):
      throw has("vocab.txt") ? .unnamedVocabulary(file: folder + "vocab.txt") : .noTokenizer(directory: path)
    }
    let (vocabulary, merges) = (try FileBytes(reading: vocabularyFile), try FileBytes(reading: mergesFile))
    defer { withExtendedLifetime((vocabulary, merges)) {} }
    return try ByteLevelBPE(
      vocabularyJSON: vocabulary.bytes, named: vocabularyFile, mergesText: merges.bytes, named: mergesFile,
      settings: settings)
  }

  private func makeBERT(
    _ document: TokenizerDocument?, _ sources: TokenizerSettings.Sources
  ) throws(TokenizerError) -> any Tokenizer {
    let settings = try TokenizerSettings(sources, defaults: WordPiece.defaultNames)
    let vocabulary: Vocabulary
    if let document {
      guard try document.modelType() == "WordPiece" else {
        throw .unsupported(file: document.file, feature: "a model of type \"BPE\" for BertTokenizer")
      }
      vocabulary = try document.wordVocabulary()
    } else {
      guard has("vocab.txt") else {
        throw .classWithoutFile(
          file: folder + "tokenizer_config.json", name: "BertTokenizer",
          missing: "vocab.txt or tokenizer.json")
      }
      let bytes = try FileBytes(reading: folder + "vocab.txt")
      defer { withExtendedLifetime(bytes) {} }
      vocabulary = try VocabularyReader(file: folder + "vocab.txt").readLines(bytes.bytes)
    }
    return try WordPiece(bert: vocabulary, settings)
  }

  /// As the library `tokenizers` reads the file, with the tokens that the other files add.
  private static func make(
    _ document: TokenizerDocument, _ sources: TokenizerSettings.Sources
  ) throws(TokenizerError) -> any Tokenizer {
    let settings = try TokenizerSettings(sources, defaults: [:])
    let tokens = (sources.documentTokens ?? []).map(\.token)
    let template = try document.template()
    guard try document.modelType() == "BPE" else {
      return try WordPiece(document.words(), tokens: tokens, settings, template)
    }
    guard document.isByteLevel else {
      return try document.sentencePiece(tokens: tokens, settings, template)
    }
    let steps = try document.byteSteps()
    let pairs = try document.bytePairs(.byteAlphabet, readsUnknown: true)
    return try ByteLevelBPE(
      vocabulary: pairs.vocabulary, merger: pairs.merger, steps: steps, tokens: tokens, settings: settings,
      template: template)
  }

  /// Reads tokenizer.json alone, as the library `tokenizers` does.
  public static func read(tokenizerJSON: UnsafeRawBufferPointer) throws(TokenizerError) -> any Tokenizer {
    let document = try TokenizerDocument(tokenizerJSON, file: "tokenizer.json")
    return try make(document, TokenizerSettings.Sources(documentTokens: document.addedTokens()))
  }
}
