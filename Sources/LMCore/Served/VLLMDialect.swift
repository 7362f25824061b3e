/// vLLM's `/v1/completions`, with ids as the prompt and as the names of tokens: names by text can collide.
package struct VLLMDialect: ServerDialect {
  package let kind = ServerKind.vLLM
  package let vocabularySize: Int
  package let mostRanks: Int
  package let takesSeveralTexts = true
  package let scoresTextsAtOnce = true
  private let model: String

  private static let placeholder = "token_id:"
  /// What vLLM allows unless it is started with `--max-logprobs`.
  package static let usualRanks = 20

  package init(model: String, vocabularySize: Int, mostRanks: Int) {
    (self.model, self.vocabularySize) = (model, vocabularySize)
    self.mostRanks = min(mostRanks, vocabularySize)
  }

  /// The most ranks that the server allows, from its error about a request for more: "greater than max allowed: 20".
  package static func mostRanks(inRefusal message: String) -> Int? {
    number(in: message, behind: "max allowed: ")
  }

  /// V, from its error about a bias for an id that is none: "Vocabulary size: 4096".
  package static func vocabularySize(inRefusal message: String) -> Int? {
    number(in: message, behind: "Vocabulary size: ")
  }

  private static func number(in message: String, behind words: String) -> Int? {
    message.firstRange(of: words).flatMap {
      Int(message[$0.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
    .flatMap { (1...1 << 24).contains($0) ? $0 : nil }
  }

  package func request(for texts: [[Int]], ranks: Int) -> ServerRequest {
    ServerRequest(
      "/v1/completions", posting: .object(members(texts, ranks: ranks) + [.init("max_tokens", JSON(1))]))
  }

  private func members(_ texts: [[Int]], ranks: Int) -> [JSON.Member] {
    [
      .init("model", JSON(model)),
      .init("prompt", texts.count == 1 ? JSON(texts[0]) : .array(texts.map { JSON($0) })),
      .init("temperature", JSON(0)), .init("logprobs", JSON(min(ranks, mostRanks))),
      .init("return_tokens_as_token_ids", true),
    ]
  }

  package func heads(
    in answer: [UInt8], of textCount: Int, ranks: Int
  ) throws(AnswerError) -> [ServedHead?] {
    var heads: [ServedHead?] = []
    for choice in try CompletionAnswer.choices(in: answer, count: textCount) {
      guard case .object(let members)? = choice["logprobs"]?["top_logprobs"]?.array?.first, !members.isEmpty
      else { throw .noDistribution }
      // An object, in no order; the drawn token may stand in it beside those that were asked for.
      let tokens = try members.map { member throws(AnswerError) in
        guard member.name.hasPrefix(Self.placeholder),
          let id = Int(member.name.dropFirst(Self.placeholder.count))
        else { throw .missing("token_id") }
        guard let value = member.value.double else { throw .invalidNumber }
        return (id: id, logProbability: value)
      }
      heads.append(try ServedHead(tokens, asked: ranks, vocabularySize: vocabularySize))
    }
    return heads
  }

  package func modelName(in answer: [UInt8]) -> String? { CompletionAnswer.modelName(in: answer) }

  // MARK: What a given text's own tokens have

  /// Asks for the probabilities of all tokens of a text but the first, and the most probable ones beside them.
  package func requestForText(_ ids: [Int], ranks: Int) -> ServerRequest {
    ServerRequest(
      "/v1/completions",
      posting: .object([
        .init("model", JSON(model)), .init("prompt", JSON(ids)), .init("temperature", JSON(0)),
        .init("max_tokens", JSON(1)), .init("prompt_logprobs", JSON(min(ranks, mostRanks))),
      ]))
  }

  /// How probable each token of a text was behind those before it, from the second on.
  package func tokens(
    in answer: [UInt8], of ids: [Int], ranks: Int
  ) throws(AnswerError) -> [(logProbability: Double, rank: Int, head: ServedHead)] {
    var tokens: [(logProbability: Double, rank: Int, head: ServedHead)] = []
    for (id, entry) in zip(ids, try entries(in: answer, of: ids)).dropFirst() {
      guard case .object(let members) = entry else { throw .missing("prompt_logprobs") }
      let all = try members.map { member throws(AnswerError) in
        guard let id = Int(member.name) else { throw .missing("prompt_logprobs") }
        guard let value = member.value["logprob"]?.double else { throw .invalidNumber }
        return (id: id, logProbability: value)
      }
      guard let own = entry[String(id)], let value = own["logprob"]?.double, value <= 1e-3,
        let rank = own["rank"]?.int, (1...vocabularySize).contains(rank)
      else { throw .missing(String(id)) }
      let head = try ServedHead(all, asked: min(ranks, mostRanks), vocabularySize: vocabularySize)
      tokens.append((min(value, 0), rank, head))
    }
    return tokens
  }

  /// A text of tokens whose names are asked for: the first token of a text has no entry, so it is there twice.
  static func asked(_ ids: [Int], contextLength: Int) -> [Int] {
    Array((ids.prefix(1) + ids).prefix(contextLength))
  }

  /// What each token of a text is called, as far as the server can tell; the first one has no entry.
  package func names(in answer: [UInt8], of ids: [Int]) throws(AnswerError) -> TokenPieces {
    var pieces = TokenPieces()
    for (id, entry) in zip(ids, try entries(in: answer, of: ids)) {
      guard let text = entry[String(id)]?["decoded_token"]?.string, !text.contains("\u{FFFD}") else {
        continue
      }
      pieces.append(id, text.utf8)
    }
    return pieces
  }

  private func entries(in answer: [UInt8], of ids: [Int]) throws(AnswerError) -> [JSON] {
    let choice = try CompletionAnswer.choices(in: answer, count: 1)[0]
    guard let entries = choice["prompt_logprobs"]?.array else { throw .missing("prompt_logprobs") }
    guard entries.count == ids.count else { throw .count(expected: ids.count, found: entries.count) }
    return entries
  }
}

/// What the answers of `/v1/completions` have in common.
enum CompletionAnswer {
  /// The results by their `index`.
  static func choices(in answer: [UInt8], count: Int) throws(AnswerError) -> [JSON] {
    guard let document = try? JSON(parsing: answer) else { throw .notJSON }
    guard let choices = document["choices"]?.array else { throw .missing("choices") }
    guard choices.count == count else { throw .count(expected: count, found: choices.count) }
    var sorted = [JSON?](repeating: nil, count: count)
    for (place, choice) in choices.enumerated() {
      let index = choice["index"]?.int ?? place
      guard sorted.indices.contains(index), sorted[index] == nil else { throw .missing("index") }
      sorted[index] = choice
    }
    return sorted.compactMap(\.self)
  }

  static func modelName(in answer: [UInt8]) -> String? { (try? JSON(parsing: answer))?["model"]?.string }
}
