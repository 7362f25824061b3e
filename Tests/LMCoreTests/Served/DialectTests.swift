import Foundation
import HubTestSupport
import Testing

@testable import LMCore

/// Dialects against what servers were seen to answer.
@Suite struct DialectTests {
  private let llama = LlamaServerDialect(vocabularySize: 49152, harmlessID: 253)

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  // MARK: llama-server

  @Test func llamaServerIsAskedForItsOwnDistribution() throws {
    let request = llama.request(for: [[6403, 1980]], ranks: 1000)
    #expect(request.path == "/completion")
    #expect(
      String(decoding: try #require(request.body), as: UTF8.self)
        == #"{"prompt":[6403,1980],"n_predict":1,"n_probs":1000,"seed":0,"response_fields":["model","index","completion_probabilities"],"samplers":[],"post_sampling_probs":true}"#
    )
    // A list of lists, since a list of ids is one prompt.
    let two = try JSON(parsing: try #require(llama.request(for: [[1, 2], [1]], ranks: 5).body))
    #expect(two["prompt"] == .array([JSON([1, 2]), JSON([1])]))
    let forced = try JSON(parsing: try #require(llama.secondRequest(for: [7], ranks: 5)?.body))
    #expect(forced["logit_bias"]?.array?.first?.array?.first?.int == 253)
    #expect(forced["post_sampling_probs"] == nil)
  }

  /// From llama-server 0.5.0-dev.
  @Test func llamaServersLogProbabilitiesAreRead() throws {
    let answer = bytes(
      #"{"completion_probabilities": [{"id": 28, "token": ",", "bytes": [44], "logprob": -0.06621789187192917, "top_logprobs": [{"id": 28, "token": ",", "bytes": [44], "logprob": -0.06621789187192917}, {"id": 281, "token": " in", "bytes": [32,105,110], "logprob": -4.1866536140441895}]}], "tokens_evaluated": 4}"#
    )
    let head = try #require(try llama.heads(in: answer, of: 1, ranks: 2)[0])
    #expect(head.ids == [28, 281])
    #expect(head.logProbabilities == [-0.06621789187192917, -4.1866536140441895])
    let rest = 1 - exp(-0.06621789187192917) - exp(-4.1866536140441895)
    // All log-probabilities are too high by one constant of at most 3e-4.
    #expect(abs(head.restMass.lowerBound - rest) < 1e-12)
    #expect(abs(head.restMass.upperBound - rest - 3e-4) < 1e-12)
    #expect(head.pieces.ids == [28, 281])
    #expect(Array(head.pieces[1]) == Array(" in".utf8))
  }

  @Test func llamaServersProbabilitiesAreExact() throws {
    let answer = bytes(
      #"{"model":"m","index":0,"completion_probabilities":[{"id":5,"top_probs":[{"id":9,"bytes":[],"token":"","prob":0.5},{"id":5,"bytes":[240,159],"token":"","prob":0.25}]}]}"#
    )
    let head = try #require(try llama.heads(in: answer, of: 1, ranks: 2)[0])
    #expect(head.ids == [9, 5])
    #expect(head.restMass == 0.25...0.25)
    // A special token has no bytes.
    #expect(head.pieces.ids == [5])
    #expect(llama.modelName(in: answer) == "m")
  }

  @Test func halfACharacterHasNoDistribution() throws {
    #expect(try llama.heads(in: bytes(#"{"model":"m","index":0}"#), of: 1, ranks: 3) == [nil])
    #expect(try llama.heads(in: bytes("{}"), of: 1, ranks: 3) == [nil])
  }

  @Test func severalTextsComeByTheirIndex() throws {
    func result(_ index: Int, _ id: Int) -> String {
      #"{"index":\#(index),"completion_probabilities":[{"id":1,"top_probs":[{"id":\#(id),"prob":0.5}]}]}"#
    }
    let heads = try llama.heads(in: bytes("[\(result(1, 11)),\(result(0, 10))]"), of: 2, ranks: 1)
    #expect(heads.map { $0?.ids } == [[10], [11]])
    #expect(throws: AnswerError.count(expected: 2, found: 1)) {
      try llama.heads(in: bytes(result(0, 10)), of: 2, ranks: 1)
    }
  }

  @Test(
    arguments: [
      ("<html></html>", AnswerError.notJSON),
      (#"{"completion_probabilities":[{"top_probs":[{"id":1"#, .notJSON),
      (
        #"{"completion_probabilities":[{"top_probs":[{"id":99999,"prob":0.5}]}]}"#,
        .idOutOfRange(id: 99999, vocabularySize: 49152)
      ),
      (
        #"{"completion_probabilities":[{"top_probs":[{"id":-1,"prob":0.5}]}]}"#,
        .idOutOfRange(id: -1, vocabularySize: 49152)
      ),
      (
        #"{"completion_probabilities":[{"top_probs":[{"id":1,"prob":0.5},{"id":1,"prob":0.1}]}]}"#,
        .idTwice(1)
      ),
      (
        #"{"completion_probabilities":[{"top_probs":[{"id":1,"prob":0.7},{"id":2,"prob":0.7}]}]}"#,
        .tooMuchMass
      ),
      (#"{"completion_probabilities":[{"top_probs":[{"id":1,"prob":-1}]}]}"#, .invalidNumber),
      (#"{"completion_probabilities":[{"top_probs":[{"id":1,"prob":1e999}]}]}"#, .invalidNumber),
      (#"{"completion_probabilities":[{"top_probs":[{"id":1.5,"prob":0.1}]}]}"#, .missing("id")),
      (#"{"completion_probabilities":[{"top_probs":[{"id":1}]}]}"#, .missing("logprob")),
      (#"{"index":1e300,"completion_probabilities":[]}"#, .missing("index")),
      (
        #"{"completion_probabilities":[{"top_probs":[{"id":1,"prob":0.1,"bytes":[300]}]}]}"#,
        .missing("bytes")
      ),
      (#"{"completion_probabilities":[{"top_logprobs":[{"id":1,"logprob":0.5}]}]}"#, .invalidNumber),
    ] as [(String, AnswerError)])
  func aWrongAnswerIsRefused(answer: String, error: AnswerError) {
    #expect(throws: error) { try llama.heads(in: bytes(answer), of: 1, ranks: 5) }
  }

  /// The whole vocabulary's log-probabilities were seen to sum to 1.00024.
  @Test func aSumALittleAboveOneIsTaken() throws {
    let small = LlamaServerDialect(vocabularySize: 3, harmlessID: 0)
    let answer = bytes(
      #"{"completion_probabilities":[{"top_logprobs":[{"id":1,"logprob":-0.6929},{"id":0,"logprob":-0.6929}]}]}"#
    )
    let head = try #require(try small.heads(in: answer, of: 1, ranks: 2)[0])
    #expect(head.restMass.lowerBound == 0)
  }

  // MARK: vLLM

  private let vLLM = VLLMDialect(model: "storyteller", vocabularySize: 4096, mostRanks: 20)

  /// From vLLM 0.32: in no order, the drawn token first.
  @Test func vLLMIsRead() throws {
    let answer = bytes(
      #"{"model":"storyteller","choices":[{"text":",","logprobs":{"text_offset":[0],"token_logprobs":[-0.9397417902946472],"tokens":["token_id:11"],"top_logprobs":[{"token_id:11":-0.9397417902946472,"token_id:258":-2.2560365200042725,"token_id:419":-1.747892141342163}]},"finish_reason":"length"}]}"#
    )
    let head = try #require(try vLLM.heads(in: answer, of: 1, ranks: 3)[0])
    #expect(head.ids == [11, 419, 258])
    #expect(vLLM.modelName(in: answer) == "storyteller")
    #expect(head.restMass.lowerBound == head.restMass.upperBound)
  }

  @Test func aDrawnTokenBehindTheRanksIsNoRank() throws {
    let answer = bytes(
      #"{"choices":[{"logprobs":{"top_logprobs":[{"token_id:7":-9.5,"token_id:11":-0.5,"token_id:258":-2}]}}]}"#
    )
    let head = try #require(try vLLM.heads(in: answer, of: 1, ranks: 2)[0])
    #expect(head.ids == [11, 258])
  }

  @Test func vLLMsFloorIsNothing() throws {
    let answer = bytes(
      #"{"choices":[{"logprobs":{"top_logprobs":[{"token_id:7":-9999.0,"token_id:11":0.0}]}}]}"#)
    let head = try #require(try vLLM.heads(in: answer, of: 1, ranks: 2)[0])
    #expect(head.logProbabilities == [0, -.infinity])
    #expect(head.restMass == 0...0)
  }

  @Test(
    arguments: [
      (#"{"choices":[{"logprobs":null}]}"#, AnswerError.noDistribution),
      (#"{"choices":[]}"#, .count(expected: 1, found: 0)),
      ("{}", .missing("choices")),
      (#"{"choices":[{"logprobs":{"top_logprobs":[{" a":-1}]}}]}"#, .missing("token_id")),
      (#"{"choices":[{"logprobs":{"top_logprobs":[{"token_id:1":"x"}]}}]}"#, .invalidNumber),
    ] as [(String, AnswerError)])
  func aWrongAnswerOfVLLMIsRefused(answer: String, error: AnswerError) {
    #expect(throws: error) { try vLLM.heads(in: bytes(answer), of: 1, ranks: 5) }
  }

  @Test func vLLMTellsItsLimitsInErrors() {
    #expect(
      VLLMDialect.mostRanks(
        inRefusal:
          "Requested sample logprobs of 21, which is greater than max allowed: 20 (parameter=logprobs, value=21)"
      )
        == 20)
    #expect(
      VLLMDialect.vocabularySize(
        inRefusal:
          "token_id(s) [99999999] in logit_bias contain out-of-vocab token ids. Vocabulary size: 4096")
        == 4096)
    #expect(VLLMDialect.mostRanks(inRefusal: "max allowed: none") == nil)
    #expect(VLLMDialect.vocabularySize(inRefusal: "Vocabulary size: 99999999999") == nil)
  }

  // MARK: Others

  @Test func sgLangIsRead() throws {
    let answer = bytes(
      #"{"text":",","meta_info":{"output_top_logprobs":[[[-0.5,11,","],[-1.5,419,null],[-3,7," \ufffd"]]]}}"#)
    let head = try #require(try SGLangDialect(vocabularySize: 4096).heads(in: answer, of: 1, ranks: 3)[0])
    #expect(head.ids == [11, 419, 7])
    #expect(head.pieces.ids == [11])
  }

  private struct Table: TokenTable {
    let names = ["a", "b", " a", "same", "same", "<|end|>"]
    var vocabularySize: Int { names.count }
    func bytes(of id: Int) -> [UInt8]? { names.indices.contains(id) ? Array(names[id].utf8) : nil }
    func name(of id: Int) -> String? { names[id] }
  }

  private func openAI(takesIDs: Bool) -> OpenAIDialect {
    OpenAIDialect(
      model: "m", names: OpenAIDialect.TokenNames(Table()), vocabularySize: 6, mostRanks: 5,
      takesIDs: takesIDs)
  }

  @Test func textsBecomeIDs() throws {
    let answer = bytes(
      #"{"choices":[{"logprobs":{"top_logprobs":[{" a":-2,"b":-0.5,"<|end|>":-3}]}}],"usage":{"prompt_tokens":2}}"#
    )
    let head = try #require(try openAI(takesIDs: true).heads(in: answer, of: 1, ranks: 5)[0])
    #expect(head.ids == [1, 2, 5])
    #expect(openAI(takesIDs: false).readTokens(in: answer) == 2)
    #expect(openAI(takesIDs: true).readTokens(in: answer) == nil)
    let texts = try JSON(
      parsing: try #require(openAI(takesIDs: false).request(for: [[0, 2]], ranks: 5).body))
    #expect(texts["prompt"] == "a a")
    let ids = try JSON(parsing: try #require(openAI(takesIDs: true).request(for: [[0, 2]], ranks: 9).body))
    #expect(ids["prompt"] == JSON([0, 2]))
    #expect(ids["logprobs"]?.int == 5)
  }

  /// What two tokens share names neither of them: all that follows has no known rank.
  @Test func aHeadEndsBeforeANameOfTwoTokens() throws {
    let answer = bytes(#"{"choices":[{"logprobs":{"top_logprobs":[{"a":-2,"b":-0.5,"same":-1}]}}]}"#)
    let head = try #require(try openAI(takesIDs: true).heads(in: answer, of: 1, ranks: 5)[0])
    #expect(head.ids == [1])
    #expect(abs(head.restMass.lowerBound - (1 - exp(-0.5))) < 1e-15)
    #expect(throws: AnswerError.nameless("same")) {
      try openAI(takesIDs: true).heads(
        in: bytes(#"{"choices":[{"logprobs":{"top_logprobs":[{"same":-1}]}}]}"#), of: 1, ranks: 5)
    }
  }
}
