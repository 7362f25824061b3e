import HubTestSupport
import ModelTestSupport
import Testing

@testable import LMCore

/// Models behind servers of each kind, beside the same model in this process.
@Suite struct ServedPredictorTests {
  /// A server stops with its last reference.
  private final class Keeper {
    var servers: [FakeModelServer] = []
  }

  private let keeper = Keeper()

  private func serve(
    _ kind: ServerKind, _ model: FakeServedModel = FakeServedModel(), key: String? = nil
  ) throws -> FakeModelServer {
    let server = try FakeModelServer(kind, model, key: key)
    keeper.servers.append(server)
    return server
  }

  private func open(
    _ server: FakeModelServer, _ environment: [String: String] = [:],
    _ change: (inout ServerSettings) -> Void = { _ in }
  ) throws -> ServedModel {
    var settings = ServerSettings(try ServerAddress(server.address))
    change(&settings)
    let tellsNoVocabulary = [.sgLang, .openAI].contains(server.kind)
    return try ServerOpening(settings, environment, patience: 5)
      .open(tellsNoVocabulary ? SameTokenizer(vocabularySize: 300) : nil)
  }

  private func session(
    _ predictor: any Predictor, _ settings: SamplingSettings = SamplingSettings(), seed: UInt64 = 5
  ) throws -> GenerationSession {
    try GenerationSession(predictor: predictor, promptIDs: [65, 66], settings: settings, seed: seed)
  }

  // MARK: Opening

  @Test(arguments: ServerKind.allCases) func aServerIsAskedWhatItCan(kind: ServerKind) throws {
    // Its names of parts of characters would say nothing.
    let server = try serve(
      kind, FakeServedModel(logits: { _ in (0..<300).map { $0 < 128 ? Float($0 % 50) : -9 } }))
    let served = try open(server)
    #expect(served.predictor.kind == kind)
    #expect(served.predictor.profile.vocabularySize == 300)
    #expect(served.predictor.profile.contextLength == 63)
    #expect(served.predictor.profile.name == "fake")
    #expect(served.predictor.profile.source == .server)
    let ranks: [ServerKind: Int] = [.llamaServer: 300, .vLLM: 20, .sgLang: 300, .openAI: 20]
    #expect(served.predictor.mostRanks == ranks[kind])
    #expect(served.notes.isEmpty == [.llamaServer, .sgLang].contains(kind))
    #expect(try served.tokenizer.encode("Ab") == [65, 98])
  }

  @Test func aVocabularyComesFromTheServer() throws {
    let served = try open(try serve(.llamaServer))
    #expect(served.tokenizer.bytes(of: 65) == [65])
    #expect(served.tokenizer.bytes(of: 200) == [200])
    #expect(served.tokenizer.bytes(of: 258) == Array(" word1".utf8))
    #expect(served.tokenizer.bytes(of: 299) == Array("<|end|>".utf8))
    #expect(served.tokenizer.isSpecial(299))
    #expect(!served.tokenizer.isSpecial(258))
    #expect(served.predictor.profile.endOfText == [299])
    #expect(served.tokenizer.bytes(of: 300) == nil)
    // vLLM tells what the tokens of its answers are called.
    let other = try open(try serve(.vLLM))
    let prediction = try other.predictor.predict(TextPath(prompt: [258, 260]))
    #expect(other.tokenizer.bytes(of: 260) == Array(" word2".utf8))
    for id in try other.predictor.belief(of: prediction).knownIDs where id < 128 || id > 255 {
      #expect(other.tokenizer.bytes(of: id) == FakeServedModel().bytes(of: id), "\(id)")
    }
  }

  @Test func aModelThatIsLoadedIsWaitedFor() throws {
    let server = try serve(.llamaServer)
    let loading = FakeAnswer(503, #"{"error":{"message":"Loading model","type":"unavailable_error"}}"#)
    server.misbehave([loading, loading], at: "/v1/models")
    #expect(try open(server).predictor.kind == .llamaServer)
  }

  @Test func aServerWithoutItsKeyIsNotOpened() throws {
    let server = try serve(.llamaServer, key: "sk-1")
    #expect(throws: ServerError.unauthorized(host: String(server.address.dropFirst(7)), hadKey: false)) {
      try open(server)
    }
    #expect(try open(server, ["GPT2_VIZ_SERVER_KEY": "sk-1"]).predictor.mostRanks == 300)
  }

