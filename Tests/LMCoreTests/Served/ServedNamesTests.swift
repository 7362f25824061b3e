import Foundation
import HubTestSupport
import Testing

@testable import LMCore

/// What servers call tokens, and what follows from it.
@Suite struct ServedNamesTests {
  private let bench = ServerBench()

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func answer(_ top: String) -> FakeAnswer {
    FakeAnswer(200, #"{"choices":[{"logprobs":{"top_logprobs":[\#(top)]}}]}"#)
  }

  /// Names that a folder does not have are another model's; parts of characters and special tokens are named in many ways.
  @Test(
    arguments: [
      (#"{" castle":-1,"A":-2,"ing":-3}"#, false), (#"{"A":-1," word1":-2,"ing":-3}"#, true),
      (#"{"A":-1,"\#u{FFFD}":-1.5,"<0x0A>":-2,"bytes:\\xe2":-3}"#, true),
      (#"{"\#u{FFFD}":-0.5,"A":-2,"B":-3}"#, true),
      (#"{"一":-1,"二":-2}"#, false),
    ])
  func aFolderWithoutTheNamesOfAServerIsRefused(top: String, fits: Bool) throws {
    let server = try bench.serve(.openAI)
    server.misbehave([answer(top)], at: "/v1/completions")
    do {
      let served = try bench.open(server)
      #expect(fits)
      // As many as the server told, named or not.
      #expect(served.predictor.mostRanks == top.split(separator: ",").count)
    } catch let error as ServerError {
      guard case .otherNames = error else { throw error }
      #expect(!fits)
      #expect(error.description.contains("has no token \""), "\(error)")
    }
  }

  @Test func aPartOfACharacterIsTheReason() throws {
    let dialect = OpenAIDialect(
      model: "m", names: OpenAIDialect.TokenNames(SameTokenizer(vocabularySize: 300)), vocabularySize: 300,
      mostRanks: 5, takesIDs: true)
    let first = bytes(#"{"choices":[{"logprobs":{"top_logprobs":[{"\#u{FFFD}":-0.5,"A":-2}]}}]}"#)
    #expect(throws: AnswerError.nameless("\u{FFFD}")) { try dialect.heads(in: first, of: 1, ranks: 5) }
    #expect("\(AnswerError.nameless("\u{FFFD}"))".contains("by a part of a character"))
    #expect(throws: AnswerError.noDistribution) {
      try dialect.heads(in: bytes(#"{"choices":[{"logprobs":{"top_logprobs":[{}]}}]}"#), of: 1, ranks: 5)
    }
  }

  /// llama-server's `/v1/completions` lists tokens as its chats do, with their ids.
  @Test func aListWithIDsIsRead() throws {
    let list =
      #"{"content":[{"id":65,"token":"A","bytes":[65],"logprob":-0.5,"top_logprobs":[{"id":65,"token":"A","bytes":[65],"logprob":-0.5},{"id":195,"token":"","bytes":[195],"logprob":-1.5},{"id":258,"token":" word1","bytes":[],"logprob":-3}]}]}"#
    let dialect = OpenAIDialect(
      model: "m", names: OpenAIDialect.TokenNames(SameTokenizer(vocabularySize: 300)), vocabularySize: 300,
      mostRanks: 5, takesIDs: true)
    let head = try #require(
      try dialect.heads(in: bytes(#"{"choices":[{"logprobs":\#(list)}]}"#), of: 1, ranks: 5)[0])
    #expect(head.ids == [65, 195, 258])
    // An id with another text is of another vocabulary.
    let names = OpenAIDialect.TokenNames(SameTokenizer(vocabularySize: 300))
    for (name, id, isStranger) in [("A", 65, false), ("B", 65, true), (" A", 400, true), ("", 195, false)] {
      #expect(names.isStranger(.init(name: name, id: id, logProbability: -1)) == isStranger, "\(name)")
    }
  }

  /// The tokens of a user's own text, also those of one byte of a character, which no server names.
  @Test func theTokensOfATextHaveNames() throws {
    let server = try bench.serve(.vLLM)
    let tokenizer = try bench.open(server).tokenizer
    let text = "Il était"
    let ids = try tokenizer.encode(text)
    #expect(ids.flatMap { tokenizer.bytes(of: $0) ?? [] } == bytes(text))
    server.forgetRequests()
    _ = try tokenizer.encode("était")
    #expect(server.requests.map(\.path) == ["/tokenize"])
  }

  /// Where the text is not divided among its tokens, nothing is made up.
  @Test func bytesAreLearnedOnlyWhereTheyFit() throws {
    let tokenizer = ServedTokenizer(
      vocabularySize: 300, special: SpecialTokens(), namer: { _ in TokenPieces() }
    ) { _, _ in [1, 2] }
    _ = try tokenizer.encode("éa")
    #expect(tokenizer.bytes(of: 1) == nil)
    _ = try tokenizer.encode("é")
    #expect(tokenizer.bytes(of: 1) == [0xC3] && tokenizer.bytes(of: 2) == [0xA9])
  }

  /// A server that only says that it is of a kind: the option that nobody gave is not to be left out.
  @Test func aKindThatNobodyNamedIsNotLeftOut() throws {
    let server = try bench.serve(.vLLM)
    server.misbehave([FakeAnswer(404, "{}")], at: "/v1/completions")
    let host = String(server.address.dropFirst(7))
    let error = ServerError.otherKind(host: host, kind: .vLLM, isNamed: false)
    #expect(throws: error) { try bench.open(server) }
    #expect(!error.description.contains("leave"))
  }
}
