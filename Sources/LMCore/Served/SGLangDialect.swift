/// SGLang's own `/generate`: ids in and out. Its log-probabilities follow the temperature, so none other than 1 is sent.
package struct SGLangDialect: ServerDialect {
  package let kind = ServerKind.sgLang
  package let vocabularySize: Int
  package var mostRanks: Int { vocabularySize }
  package let takesSeveralTexts = true

  package init(vocabularySize: Int) { self.vocabularySize = vocabularySize }

  package func request(for texts: [[Int]], ranks: Int) -> ServerRequest {
    ServerRequest(
      "/generate",
      posting: [
        "input_ids": texts.count == 1 ? JSON(texts[0]) : .array(texts.map { JSON($0) }),
        "sampling_params": ["max_new_tokens": JSON(1), "temperature": JSON(1)],
        "return_logprob": true, "top_logprobs_num": JSON(min(ranks, vocabularySize)),
      ])
  }

  package func heads(
    in answer: [UInt8], of textCount: Int, ranks: Int
  ) throws(AnswerError) -> [ServedHead?] {
    guard let document = try? JSON(parsing: answer) else { throw .notJSON }
    let results = document.array ?? [document]
    guard results.count == textCount else { throw .count(expected: textCount, found: results.count) }
    var heads: [ServedHead?] = []
    for result in results {
      guard let entries = result["meta_info"]?["output_top_logprobs"]?.array?.first?.array else {
        throw .noDistribution
      }
      var pieces = TokenPieces()
      // [ln p, id, text or null]
      let tokens = try entries.map { entry throws(AnswerError) in
        guard let parts = entry.array, parts.count >= 2, let id = parts[1].int else { throw .missing("id") }
        guard let value = parts[0].double else { throw .invalidNumber }
        if parts.count > 2, let text = parts[2].string, !text.contains("\u{FFFD}") {
          pieces.append(id, text.utf8)
        }
        return (id: id, logProbability: value)
      }
      heads.append(
        try ServedHead(tokens, pieces: pieces, asked: ranks, vocabularySize: vocabularySize))
    }
    return heads
  }

  package func modelName(in answer: [UInt8]) -> String? { nil }
}
