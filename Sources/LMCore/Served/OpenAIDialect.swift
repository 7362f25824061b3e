/// `/v1/completions` as OpenAI defined it, and as llama-cpp-python and others have it: a few ranks, named by their texts.
///
/// A local vocabulary says which id a text is. Tokens of one text fall together, so what such a name means is known only
/// where one token alone has it; the head ends before the first name that is not understood.
package struct OpenAIDialect: ServerDialect {
  package let kind = ServerKind.openAI
  package let vocabularySize: Int
  package let mostRanks: Int
  package let takesSeveralTexts = false
  private let model: String
  private let ids: TokenNames
  /// Whether the prompt can be ids; else its text is sent.
  package let takesIDs: Bool

  /// The ids by their texts.
  package struct TokenNames: Sendable {
    private var ids: [String: Int] = [:]
    /// Texts that several tokens have.
    private var shared: Set<String> = []
    private let table: any TokenTable

    package init(_ table: any TokenTable) {
      self.table = table
      for id in 0..<table.vocabularySize {
        guard let bytes = table.bytes(of: id) else { continue }
        let text = String(decoding: bytes, as: UTF8.self)
        if ids.updateValue(id, forKey: text) != nil { shared.insert(text) }
      }
      for text in shared { ids[text] = nil }
    }

    subscript(text: String) -> Int? { ids[text] }

    /// Whether a token that a server told is another vocabulary's: its text is none of this one's, or its id has another text. False
    /// for parts of characters and special tokens, which servers name in many ways.
    func isStranger(_ token: ToldToken) -> Bool {
      let name = token.name
      if name.isEmpty || name.contains("\u{FFFD}") || name.hasPrefix("<") || name.hasPrefix("bytes:") {
        return false
      }
      // A server may leave out the space in front.
      let forms = [name, " " + name]
      guard let id = token.id else { return !forms.contains { ids[$0] != nil || shared.contains($0) } }
      guard let bytes = table.bytes(of: id) else { return true }
      return !bytes.isEmpty && !forms.contains(String(decoding: bytes, as: UTF8.self))
    }

    /// Characters that end outside it would be lost: such a text reads as other ids.
    func text(of ids: [Int]) -> String {
      String(decoding: ids.flatMap { table.bytes(of: $0) ?? [] }, as: UTF8.self)
    }
  }

  /// Turns a text into ids, as the server is expected to do.
  private let encode: @Sendable (String) -> [Int]?

  package init(
    model: String, names: TokenNames, vocabularySize: Int, mostRanks: Int, takesIDs: Bool,
    encode: @escaping @Sendable (String) -> [Int]? = { _ in nil }
  ) {
    (self.model, ids, self.vocabularySize) = (model, names, vocabularySize)
    (self.mostRanks, self.takesIDs, self.encode) = (mostRanks, takesIDs, encode)
  }

  package func canSend(_ text: [Int]) -> Bool { takesIDs || encode(ids.text(of: text)) == text }

  package func request(for texts: [[Int]], ranks: Int) -> ServerRequest {
    ServerRequest(
      "/v1/completions",
      posting: [
        "model": JSON(model), "prompt": takesIDs ? JSON(texts[0]) : JSON(ids.text(of: texts[0])),
        "max_tokens": JSON(1), "temperature": JSON(0), "logprobs": JSON(min(ranks, mostRanks)),
      ])
  }

  package func heads(
    in answer: [UInt8], of textCount: Int, ranks: Int
  ) throws(AnswerError) -> [ServedHead?] {
    let told = try Self.tokens(in: answer)
    var known: [(id: Int, logProbability: Double)] = []
    for token in told {
      guard let id = token.id ?? ids[token.name] else { break }
      known.append((id, token.logProbability))
    }
    if known.isEmpty { throw .nameless(told[0].name) }
    return [try ServedHead(known, asked: ranks, vocabularySize: vocabularySize)]
  }

  /// A token as an answer names it.
  struct ToldToken {
    let name: String
    /// nil where the answer has none.
    var id: Int?
    let logProbability: Double
  }

  /// The most probable tokens, in their order; at least one. llama-server lists them as in its chats, with their ids.
  static func tokens(in answer: [UInt8]) throws(AnswerError) -> [ToldToken] {
    let choice = try CompletionAnswer.choices(in: answer, count: 1)[0]
    var tokens: [ToldToken] = []
    if let listed = choice["logprobs"]?["content"]?.array?.first?["top_logprobs"]?.array {
      tokens = try listed.map { entry throws(AnswerError) in
        guard let name = entry["token"]?.string else { throw .missing("token") }
        guard let value = entry["logprob"]?.double else { throw .invalidNumber }
        return ToldToken(name: name, id: entry["id"]?.int, logProbability: value)
      }
    } else if case .object(let members)? = choice["logprobs"]?["top_logprobs"]?.array?.first {
      tokens = try members.map { member throws(AnswerError) in
        guard let value = member.value.double else { throw .invalidNumber }
        return ToldToken(name: member.name, logProbability: value)
      }
    }
    if tokens.isEmpty { throw .noDistribution }
    return tokens.sorted { $0.logProbability > $1.logProbability }
  }

  package func modelName(in answer: [UInt8]) -> String? { CompletionAnswer.modelName(in: answer) }

  package func readTokens(in answer: [UInt8]) -> Int? {
    takesIDs ? nil : (try? JSON(parsing: answer))?["usage"]?["prompt_tokens"]?.int
  }
}
