/// The programs that models are served with, as far as their answers differ.
public enum ServerKind: String, CaseIterable, Sendable {
  /// llama.cpp's own server: ids in, ids and bytes out, as many ranks as are asked for.
  case llamaServer = "llama-server"
  /// Ids in and out; as many ranks as the server allows, 20 by default.
  case vLLM = "vllm"
  case sgLang = "sglang"
  /// Any other with `/v1/completions` and log-probabilities: few ranks, named by their texts.
  case openAI = "openai"
}

/// One request of a server, as bytes.
package struct ServerRequest: Equatable, Sendable {
  /// From a slash on.
  package let path: String
  /// What is posted; nil for GET.
  package let body: [UInt8]?

  package init(_ path: String, posting body: JSON? = nil) {
    (self.path, self.body) = (path, body.map { Array($0.description.utf8) })
  }
}

/// What one kind of server is asked, and how its answers are read. Values only: bytes out, bytes in.
package protocol ServerDialect: Sendable {
  var kind: ServerKind { get }
  /// V
  var vocabularySize: Int { get }
  /// The most ranks that one answer can have.
  var mostRanks: Int { get }
  /// Whether one request can ask for several texts.
  var takesSeveralTexts: Bool { get }

  /// Whether texts are sent as ids, and not as text.
  var takesIDs: Bool { get }
  /// Whether the probabilities of a given text's own tokens come with one request.
  var scoresTextsAtOnce: Bool { get }

  /// Asks what follows each text; at least one text, each at least one id.
  func request(for texts: [[Int]], ranks: Int) -> ServerRequest

  /// The heads of such an answer, one for each text; nil where the server told none, and has to be asked otherwise.
  ///
  /// - Parameter ranks: as they were asked for.
  func heads(in answer: [UInt8], of textCount: Int, ranks: Int) throws(AnswerError) -> [ServedHead?]

  /// Asks for a head that the answer to `request` did not have; nil where there is no other way.
  func secondRequest(for text: [Int], ranks: Int) -> ServerRequest?

  /// Asks what follows a text, and not to use what the server has kept of it; nil where it cannot be asked so.
  func requestReadingAnew(_ text: [Int], ranks: Int) -> ServerRequest?

  /// Whether the server would read a text as these very ids.
  func canSend(_ text: [Int]) -> Bool

  /// How many tokens the server has read; nil where the answer does not tell, or ids were sent.
  func readTokens(in answer: [UInt8]) -> Int?

  /// The name of the model that answered; nil where the answer does not tell.
  func modelName(in answer: [UInt8]) -> String?
}

extension ServerDialect {
  package var takesIDs: Bool { true }
  package var scoresTextsAtOnce: Bool { false }
  package func canSend(_ text: [Int]) -> Bool { true }
  package func readTokens(in answer: [UInt8]) -> Int? { nil }
  package func secondRequest(for text: [Int], ranks: Int) -> ServerRequest? { nil }
  package func requestReadingAnew(_ text: [Int], ranks: Int) -> ServerRequest? { nil }
}
