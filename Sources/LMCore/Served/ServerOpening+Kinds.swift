extension ServerOpening {
  // MARK: llama-server

  /// How many special tokens are asked for by name, one after the other; a model has a few hundred at most.
  private static var mostSpecialTokens: Int { 300 }

  private func tokenizeRequest(_ text: String, addsSpecial: Bool, parsesSpecial: Bool = false) -> ServerRequest {
    ServerRequest(
      "/tokenize",
      posting: ["content": JSON(text), "add_special": JSON(addsSpecial), "parse_special": JSON(parsesSpecial)])
  }

  private func ids(_ request: ServerRequest) throws(ServerError) -> [Int] {
    let answer = try connection.send(request)
    return try reading { () throws(AnswerError) in
      guard let ids = Self.tokens(in: answer) else { throw .missing("tokens") }
      return ids
    }
  }

  func openLlamaServer(_ found: ServerIdentity, _ local: (any Tokenizer)?) throws -> ServedModel {
    guard let size = found.vocabularySize else { throw ServerError.unreadable(host: host, .missing("n_vocab")) }
    // Whatever letter it is: its token is whole.
    guard let harmless = try ids(tokenizeRequest("a", addsSpecial: false)).last, (0..<size).contains(harmless) else {
      throw ServerError.unreadable(host: host, .missing("tokens"))
    }
    let dialect = LlamaServerDialect(vocabularySize: size, harmlessID: harmless)
    // All ranks at once: there is no other way to have the vocabulary.
    let (head, name) = try probe(dialect, harmless, ranks: size)
    var identity = found
    identity.answerName = name ?? found.name
    let (begin, end) = try specialTokens(below: size)
    let tokenizer = local == nil ? servedTokenizer(size, begin: begin) : nil
    if let tokenizer {
      tokenizer.learn(head.pieces)
      try learnSpecialTokens(of: tokenizer, size)
    }
    let predictor = ServedPredictor(
      profile(identity, vocabularySize: size, endOfText: end.map { [$0] } ?? []), connection, dialect,
      identity: identity, tokenizer: tokenizer)
    return ServedModel(predictor: predictor, tokenizer: local ?? tokenizer ?? servedTokenizer(size, begin: begin), notes: [])
  }

  private func servedTokenizer(_ size: Int, begin: Int?) -> ServedTokenizer {
    ServedTokenizer(
      vocabularySize: size, begin: begin,
      encoder: encoder { text in
        ServerRequest(
          "/tokenize", posting: ["content": JSON(text), "add_special": true, "parse_special": false])
      })
  }

  /// The tokens that begin and end texts, as far as the server tells them.
  private func specialTokens(below size: Int) throws(ServerError) -> (begin: Int?, end: Int?) {
    let properties = (try? connection.send(ServerRequest("/props"))).flatMap { try? JSON(parsing: $0) }
    func id(_ name: String) throws(ServerError) -> Int? {
      guard let text = properties?[name]?.string, !text.isEmpty else { return nil }
      let found = try ids(tokenizeRequest(text, addsSpecial: false, parsesSpecial: true))
      return found.count == 1 && (0..<size).contains(found[0]) ? found[0] : nil
    }
    return (try id("bos_token"), try id("eos_token"))
  }

  /// In a distribution these have no bytes.
  private func learnSpecialTokens(of tokenizer: ServedTokenizer, _ size: Int) throws(ServerError) {
    var pieces = TokenPieces()
    for id in tokenizer.unknown(Array(0..<size)).prefix(Self.mostSpecialTokens) {
      let answer = try connection.send(ServerRequest("/detokenize", posting: ["tokens": JSON([id])]))
      guard let text = (try? JSON(parsing: answer))?["content"]?.string else { continue }
      pieces.append(id, text.utf8)
    }
    tokenizer.learn(pieces)
  }

  // MARK: The others

  func openVLLM(_ identity: ServerIdentity, _ local: (any Tokenizer)?) throws -> ServedModel {
    let size = try vLLMVocabularySize(identity)
    var most = size
    do throws(ServerError) {
      _ = try probe(VLLMDialect(model: identity.name, vocabularySize: size, mostRanks: size), 0, ranks: size)
    } catch {
      guard case .refused(_, _, let reason?) = error, let limit = VLLMDialect.mostRanks(inRefusal: reason) else {
        throw error
      }
      most = limit
    }
    let dialect = VLLMDialect(model: identity.name, vocabularySize: size, mostRanks: most)
    let name = try probe(dialect, 0, ranks: most).name
    var named = identity
    named.answerName = name ?? identity.name
    let model = identity.name
    let served =
      local == nil
      ? ServedTokenizer(
        vocabularySize: size, begin: nil,
        encoder: encoder { text in
          ServerRequest(
            "/tokenize", posting: ["model": JSON(model), "prompt": JSON(text), "add_special_tokens": true])
        }) : nil
    let predictor = ServedPredictor(
      profile(named, vocabularySize: size), connection, dialect, identity: named, tokenizer: served)
    guard let tokenizer = local ?? served else { throw ServerError.noTokenizer(host: host, kind: .vLLM) }
    return ServedModel(predictor: predictor, tokenizer: tokenizer, notes: notes(most, of: size))
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
      if case .refused(_, _, let reason?) = error, let size = VLLMDialect.vocabularySize(inRefusal: reason) {
        return size
      }
      throw error
    }
    throw .unreadable(host: host, .missing("Vocabulary size"))
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
      for most in [1000, 20, 5] {
        do throws(ServerError) {
          let (head, name) = try probe(dialect(most, takesIDs: takesIDs), sample, ranks: most)
          var named = identity
          named.answerName = name ?? identity.name
          // As many as came, since some servers cut without a word.
          let count = max(head.ids.count, 1)
          let predictor = ServedPredictor(
            profile(named, vocabularySize: size), connection, dialect(min(most, count), takesIDs: takesIDs),
            identity: named, tokenizer: nil)
          return ServedModel(predictor: predictor, tokenizer: tokenizer, notes: notes(min(most, count), of: size))
        } catch {
          switch error {
          case .refused, .failed, .unreadable(_, .noDistribution): problem = error
          default: throw error
          }
        }
      }
    }
    throw problem ?? ServerError.unreadable(host: host, .noDistribution)
  }
}
