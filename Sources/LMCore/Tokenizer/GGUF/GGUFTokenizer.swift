/// The tokenizer of a GGUF file, from its keys `tokenizer.*`, with the ids of llama.cpp.
///
/// Two things are as in the model's own files instead, where llama.cpp differs: added tokens are found from left to right,
/// and a token keeps its type whatever it is called.
public enum GGUFTokenizer {
  /// What the file says of a token, by ggml's numbers.
  enum TokenType: Int {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// Reads the tokenizer of a file. Its notes tell what may make it differ from the model's own.
  ///
  /// - Throws: `TokenizerError`; its sentence names the file and the key.
  public static func read(_ metadata: GGUFMetadata) throws(TokenizerError) -> any Tokenizer {
    try Reader(metadata).tokenizer()
  }

  /// Reads the keys one by one.
  struct Reader {
    let metadata: GGUFMetadata
    let tokens: GGUFStrings
    let types: [Int]?
    var file: String { metadata.file }

    init(_ metadata: GGUFMetadata) throws(TokenizerError) {
      self.metadata = metadata
      tokens = try Self.key { () throws(GGUFError) in try metadata.strings("tokenizer.ggml.tokens") }
      let count = tokens.count
      guard count <= Vocabulary.largestID + 1 else {
        throw TokenizerError.tooManyTokens(file: metadata.file, limit: Vocabulary.largestID + 1)
      }
      types = try Self.key { () throws(GGUFError) in
        metadata.has("tokenizer.ggml.token_type") ? try metadata.integers("tokenizer.ggml.token_type") : nil
      }
      try checkCount(types?.count, "tokenizer.ggml.token_type", tokens: count)
    }

    /// Asks for a key; its error becomes that of the tokenizer.
    private static func key<Value>(
      _ body: () throws(GGUFError) -> Value
    ) throws(TokenizerError) -> Value {
      do { return try body() } catch { throw .invalidKey(error) }
    }

    private func flag(_ key: String, or fallback: Bool) throws(TokenizerError) -> Bool {
      try Self.key { () throws(GGUFError) in try metadata.flag(key, or: fallback) }
    }

    private func strings(_ key: String) throws(TokenizerError) -> GGUFStrings {
      try Self.key { () throws(GGUFError) in try metadata.strings(key) }
    }

    private func checkCount(_ count: Int?, _ key: String, tokens: Int) throws(TokenizerError) {
      if let count, count != tokens {
        throw .unexpectedValue(file: file, place: key, expected: "a list of \(tokens) numbers, one a token")
      }
    }

    func tokenizer() throws(TokenizerError) -> any Tokenizer {
      let model = try Self.key { () throws(GGUFError) in try metadata.text("tokenizer.ggml.model") }
      switch model {
      case "gpt2": return try bytePairs()
      case "llama": return try sentencePiece()
      default:
        throw TokenizerError.unsupported(
          file: file, feature: "the tokenizer \"\(model)\" (tokenizer.ggml.model)")
      }
    }

    // MARK: Byte pairs

    private func bytePairs() throws(TokenizerError) -> ByteLevelBPE {
      let name = try Self.key { () throws(GGUFError) in
        metadata.has("tokenizer.ggml.pre") ? try metadata.text("tokenizer.ggml.pre") : nil
      }
      guard let rule = GGUFPreTokenizer(named: name) else {
        throw TokenizerError.unsupported(
          file: file, feature: "the pre-tokenizer \"\(name ?? "")\" (tokenizer.ggml.pre)")
      }
      let vocabulary = try vocabulary(.byteAlphabet)
      var merges = MergesReader(file: file, vocabulary: vocabulary)
      for (number, text) in try strings("tokenizer.ggml.merges").enumerated() {
        try merges.read(text, number: number)
      }
      let (special, template) = try ends(vocabulary, beginsByDefault: rule.begins)
      var tokenizer = ByteLevelBPE(
        vocabulary: vocabulary, merger: merges.merger, steps: rule.steps, tokens: addedTokens(vocabulary),
        special: special, template: template)
      tokenizer.chatTemplate = try chatTemplate(vocabulary)
      if name == nil {
        tokenizer.notes = [
          "\(ForeignText.line(file)) does not say how its tokenizer cuts text (tokenizer.ggml.pre), so the ids may not be those that the model learned; a file made by a newer converter is better."
        ]
      }
      return tokenizer
    }

    // MARK: Sentencepiece

