import HubTestSupport
import ModelTestSupport
import Testing

@testable import LMCore

/// Servers that misbehave: one sentence each, nothing is lost, and the next key tries again.
@Suite struct ServedFailureTests {
  private let bench = ServerBench()

  @Test(
    arguments: [
      (FakeAnswer(429, headers: ["Retry-After: 7"]), "wait 7 seconds"),
      (FakeAnswer(503, #"{"error":{"message":"Loading model"}}"#), "still loading"),
      (FakeAnswer(500, "oops"), "has failed (500)"), (FakeAnswer(404, "{}"), "has no /completion"),
      (FakeAnswer(401, ""), "wants a key"), (FakeAnswer(200, "<html>"), "no JSON"),
      (
        FakeAnswer(200, #"{"completion_probabilities":[{"id":1,"top_probs":[{"id":400,"prob":0.5}]}]}"#),
        "the token id 400"
      ),
      (
        FakeAnswer(
          200,
          #"{"completion_probabilities":[{"id":1,"top_probs":[{"id":4,"prob":0.9},{"id":5,"prob":0.9}]}]}"#),
        "more than 1"
      ),
      (
        FakeAnswer(
          200,
          #"{"completion_probabilities":[{"id":1,"top_probs":[{"id":4,"prob":0.2},{"id":4,"prob":0.1}]}]}"#),
        "twice"
      ),
      (
        FakeAnswer(200, #"{"completion_probabilities":[{"id":1,"top_probs":[{"id":4,"prob":-1}]}]}"#),
        "no probability"
      ),
      (FakeAnswer(200, String(repeating: "x", count: 1 << 20), sentBytes: 1 << 19), "broke off"),
      (
        FakeAnswer(
          400, #"{"error":{"message":"request (64 tokens) exceeds the available context size (64 tokens)"}}"#),
        "exceeds the available context"
      ),
    ])
  func aFailureIsOneSentenceAndTheNextKeyTriesAgain(answer: FakeAnswer, words: String) throws {
    let server = try bench.serve(.llamaServer)
    let session = try bench.session(try bench.open(server).predictor)
    try session.advance()
    let before = session.textIDs
    server.misbehave([answer], at: "/completion")
    do {
      try session.advance()
      Issue.record("no error")
    } catch let error as PredictorError {
      #expect(error.description.contains(words), "\(error)")
      #expect(error.description.split(separator: "\n").count == 1)
    }
    #expect(session.textIDs == before)
    try session.advance()
    #expect(session.textIDs.count == before.count + 1)
  }

  /// A connection that the server has closed meanwhile is the usual case: asked again without a word.
  @Test func anIdleConnectionThatWasClosedIsMadeAnew() throws {
    let server = try bench.serve(.llamaServer)
    let session = try bench.session(try bench.open(server).predictor)
    server.misbehave([FakeAnswer.silence], at: "/completion")
    try session.advance()
    #expect(session.depth == 1)
  }

  @Test func anotherModelInTheMiddleEndsTheText() throws {
    let server = try bench.serve(.llamaServer)
    let session = try bench.session(try bench.open(server).predictor)
    try session.advance()
    server.change(FakeServedModel(name: "other"))
    #expect(throws: PredictorError.self) { try session.advance() }
    #expect(session.depth == 1)
    // The first one is back.
    server.change(FakeServedModel())
    try session.advance()
    #expect(session.depth == 2)
  }

  /// vLLM does not know the model that it was started with before by its name.
  @Test func aNameThatIsUnknownNowIsAnotherModels() throws {
    let server = try bench.serve(.vLLM)
    let predictor = try bench.open(server).predictor
    let session = try bench.session(predictor, .with { $0.knownOnly = true })
    try session.advance()
    server.change(FakeServedModel(name: "other"))
    for _ in 0..<2 {
      do {
        try session.advance()
        Issue.record("no error")
      } catch {
        #expect("\(error)".contains("now runs another model, other and not fake"), "\(error)")
      }
    }
    #expect(throws: (any Error).self) { try predictor.scores(of: [65, 66, 67]) }
    // The same model without the path is no other one.
    server.change(FakeServedModel())
    server.misbehave([FakeAnswer(404, "{}")], at: "/v1/completions")
    do { try session.advance() } catch { #expect("\(error)".contains("has no /v1/completions"), "\(error)") }
  }

  /// A cancelled request leaves everything as it was.
  @Test func aRequestIsCancelledAtOnce() throws {
    let server = try bench.serve(.llamaServer)
    let session = try bench.session(try bench.open(server).predictor)
    server.misbehave([FakeAnswer(pause: 60)], at: "/completion")
    server.forgetRequests()
    let errors = Lockstep.advance([session]) { !server.requests.isEmpty }
    #expect(errors[0] as? PredictorError == .cancelled)
    #expect(session.depth == 0)
    try session.advance()
    #expect(session.depth == 1)
  }

  /// A text is not sent where the server would read it as other tokens.
  @Test func aTextThatDriftsIsNotSent() throws {
    let model = FakeServedModel(takesIDs: false) { _ in (0..<300).map { $0 < 128 ? Float($0 % 50) : -9 } }
    let predictor = try bench.open(bench.serve(.openAI, model)).predictor
    _ = try predictor.predict(TextPath(prompt: [65, 66]))
    #expect(throws: PredictorError.self) { try predictor.predict(TextPath(prompt: [65, 200])) }
  }
}