  @Test func plainHTTPToAnotherMachineIsAskedFor() throws {
    let settings = ServerSettings(try ServerAddress("http://192.0.2.1:8080"))
    #expect(throws: ServerError.notPrivate(host: "192.0.2.1:8080")) {
      try ServedModel.open(settings, environment: [:])
    }
  }

  // MARK: The same text

  @Test(arguments: ServerKind.allCases) func theSameTextAsHere(kind: ServerKind) throws {
    // All ranks are told: nothing is left open.
    let model = FakeServedModel(mostRanks: 300)
    let server = try serve(kind, model)
    // Two tokens of one text are one entry there, so only what is told once can be compared.
    if kind == .openAI { return }
    let served = try open(server)
    for settings in [
      SamplingSettings.with { $0.temperature = 0 }, .with { $0.topP = 0.95 },
      .with { ($0.topK, $0.temperature) = (30, 1.3) },
    ] {
      let (there, here) = (try session(served.predictor, settings), try session(SameModel(model), settings))
      for step in 0..<40 {
        #expect(try there.advance().id == here.advance().id, "\(kind), step \(step)")
      }
      for (one, other) in zip(there.steps, here.steps) {
        #expect(abs(one.before - other.before) < 1e-6)
        #expect(one.rank == other.rank)
        #expect(one.kept == other.kept)
      }
    }
  }

  /// The second request of llama-server: the first one has no answer where the token that it draws is a part of a character.
  @Test func aHalfCharacterIsAskedForAgain() throws {
    let model = FakeServedModel(logits: { _ in (0..<300).map { $0 == 200 ? 9 : Float($0 % 7) } })
    let server = try serve(.llamaServer, model)
    let served = try open(server)
    server.forgetRequests()
    let belief = try served.predictor.belief(of: try served.predictor.predict(TextPath(prompt: [1])))
    #expect(server.predictions == 2)
    #expect(belief.row(atRank: 1)?.id == 200)
    #expect(
      abs(
        (belief.row(atRank: 1)?.probability ?? 0)
          - (try Belief(model.logits([])).row(atRank: 1)?.probability ?? 1)) < 3e-4)
  }

  // MARK: Requests

  @Test func whatWasToldIsNotAskedAgain() throws {
    let server = try serve(.llamaServer)
    let session = try session(try open(server).predictor)
    for _ in 0..<5 { try session.advance() }
    let text = session.textIDs
    server.forgetRequests()
    for _ in 0..<5 { session.back() }
    for _ in 0..<5 { session.forward() }
    try session.setSettings(.with { $0.topP = 0.5 })
    _ = try session.decision
    try session.setSettings(SamplingSettings())
    session.jump(toDepth: 2)
    session.redraw()
    _ = try session.decision
    session.goTo(branch: session.branches.first?.id ?? 0)
    #expect(session.textIDs == text)
    #expect(server.requests.isEmpty)
    // Another branch with the same ids is the same text.
    let other = try self.session(session.predictor)
    for id in text.dropFirst(2) { try other.force(id) }
    #expect(server.requests.isEmpty)
  }

  @Test(arguments: [ServerKind.llamaServer, .vLLM]) func twoLanesAskOnce(kind: ServerKind) throws {
    // No parts of characters: they need a second request.
    let model = FakeServedModel(logits: { ids in
      FakeServedModel.irregular(ids, 300).enumerated().map { (128...255).contains($0) ? -9 : $1 }
    })
    let server = try serve(kind, model)
    let predictor = try open(server).predictor
    let lanes = [
      try session(predictor, .with { $0.temperature = 0 }), try session(predictor, .with { $0.topK = 15 }),
    ]
    #expect(Lockstep.advance(lanes).allSatisfy { $0 == nil })
    while lanes[0].textIDs == lanes[1].textIDs {
      #expect(Lockstep.advance(lanes).allSatisfy { $0 == nil })
    }
    server.forgetRequests()
    for _ in 0..<4 { #expect(Lockstep.advance(lanes).allSatisfy { $0 == nil }) }
    #expect(
      server.predictions
        - server.requests.count { String(decoding: $0.body, as: UTF8.self).contains("prompt_logprobs") } == 4)
  }

  @Test func theNextStepIsAskedForAhead() throws {
    let server = try serve(.llamaServer)
    let session = try session(try open(server).predictor)
    #expect(session.prepareNextStep())
    server.forgetRequests()
    try session.advance()
    #expect(server.requests.isEmpty)
  }

  // MARK: More ranks

  @Test func moreRanksAreAskedForOnce() throws {
    let model = FakeServedModel(vocabularySize: 6001)
    let server = try serve(.llamaServer, model)
    let predictor = try open(server).predictor
    server.forgetRequests()
    let session = try session(predictor)
    #expect(try session.decision.distribution.knownRanks >= 1000)
    let flat = try self.session(predictor, .with { ($0.temperature, $0.topP) = (3, 0.9) })
    // At this temperature it is not certain where top-p cuts before all is known.
    #expect(try flat.decision.distribution.knownRanks == 6001)
    #expect(server.predictions <= 4)
    #expect(try !flat.tellMore(to: nil))
    let here = try self.session(SameModel(model), .with { ($0.temperature, $0.topP) = (3, 0.9) })
    #expect(try here.decision.id == flat.decision.id)
    #expect(try here.decision.distribution.keptCount == flat.decision.distribution.keptCount)
  }

  @Test func aDrawThatNobodyToldStopsTheStep() throws {
    // Flat: twenty of three hundred tokens hold little.
    let model = FakeServedModel(logits: { ids in (0..<300).map { Float(($0 * 37 + ids.count) % 300) / 300 } })
    let session = try session(try open(try serve(.vLLM, model)).predictor)
    session.setSeed(1)
    while session.draw.u < 0.3 { session.redraw() }
    let decision = try session.decision
    #expect(decision.id == nil)
    #expect(decision.problem == .draw(u: session.draw.u, known: 20))
    #expect(throws: SamplingError.self) { try session.advance() }
    #expect(session.depth == 0)
    // The three ways on.
    try session.force(decision.distribution.row(atRank: 2)?.id ?? 0)
    #expect(session.depth == 1)
    while session.draw.u > 0.02 { session.redraw() }
    try session.advance()
    try session.setSettings(.with { $0.knownOnly = true })
    session.setSeed(1)
    try session.advance()
    #expect(session.depth == 3)
    #expect(try session.decision.distribution.bindingFilter == .known)
  }

  // MARK: A given text

  @Test(arguments: [ServerKind.llamaServer, .vLLM]) func aTextIsScored(kind: ServerKind) throws {
    let server = try serve(kind)
    let predictor = try open(server).predictor
    let ids = [65, 66, 200, 3, 258, 7]
    server.forgetRequests()
    let scores = try predictor.scores(of: ids)
    let local = try SameModel(FakeServedModel()).scoresOneByOne(of: ids)
    #expect(scores.count == 5)
    for (there, here) in zip(scores, local) {
      #expect(abs(there.logProbability - here.logProbability) < 1e-5)
      #expect(there.rank == here.rank)
      #expect(!there.isUntold)
    }
    if kind == .vLLM { #expect(server.predictions == 1) }
  }

  /// Without ranks for all there are bounds.
  @Test func aTokenThatNobodyToldHasBounds() throws {
    let model = FakeServedModel(
      mostRanks: 5, logits: { _ in (0..<300).map { $0 < 128 ? Float($0 % 50) / 10 : -9 } })
    let predictor = try open(try serve(.openAI, model)).predictor
    let scores = try predictor.scores(of: [65, 3, 99, 49])
    #expect(scores.map(\.isUntold) == [true, false, false])
    #expect(scores[0].rank == 6)
    #expect(scores[0].logProbability >= -4)
    let session = try GenerationSession(
      predictor: predictor, promptIDs: [65], following: [3, 99], seed: 1)
    #expect(try session.advance().isUntold)
    #expect(try !session.advance().isUntold)
    #expect(session.steps.hasUntold)
  }

  // MARK: Misbehaviour

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
    let server = try serve(.llamaServer)
    let session = try session(try open(server).predictor)
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
    let server = try serve(.llamaServer)
    let session = try session(try open(server).predictor)
    server.misbehave([FakeAnswer.silence], at: "/completion")
    try session.advance()
    #expect(session.depth == 1)
  }

  @Test func anotherModelInTheMiddleEndsTheText() throws {
    let server = try serve(.llamaServer)
    let session = try session(try open(server).predictor)
    try session.advance()
    server.change(FakeServedModel(name: "other"))
    #expect(throws: PredictorError.self) { try session.advance() }
    #expect(session.depth == 1)
    // The first one is back.
    server.change(FakeServedModel())
    try session.advance()
    #expect(session.depth == 2)
  }

  /// A cancelled request leaves everything as it was.
  @Test func aRequestIsCancelledAtOnce() throws {
    let server = try serve(.llamaServer)
    let session = try session(try open(server).predictor)
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
    let server = try serve(
      .openAI,
      FakeServedModel(takesIDs: false, logits: { _ in (0..<300).map { $0 < 128 ? Float($0 % 50) : -9 } }))
    let predictor = try open(server).predictor
    _ = try predictor.predict(TextPath(prompt: [65, 66]))
    #expect(throws: PredictorError.self) { try predictor.predict(TextPath(prompt: [65, 200])) }
  }
}
