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
    private let table: any TokenTable

    package init(_ table: any TokenTable) {
      self.table = table
      var shared: Set<String> = []
      for id in 0..<table.vocabularySize {
        guard let bytes = table.bytes(of: id) else { continue }
        let text = String(decoding: bytes, as: UTF8.self)
        if ids.updateValue(id, forKey: text) != nil { shared.insert(text) }
      }
      for text in shared { ids[text] = nil }
    }

    subscript(text: String) -> Int? { ids[text] }

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
    let choice = try CompletionAnswer.choices(in: answer, count: 1)[0]
    guard case .object(let members)? = choice["logprobs"]?["top_logprobs"]?.array?.first, !members.isEmpty
    else { throw .noDistribution }
    var tokens: [(name: String, logProbability: Double)] = []
    for member in members {
      guard let value = member.value.double else { throw .invalidNumber }
      tokens.append((member.name, value))
    }
    tokens.sort { $0.logProbability > $1.logProbability }
    var known: [(id: Int, logProbability: Double)] = []
    for token in tokens {
      guard let id = ids[token.name] else { break }
      known.append((id, token.logProbability))
    }
    return [try ServedHead(known, asked: ranks, vocabularySize: vocabularySize)]
  }

  package func modelName(in answer: [UInt8]) -> String? { CompletionAnswer.modelName(in: answer) }

  package func readTokens(in answer: [UInt8]) -> Int? {
    takesIDs ? nil : (try? JSON(parsing: answer))?["usage"]?["prompt_tokens"]?.int
  }
}
