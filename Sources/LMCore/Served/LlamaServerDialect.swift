import Glibc

/// llama.cpp's llama-server, by its own `/completion`.
///
/// With an empty chain of samplers its probabilities "after sampling" are the model's own, and sum to 1; its
/// log-probabilities are all too high by one constant, up to 2.4e-4. But there is no answer where the token that it draws is
/// the beginning of a character of several bytes: then the log-probabilities are asked for, with a harmless token forced.
package struct LlamaServerDialect: ServerDialect {
  package let kind = ServerKind.llamaServer
  package let vocabularySize: Int
  package var mostRanks: Int { vocabularySize }
  package let takesSeveralTexts = true
  /// A token of plain ASCII, to be forced.
  private let harmlessID: Int

  /// How far the sum of all its log-probabilities was seen to lie from 1.
  private static let sumError = 3e-4

  package init(vocabularySize: Int, harmlessID: Int) {
    (self.vocabularySize, self.harmlessID) = (vocabularySize, harmlessID)
  }

  package func request(for texts: [[Int]], ranks: Int) -> ServerRequest {
    ServerRequest("/completion", posting: .object(requestMembers(texts, ranks)))
  }

  package func requestReadingAnew(_ text: [Int], ranks: Int) -> ServerRequest? {
    ServerRequest(
      "/completion", posting: .object(requestMembers([text], ranks) + [.init("cache_prompt", false)]))
  }

  private func requestMembers(_ texts: [[Int]], _ ranks: Int) -> [JSON.Member] {
    // A list of ids is one prompt, a list of lists are many.
    let prompt = texts.count == 1 ? JSON(texts[0]) : .array(texts.map { JSON($0) })
    return [.init("prompt", prompt)] + members(ranks) + [
      .init("samplers", []), .init("post_sampling_probs", true),
    ]
  }

  package func secondRequest(for text: [Int], ranks: Int) -> ServerRequest? {
    var members = members(ranks)
    members.insert(.init("prompt", JSON(text)), at: 0)
    members += [
      .init("temperature", JSON(0)), .init("logit_bias", .array([.array([JSON(harmlessID), JSON(1e9)])])),
    ]
    return ServerRequest("/completion", posting: .object(members))
  }

  private func members(_ ranks: Int) -> [JSON.Member] {
    [
      .init("n_predict", JSON(1)), .init("n_probs", JSON(min(ranks, vocabularySize))), .init("seed", JSON(0)),
      .init("response_fields", JSON(["model", "index", "completion_probabilities"])),
    ]
  }

  package func modelName(in answer: [UInt8]) -> String? {
    // The members stand in the order of `response_fields`: the name comes before all ranks.
    answer.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes)
      var reader = Reader(vocabularySize: vocabularySize)
      return (try? reader.readModelName(&scanner)) ?? nil
    }
  }

  package func heads(
    in answer: [UInt8], of textCount: Int, ranks: Int
  ) throws(AnswerError) -> [ServedHead?] {
    let result = answer.withUnsafeBytes { bytes in
      Result { () throws(AnswerError) in
        var reader = Reader(vocabularySize: vocabularySize)
        var scanner = JSONScanner(bytes)
        do {
          if scanner.next == UInt8(ascii: "{") {
            try reader.readResult(&scanner)
          } else {
            try scanner.open(.array)
            while try scanner.hasNext(in: .array) { try reader.readResult(&scanner) }
          }
          try scanner.finish()
        } catch let error as AnswerError {
          throw error
        } catch {
          throw .notJSON
        }
        return reader.results
      }
    }
    let found = try result.get()
    guard found.count == textCount else { throw .count(expected: textCount, found: found.count) }
    var heads = [ServedHead?](repeating: nil, count: textCount)
    for (place, result) in found.enumerated() {
      let index = result.index ?? place
      guard heads.indices.contains(index) else { throw .missing("index") }
      if result.tokens.isEmpty { continue }
      heads[index] = try ServedHead(
        result.tokens, pieces: result.pieces, asked: ranks, vocabularySize: vocabularySize,
        error: result.isLogarithmic ? Self.sumError : 0)
    }
    return heads
  }

  /// Reads an answer without building a tree of it: 49,152 ranks are 4.7 MB.
  private struct Reader {
    struct Result {
      var index: Int?
      var tokens: [(id: Int, logProbability: Double)] = []
      var pieces = TokenPieces()
      var isLogarithmic = false
    }

    let vocabularySize: Int
    var results: [Result] = []
    private var name: [UInt8] = []
    private var text: [UInt8] = []
    private var ignored: [UInt8] = []
    private let members = TokenMember.names

    private enum Name {
      static let positions = Array("completion_probabilities".utf8)
      static let index = Array("index".utf8)
      static let topLogarithms = Array("top_logprobs".utf8)
      static let topProbabilities = Array("top_probs".utf8)
      static let model = Array("model".utf8)
    }

    private enum TokenMember: Int {
      case id, token, bytes, probability, logarithm

      static let names: MemberNames = ["id", "token", "bytes", "prob", "logprob"]
    }

    init(vocabularySize: Int) { self.vocabularySize = vocabularySize }

    mutating func readResult(_ scanner: inout JSONScanner) throws {
      guard results.count < 64 else { throw AnswerError.count(expected: 1, found: 64) }
      var result = Result()
      try scanner.open(.object)
      while try scanner.hasNext(in: .object) {
        try scanner.readName(into: &name)
        if name == Name.positions, scanner.next == UInt8(ascii: "[") {
          try scanner.open(.array)
          while try scanner.hasNext(in: .array) { try readPosition(&scanner, &result) }
        } else if name == Name.index {
          guard let index = Int(exactly: try scanner.readDouble()) else {
            throw AnswerError.missing("index")
          }
          result.index = index
        } else {
          try scanner.skipValue()
        }
      }
      results.append(result)
    }

    /// What stands at one place of the text: the drawn token, and in a list the most probable ones.
    private mutating func readPosition(_ scanner: inout JSONScanner, _ result: inout Result) throws {
      try scanner.open(.object)
      while try scanner.hasNext(in: .object) {
        try scanner.readName(into: &name)
        let isLogarithmic = name == Name.topLogarithms
        if isLogarithmic || name == Name.topProbabilities {
          result.isLogarithmic = isLogarithmic
          try scanner.open(.array)
          while try scanner.hasNext(in: .array) { try readToken(&scanner, &result) }
        } else {
          try scanner.skipValue()
        }
      }
    }

    private mutating func readToken(_ scanner: inout JSONScanner, _ result: inout Result) throws {
      guard result.tokens.count < vocabularySize else {
        throw AnswerError.count(expected: vocabularySize, found: result.tokens.count + 1)
      }
      var (id, value): (Int?, Double?) = (nil, nil)
      if !text.isEmpty { text.removeAll(keepingCapacity: true) }
      try scanner.open(.object)
      while try scanner.hasNext(in: .object) {
        switch try scanner.readName(among: members).flatMap(TokenMember.init) {
        case .id: id = Int(exactly: try scanner.readDouble())
        case .probability:
          let probability = try scanner.readDouble()
          guard probability >= 0 else { throw AnswerError.invalidNumber }
          value = log(probability)
        case .logarithm: value = try scanner.readDouble()
        case .bytes where scanner.next == UInt8(ascii: "["):
          guard try scanner.readBytes(into: &text) else { throw AnswerError.missing("bytes") }
        case .token where scanner.next == UInt8(ascii: "\""): try scanner.readString(into: &ignored)
        default: try scanner.skipValue()
        }
      }
      guard let id else { throw AnswerError.missing("id") }
      guard let value else { throw AnswerError.missing("logprob") }
      result.tokens.append((id, value))
      result.pieces.append(id, text)
    }

    mutating func readModelName(_ scanner: inout JSONScanner) throws -> String? {
      if scanner.next == UInt8(ascii: "[") {
        try scanner.open(.array)
        guard try scanner.hasNext(in: .array) else { return nil }
      }
      try scanner.open(.object)
      while try scanner.hasNext(in: .object) {
        try scanner.readName(into: &name)
        if name == Name.model, scanner.next == UInt8(ascii: "\"") {
          try scanner.readString(into: &text)
          return String(decoding: text, as: UTF8.self)
        }
        try scanner.skipValue()
      }
      return nil
    }
  }
}
