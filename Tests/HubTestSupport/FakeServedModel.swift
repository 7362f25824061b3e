import Foundation
import LMCore

/// What a fake server runs, and how much it tells.
public struct FakeServedModel: Sendable {
  public var name: String
  public var vocabularySize: Int
  public var contextLength: Int
  /// The most ranks that vLLM and OpenAI tell.
  public var mostRanks: Int
  /// Whether `/v1/completions` of an OpenAI-like server takes ids.
  public var takesIDs: Bool
  /// Logits [V] behind a text.
  public var logits: @Sendable ([Int]) -> [Float]

  public init(
    name: String = "fake", vocabularySize: Int = 300, contextLength: Int = 64, mostRanks: Int = 20,
    takesIDs: Bool = true,
    logits: (@Sendable ([Int]) -> [Float])? = nil
  ) {
    (self.name, self.vocabularySize, self.contextLength) = (name, vocabularySize, contextLength)
    (self.mostRanks, self.takesIDs) = (mostRanks, takesIDs)
    self.logits = logits ?? { ids in Self.irregular(ids, vocabularySize) }
  }

  /// A fixed, irregular function of the whole text.
  public static func irregular(_ ids: [Int], _ vocabularySize: Int) -> [Float] {
    var source = RandomSource(seed: ids.reduce(UInt64(ids.count)) { $0 &* 31 &+ UInt64($1) &+ 7 })
    return (0..<vocabularySize).map { _ in Float(source.nextUniform() * 12 - 6) }
  }

  var endID: Int { vocabularySize - 1 }

  /// Empty for the end of a text.
  public func bytes(of id: Int) -> [UInt8] {
    switch id {
    case 0...255: [UInt8(id)]
    case endID: []
    // Two ids share each text.
    default: Array(" word\((id - 256) / 2)".utf8)
    }
  }

  private struct Ranked {
    let id: Int
    let logProbability: Double
  }

  private func ranked(_ ids: [Int]) -> [Ranked] {
    let logits = logits(ids).map(Double.init)
    let largest = logits.max() ?? 0
    let total = log(logits.reduce(0) { $0 + exp($1 - largest) }) + largest
    return logits.indices.map { Ranked(id: $0, logProbability: logits[$0] - total) }
      .sorted {
        $0.logProbability == $1.logProbability ? $0.id < $1.id : $0.logProbability > $1.logProbability
      }
  }