    private func sentencePiece() throws(TokenizerError) -> SentencePieceBPE {
      let vocabulary = try vocabulary(.plain)
      let scores = try Self.key { () throws(GGUFError) in
        metadata.has("tokenizer.ggml.scores") ? try metadata.numbers("tokenizer.ggml.scores") : nil
      }
      try checkCount(scores?.count, "tokenizer.ggml.scores", tokens: tokens.count)
      let mark = Array("▁".utf8)
      var steps = SentencePieceBPE.Steps()
      var decoding = SentencePieceBPE.Decoding(mark: mark)
      if try flag("tokenizer.ggml.add_space_prefix", or: true) {
        steps.normalizer.steps.append(.prepend([0x20]))
        decoding.strippedSpaces = 1
      }
      steps.normalizer.steps.append(.replace([0x20], with: mark))
      let merger = ScoreMerger(
        vocabulary,
        scores: scores?.map { Float($0) } ?? Array(repeating: 0, count: tokens.count))
      let (special, template) = try ends(vocabulary, beginsByDefault: true)
      var added = AddedVocabulary(splitsSpecialTokens: true)
      added.add(addedTokens(vocabulary), to: vocabulary) { $0 }
      var tokenizer = SentencePieceBPE(
        CharacterTokens(vocabulary, fallsBack: true),
        .scores(merger, unknown: try id("tokenizer.ggml.unknown_token_id")), steps, decoding, added: added,
        special: special, template: template)
      tokenizer.chatTemplate = try chatTemplate(vocabulary)
      return tokenizer
    }

    // MARK: Parts

    private func vocabulary(_ spelling: Spelling) throws(TokenizerError) -> Vocabulary {
      var vocabulary = Vocabulary(reservingBytes: 8 * tokens.count, spelling)
      let reader = VocabularyReader(file: file, spelling: spelling)
      for (id, text) in tokens.enumerated() where !text.isEmpty {
        guard text.firstInvalidUTF8() == nil else {
          throw TokenizerError.unexpectedValue(
            file: file, place: "tokenizer.ggml.tokens[\(id)]", expected: "UTF-8 text")
        }
        try reader.insert(text, id: id, into: &vocabulary)
      }
      return vocabulary
    }

    /// The tokens that are searched in a text: those of special type, and the user's own.
    private func addedTokens(_ vocabulary: Vocabulary) -> [AddedToken] {
      guard let types else { return [] }
      return types.enumerated().compactMap { id, number in
        let type = TokenType(rawValue: number)
        guard type == .control || type == .unknown || type == .userDefined, let text = vocabulary.text(of: id)
        else { return nil }
        var token = AddedToken(special: text)
        token.isSpecial = type != .userDefined
        return token
      }
    }

    /// nil where the key is missing, or names a token that is not there.
    private func id(_ key: String) throws(TokenizerError) -> Int? {
      guard metadata.has(key) else { return nil }
      let id = try Self.key { () throws(GGUFError) in try metadata.integer(key, in: -1...Int.max) }
      return (0..<tokens.count).contains(id) ? id : nil
    }

    private func ends(
      _ vocabulary: Vocabulary, beginsByDefault: Bool
    ) throws(TokenizerError) -> (special: SpecialTokens, template: TokenTemplate) {
      let begin = try id("tokenizer.ggml.bos_token_id")
      let end = try id("tokenizer.ggml.eos_token_id")
      var template = TokenTemplate()
      if let begin, try flag("tokenizer.ggml.add_bos_token", or: beginsByDefault) {
        template.before = [begin]
      }
      if let end, try flag("tokenizer.ggml.add_eos_token", or: false) { template.behind = [end] }
      var ends = [end].compactMap { $0 }
      for key in ["eot_token_id", "eom_token_id"] {
        if let id = try id("tokenizer.ggml." + key), !ends.contains(id) { ends.append(id) }
      }
      for name in Self.endNames {
        if let id = vocabulary.id(ofText: name[...]), isMark(id), !ends.contains(id) { ends.append(id) }
      }
      return (SpecialTokens(begin: begin ?? end, ends: ends), template)
    }

    /// Whether a token was made by hand; one of another type only looks like the end of a text.
    private func isMark(_ id: Int) -> Bool {
      guard let types else { return true }
      return types[id] == TokenType.control.rawValue || types[id] == TokenType.userDefined.rawValue
    }

    /// What llama.cpp ends a text at, besides the tokens that the keys name.
    private static let endNames = [
      "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<end_of_turn>", "<|endoftext|>",
      "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>",
      "<eos>", "<turn|>", "<｜end▁of▁sentence｜>",
    ].map { Array($0.utf8) }

    /// The file's template, with the tokens that its keys name.
    private func chatTemplate(_ vocabulary: Vocabulary) throws(TokenizerError) -> ChatTemplate? {
      guard metadata.has("tokenizer.chat_template") else { return nil }
      let source = try Self.key { () throws(GGUFError) in try metadata.text("tokenizer.chat_template") }
      var tokens: [String: String] = [:]
      for (name, key) in [
        ("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"), ("pad_token", "padding"),
      ] {
        if let id = try id("tokenizer.ggml.\(key)_token_id") { tokens[name] = vocabulary.text(of: id) }
      }
      return ChatTemplate(source, tokens: tokens)
    }
  }
}
