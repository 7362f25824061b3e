extension ServerOpening {
  // MARK: llama-server

  /// How many special tokens are asked for by name, one after the other; a model has a few hundred at most.
  private static var mostSpecialTokens: Int { 300 }

  private static func tokenizeRequest(_ text: String, _ options: EncodingOptions) -> ServerRequest {
    ServerRequest(
      "/tokenize",
      posting: [
        "content": JSON(text), "add_special": JSON(options.addsSpecial),
        "parse_special": JSON(options.parsesSpecial),
      ])
  }

  private func ids(_ request: ServerRequest) throws(ServerError) -> [Int] {
    let answer = try connection.send(request)
    return try reading { () throws(AnswerError) in
      guard let ids = Self.tokens(in: answer) else { throw .missing("tokens") }
      return ids
    }
  }

  func openLlamaServer(_ found: ServerIdentity, _ local: (any Tokenizer)?) throws -> ServedModel {
    guard let size = found.vocabularySize else { throw otherKind(.llamaServer) }
    // Whatever letter it is: its token is whole.
    guard let harmless = try ids(Self.tokenizeRequest("a", .part)).last, (0..<size).contains(harmless)
    else {
      throw ServerError.unreadable(host: host, .missing("tokens"))
    }
    if let local { try check(local, against: size) { Self.tokenizeRequest($0, .part) } }
    let dialect = LlamaServerDialect(vocabularySize: size, harmlessID: harmless)
    // All ranks at once: there is no other way to have the vocabulary.
    let (head, name) = try probe(dialect, harmless, ranks: size)
    var identity = found
    identity.answerName = name ?? found.name
    let properties = try properties(below: size)
    let ends = properties.end.map { [$0] } ?? []
    let profile = profile(identity, vocabularySize: size, endOfText: ends)
    if let local {
      let predictor = ServedPredictor(profile, connection, dialect, identity: identity, tokenizer: nil)
      return ServedModel(predictor: predictor, tokenizer: local, notes: [])
    }
    let tokenizer = ServedTokenizer(
      vocabularySize: size, special: SpecialTokens(begin: properties.begin, ends: ends),
      chatTemplate: properties.template,
      encoder: encoder { text, options in
        Self.tokenizeRequest(text, options)
      })
    tokenizer.learn(head.pieces)
    try learnSpecialTokens(of: tokenizer, size)
    let predictor = ServedPredictor(profile, connection, dialect, identity: identity, tokenizer: tokenizer)
    return ServedModel(predictor: predictor, tokenizer: tokenizer, notes: [])
  }

  /// What the server tells of its model's special tokens and chats.
  private func properties(
    below size: Int
  ) throws(ServerError) -> (begin: Int?, end: Int?, template: ChatTemplate?) {
    let properties = (try? connection.send(ServerRequest("/props"))).flatMap { try? JSON(parsing: $0) }
    var texts: [String: String] = [:]
    /// The id of a special token.
    func single(_ text: String) throws(ServerError) -> Int? {
      let options = EncodingOptions(addsSpecial: false, parsesSpecial: true)
      let found = try ids(Self.tokenizeRequest(text, options))
      return found.count == 1 && (0..<size).contains(found[0]) ? found[0] : nil
    }
    func id(_ name: String) throws(ServerError) -> Int? {
      guard let text = properties?[name]?.string, !text.isEmpty else { return nil }
      texts[name] = text
      return try single(text)
    }
    let (begin, end) = (try id("bos_token"), try id("eos_token"))
    guard let template = properties?["chat_template"]?.string, !template.isEmpty else {
      return (begin, end, nil)
    }
    // For a model without a template it shows ChatML's, whose marks that model does not have.
    let mark = "<|im_start|>"
    let isOwn = template.contains(mark) ? try single(mark) != nil : true
    return (begin, end, isOwn ? ChatTemplate(template, tokens: texts) : nil)
  }

  /// In a distribution these have no bytes.
  private func learnSpecialTokens(of tokenizer: ServedTokenizer, _ size: Int) throws(ServerError) {
    var pieces = TokenPieces()
    for id in tokenizer.unknown(Array(0..<size)).prefix(Self.mostSpecialTokens) {
      let answer = try connection.send(ServerRequest("/detokenize", posting: ["tokens": JSON([id])]))
      guard let text = (try? JSON(parsing: answer))?["content"]?.string else { continue }
      pieces.append(id, text.utf8)
    }
    tokenizer.learn(pieces, areSpecial: true)
  }

  // MARK: A local vocabulary

  /// Throws where a local vocabulary is another model's: it has more ids than the model, which may well have more than it, or
  /// reads a plain text otherwise than the server.
  private func check(
    _ local: any Tokenizer, against size: Int, tokenize: (String) -> ServerRequest
  ) throws {
    let folder = settings.tokenizerFolder ?? ""
    guard local.vocabularySize <= size else {
      throw ServerError.largerTokenizer(
        host: host, folder: folder, tokens: local.vocabularySize, vocabularySize: size)
    }
    let sample = "Once upon a time there was a king, who had three daughters and a castle."
    // A server that does not tell its tokens cannot be compared.
    guard let own = try? local.encode(sample, .part), let told = try? ids(tokenize(sample)) else { return }
    // Marks of a beginning, and a space in front, may differ.
    let common = Set(own).intersection(told).count
    guard common * 2 >= Set(own).count else { throw ServerError.otherTokenizer(host: host, folder: folder) }
  }

  // MARK: The others

  func openVLLM(_ identity: ServerIdentity, _ local: (any Tokenizer)?) throws -> ServedModel {
    let size = try vLLMVocabularySize(identity)
    var most = size
    do throws(ServerError) {
      _ = try probe(VLLMDialect(model: identity.name, vocabularySize: size, mostRanks: size), 0, ranks: size)
    } catch {
      guard case .refused(_, _, let reason?) = error, let limit = VLLMDialect.mostRanks(inRefusal: reason)
      else {
        throw error
      }
      most = limit
    }
    let dialect = VLLMDialect(model: identity.name, vocabularySize: size, mostRanks: most)
    let name = try probe(dialect, 0, ranks: most).name
    let model = identity.name
    @Sendable func tokenize(_ text: String, _ options: EncodingOptions) -> ServerRequest {
      ServerRequest(
        "/tokenize",
        posting: [
          "model": JSON(model), "prompt": JSON(text), "add_special_tokens": JSON(options.addsSpecial),
        ])
    }
    if let local { try check(local, against: size) { tokenize($0, .part) } }
    var named = identity
    named.answerName = name ?? identity.name
    let served =
      local == nil
      ? ServedTokenizer(
        vocabularySize: size, special: SpecialTokens(), namer: namer(dialect, identity.contextLength),
        encoder: encoder { text, options in tokenize(text, options) }) : nil
    let predictor = ServedPredictor(
      profile(named, vocabularySize: size), connection, dialect, identity: named, tokenizer: served)
    guard let tokenizer = local ?? served else { throw ServerError.noTokenizer(host: host, kind: .vLLM) }
    return ServedModel(predictor: predictor, tokenizer: tokenizer, notes: notes(most, of: size))
  }

  /// Asks vLLM what tokens are called, on a connection of its own.
  private func namer(_ dialect: VLLMDialect, _ contextLength: Int?) -> ServedTokenizer.Namer {
    let connection = ownConnection()
    return { ids in
      let asked = VLLMDialect.asked(ids, contextLength: (contextLength ?? .max) - 1)
      let answer = try connection.withLock { connection throws(ServerError) in
        try connection.send(dialect.requestForText(asked, ranks: 0))
      }
      return try dialect.names(in: answer, of: asked)
    }
  }

  /// The server names V in its error about an id that is none.
  private func vLLMVocabularySize(_ identity: ServerIdentity) throws(ServerError) -> Int {
    do throws(ServerError) {
      _ = try connection.send(
        ServerRequest(
          "/v1/completions",
          posting: [
            "model": JSON(identity.name), "prompt": JSON([0]), "max_tokens": JSON(1),
            "logit_bias": ["999999999": JSON(1)],
          ]))
    } catch {
      switch error {
      case .refused(_, _, let reason?):
        if let size = VLLMDialect.vocabularySize(inRefusal: reason) { return size }
        throw error
      case .notFound, .failed: throw otherKind(.vLLM)
      default: throw error
      }
    }
    // vLLM refuses it.
    throw otherKind(.vLLM)
  }

  private func otherKind(_ kind: ServerKind) -> ServerError {
    .otherKind(host: host, kind: kind, isNamed: settings.kind != nil)
  }

  private func notes(_ most: Int, of size: Int) -> [String] {
    most == size
      ? []
      : [
        "\(host) tells the \(NumberFormat.grouped(most)) most probable of \(NumberFormat.grouped(size)) tokens: what falls outside is not known"
      ]
  }

  func openSGLang(_ identity: ServerIdentity, _ tokenizer: any Tokenizer) throws -> ServedModel {
    let size = tokenizer.vocabularySize
    let dialect = SGLangDialect(vocabularySize: size)
    _ = try probe(dialect, 0, ranks: 20)
    let predictor = ServedPredictor(
      profile(identity, vocabularySize: size), connection, dialect, identity: identity, tokenizer: nil)
    return ServedModel(predictor: predictor, tokenizer: tokenizer, notes: [])
  }

  /// What an OpenAI-like server takes is not written anywhere: it is tried.
  func openOpenAI(_ identity: ServerIdentity, _ tokenizer: any Tokenizer) throws -> ServedModel {
    let size = tokenizer.vocabularySize
    let names = OpenAIDialect.TokenNames(tokenizer)
    guard let sample = try tokenizer.encode("a").last else {
      throw ServerError.noTokenizer(host: host, kind: .openAI)
    }
    func dialect(_ most: Int, takesIDs: Bool) -> OpenAIDialect {
      OpenAIDialect(
        model: identity.name, names: names, vocabularySize: size, mostRanks: most, takesIDs: takesIDs
      ) { text in try? tokenizer.encode(text) }
    }
    var problem: ServerError?
    for takesIDs in [true, false] {
      var asked: Int? = Self.usualLimits[0]
      while let most = asked {
        do throws(ServerError) {
          let (told, name) = try probeNames(dialect(most, takesIDs: takesIDs), sample, ranks: most)
          try check(told, names)
          var named = identity
          named.answerName = name ?? identity.name
          // As many as came, since some servers cut without a word.
          let count = min(told.count, most)
          let predictor = ServedPredictor(
            profile(named, vocabularySize: size), connection, dialect(count, takesIDs: takesIDs),
            identity: named, tokenizer: nil)
          return ServedModel(
            predictor: predictor, tokenizer: tokenizer, notes: notes(count, of: size))
        } catch {
          switch error {
          case .refused, .failed, .unreadable(_, .noDistribution): problem = error
          default: throw error
          }
          asked = Self.limit(below: most, after: error)
        }
      }
    }
    throw problem ?? ServerError.unreadable(host: host, .noDistribution)
  }

  /// Asks for what follows one token, in the usual way; the tokens as they are named, which the vocabulary may not know.
  private func probeNames(
    _ dialect: OpenAIDialect, _ id: Int, ranks: Int
  ) throws(ServerError) -> (told: [OpenAIDialect.ToldToken], name: String?) {
    let body = try connection.send(dialect.request(for: [[id]], ranks: ranks))
    let told = try reading { () throws(AnswerError) in
      let told = try OpenAIDialect.tokens(in: body)
      // The most probable one may be a part of a character here, and not behind another text.
      do throws(AnswerError) { _ = try dialect.heads(in: body, of: 1, ranks: ranks) } catch {
        guard case .nameless = error else { throw error }
      }
      return told
    }
    return (told, dialect.modelName(in: body))
  }

  /// Throws where most of the tokens that a server names are not in the local vocabulary.
  private func check(
    _ told: [OpenAIDialect.ToldToken], _ names: OpenAIDialect.TokenNames
  ) throws(ServerError) {
    let strangers = told.filter(names.isStranger)
    guard let first = strangers.first, strangers.count * 2 > told.count else { return }
    throw .otherNames(host: host, folder: settings.tokenizerFolder ?? "", name: first.name)
  }

  /// How many ranks are tried where a server does not name its limit.
  private static var usualLimits: [Int] { [1000, 100, 20, 5, 1] }

  /// How many ranks are asked for next: as many as the refusal of more names, else the next usual limit.
  private static func limit(below most: Int, after error: ServerError) -> Int? {
    if case .refused(_, _, let reason?) = error {
      let numbers = reason.split { !($0.isASCII && $0.isNumber) }.compactMap { Int($0) }
      if let named = numbers.filter({ (1..<most).contains($0) }).max() { return named }
    }
    return usualLimits.first { $0 < most }
  }
}