  private func fits(_ ids: [Int]) -> FakeAnswer? {
    if ids.count >= contextLength {
      return FakeAnswer(
        400,
        #"{"error":{"code":400,"message":"request (\#(ids.count) tokens) exceeds the available context size (\#(contextLength) tokens), try increasing it","type":"exceed_context_size_error"}}"#
      )
    }
    if ids.contains(where: { !(0..<vocabularySize).contains($0) }) || ids.isEmpty {
      return FakeAnswer(400, #"{"error":{"code":400,"message":"Prompt contains invalid tokens"}}"#)
    }
    return nil
  }

  /// The texts of a prompt: ids, or lists of ids.
  private func texts(_ prompt: JSON?) -> [[Int]] {
    let items = prompt?.array ?? []
    if items.first?.array != nil { return items.map { ($0.array ?? []).compactMap(\.int) } }
    return [items.compactMap(\.int)]
  }

  private func models(_ owner: String, meta: JSON = .null) -> FakeAnswer {
    FakeAnswer(
      200,
      JSON.object([
        .init("object", "list"),
        .init(
          "data",
          .array([
            .object([
              .init("id", JSON(name)), .init("object", "model"), .init("owned_by", JSON(owner)),
              .init("max_model_len", JSON(contextLength)), .init("meta", meta),
            ])
          ])),
      ]).description)
  }

  private static let unknownPath = FakeAnswer(
    404, #"{"error":{"message":"File Not Found","type":"not_found_error","code":404}}"#)

  // MARK: llama-server

  func answerAsLlamaServer(_ path: String, _ body: JSON) -> FakeAnswer {
    switch path {
    case "/health": FakeAnswer(200, #"{"status":"ok"}"#)
    case "/v1/models":
      models(
        "llamacpp",
        meta: [
          "n_vocab": JSON(vocabularySize), "n_ctx": JSON(contextLength), "n_params": JSON(1234),
          "size": JSON(4936),
          "ftype": "F32",
        ])
    case "/props":
      FakeAnswer(200, #"{"build_info":"b1-fake","bos_token":"","eos_token":"<|end|>","total_slots":4}"#)
    case "/tokenize": tokenize(body)
    case "/detokenize":
      FakeAnswer(
        200,
        JSON.object([
          .init(
            "content",
            JSON(
              (body["tokens"]?.array ?? []).compactMap(\.int).map {
                $0 == endID ? "<|end|>" : String(decoding: bytes(of: $0), as: UTF8.self)
              }.joined()))
        ]).description)
    case "/completion": complete(body)
    default: Self.unknownPath
    }
  }

  private func tokenize(_ body: JSON) -> FakeAnswer {
    let text = body["content"]?.string ?? ""
    let ids = text == "<|end|>" && body["parse_special"]?.bool != false ? [endID] : text.utf8.map(Int.init)
    return FakeAnswer(200, JSON.object([.init("tokens", JSON(ids))]).description)
  }

  private func complete(_ body: JSON) -> FakeAnswer {
    let texts = texts(body["prompt"])
    var results: [JSON] = []
    for (index, ids) in texts.enumerated() {
      if let refusal = fits(ids) { return refusal }
      let ranked = ranked(ids)
      let count = min(body["n_probs"]?.int ?? 0, vocabularySize)
      let isAfterSampling = body["post_sampling_probs"]?.bool == true
      // Without a bias the most probable token is drawn.
      let drawn = body["logit_bias"]?.array?.first?.array?.first?.int ?? ranked[0].id
      var members: [JSON.Member] = [.init("model", JSON(name)), .init("index", JSON(index))]
      // A token that is part of a character: no distribution, status 200.
      if !(128...255).contains(drawn) {
        let list = ranked.prefix(count).map { token -> JSON in
          let number: JSON.Member =
            isAfterSampling
            ? .init("prob", JSON(Double(Float(exp(token.logProbability)))))
            // All of them are too high by one constant.
            : .init("logprob", JSON(Double(Float(token.logProbability + 1e-4))))
          return .object([
            .init("id", JSON(token.id)),
            .init("token", JSON(String(decoding: bytes(of: token.id), as: UTF8.self))),
            .init("bytes", JSON(bytes(of: token.id).map(Int.init))), number,
          ])
        }
        let name = isAfterSampling ? "top_probs" : "top_logprobs"
        members.append(
          .init(
            "completion_probabilities",
            .array([.object([.init("id", JSON(drawn)), .init(name, .array(list))])])))
      }
      results.append(.object(members))
    }
    return FakeAnswer(200, (results.count == 1 ? results[0] : .array(results)).description)
  }

  // MARK: The others

  public func answerAsVLLM(_ path: String, _ body: JSON) -> FakeAnswer {
    switch path {
    case "/v1/models": return models("vllm")
    case "/version": return FakeAnswer(200, #"{"version":"0.32.0"}"#)
    case "/tokenize":
      let ids = (body["prompt"]?.string ?? "").utf8.map(Int.init)
      return FakeAnswer(
        200, JSON.object([.init("count", JSON(ids.count)), .init("tokens", JSON(ids))]).description)
    case "/v1/completions": break
    default: return FakeAnswer(404, #"{"detail":"Not Found"}"#)
    }
    guard body["model"]?.string == name else {
      return FakeAnswer(404, #"{"error":{"message":"The model does not exist.","code":404}}"#)
    }
    let texts = texts(body["prompt"])
    if let refusal = texts.compactMap(fits).first { return refusal }
    if let biased = body["logit_bias"]?.members?.first.flatMap({ Int($0.name) }), biased >= vocabularySize {
      return FakeAnswer(
        400,
        #"{"error":{"message":"token_id(s) [\#(biased)] in logit_bias contain out-of-vocab token ids. Vocabulary size: \#(vocabularySize)","code":400}}"#
      )
    }
    let asked = body["logprobs"]?.int ?? 0
    if asked > mostRanks {
      return FakeAnswer(
        400,
        #"{"error":{"message":"Requested sample logprobs of \#(asked), which is greater than max allowed: \#(mostRanks) (parameter=logprobs, value=\#(asked))","code":400}}"#
      )
    }
    let choices = texts.enumerated().map { index, ids -> JSON in
      let top = ranked(ids).prefix(asked)
      // In no order: the drawn one first, then by their ids.
      let listed = top.prefix(1) + top.dropFirst().sorted { $0.id < $1.id }
      var members: [JSON.Member] = [
        .init("index", JSON(index)), .init("text", "x"),
        .init(
          "logprobs",
          [
            "top_logprobs": .array([
              .object(listed.map { .init("token_id:\($0.id)", JSON(Double(Float($0.logProbability)))) })
            ])
          ]),
      ]
      if body["prompt_logprobs"] != nil {
        members.append(.init("prompt_logprobs", entries(of: ids, body["prompt_logprobs"]?.int ?? 0)))
      }
      return .object(members)
    }
    return FakeAnswer(
      200, JSON.object([.init("model", JSON(name)), .init("choices", .array(choices))]).description)
  }

  /// What vLLM tells of the tokens of a prompt.
  private func entries(of ids: [Int], _ count: Int) -> JSON {
    .array(
      ids.indices.map { place in
        guard place > 0 else { return .null }
        let ranked = ranked(Array(ids[..<place]))
        let own = ranked.firstIndex { $0.id == ids[place] } ?? 0
        // Its own token first, then the most probable ones.
        return .object(
          ([own] + (0..<min(count, mostRanks)).filter { $0 != own }).map { rank in
            .init(
              String(ranked[rank].id),
              [
                "logprob": JSON(ranked[rank].logProbability), "rank": JSON(rank + 1),
                "decoded_token": JSON(String(decoding: bytes(of: ranked[rank].id), as: UTF8.self)),
              ])
          })
      })
  }

  func answerAsSGLang(_ path: String, _ body: JSON) -> FakeAnswer {
    switch path {
    case "/v1/models": return models("sglang")
    case "/generate": break
    default: return FakeAnswer(404, #"{"detail":"Not Found"}"#)
    }
    let texts = texts(body["input_ids"])
    if let refusal = texts.compactMap(fits).first { return refusal }
    let results = texts.map { ids -> JSON in
      let top = ranked(ids).prefix(body["top_logprobs_num"]?.int ?? 0)
      return [
        "text": "x",
        "meta_info": [
          "output_top_logprobs": .array([
            .array(top.map { .array([JSON(Double(Float($0.logProbability))), JSON($0.id), .null]) })
          ])
        ],
      ]
    }
    return FakeAnswer(200, (results.count == 1 ? results[0] : .array(results)).description)
  }

  func answerAsOpenAI(_ path: String, _ body: JSON) -> FakeAnswer {
    switch path {
    case "/v1/models": return models("somebody")
    case "/v1/completions": break
    default: return FakeAnswer(404, #"{"detail":"Not Found"}"#)
    }
    let ids: [Int]
    if let text = body["prompt"]?.string {
      ids = text.utf8.map(Int.init)
    } else if takesIDs {
      ids = texts(body["prompt"])[0]
    } else {
      return FakeAnswer(500, #"{"error":{"message":"Input should be a valid string"}}"#)
    }
    if let refusal = fits(ids) { return refusal }
    let top = ranked(ids).prefix(min(body["logprobs"]?.int ?? 0, mostRanks))
    // Tokens of one text fall together.
    var members: [JSON.Member] = []
    for token in top {
      let text = token.id == endID ? "<|end|>" : String(decoding: bytes(of: token.id), as: UTF8.self)
      if !members.contains(where: { $0.name == text }) {
        members.append(.init(text, JSON(Double(Float(token.logProbability)))))
      }
    }
    return FakeAnswer(
      200,
      JSON.object([
        .init("model", JSON(name)),
        .init(
          "choices",
          .array([
            .object([
              .init("index", JSON(0)), .init("logprobs", ["top_logprobs": .array([.object(members)])]),
            ])
          ])),
        .init("usage", ["prompt_tokens": JSON(ids.count)]),
      ]).description)
  }
}
