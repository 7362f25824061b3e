import HubTestSupport
import ModelTestSupport
import TestSupport
import Testing

@testable import LMCore

/// Models behind servers of each kind, beside the same model in this process.
@Suite struct ServedPredictorTests {
  private let bench = ServerBench()

  // MARK: Opening

  @Test(arguments: ServerKind.allCases) func aServerIsAskedWhatItCan(kind: ServerKind) throws {
    // Its names of parts of characters would say nothing.
    let server = try bench.serve(
      kind, FakeServedModel(logits: { _ in (0..<300).map { $0 < 128 ? Float($0 % 50) : -9 } }))
    let served = try bench.open(server)
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
    let served = try bench.open(try bench.serve(.llamaServer))
    #expect(served.tokenizer.bytes(of: 65) == [65])
    #expect(served.tokenizer.bytes(of: 200) == [200])
    #expect(served.tokenizer.bytes(of: 258) == Array(" word1".utf8))
    #expect(served.tokenizer.bytes(of: 299) == Array("<|end|>".utf8))
    #expect(served.tokenizer.isSpecial(299))
    #expect(!served.tokenizer.isSpecial(258))
    #expect(served.predictor.profile.endOfText == [299])
    #expect(served.tokenizer.bytes(of: 300) == nil)
    // vLLM tells what the tokens of its answers are called.
    let other = try bench.open(try bench.serve(.vLLM))
    let prediction = try other.predictor.predict(TextPath(prompt: [258, 260]))
    #expect(other.tokenizer.bytes(of: 260) == Array(" word2".utf8))
    for id in try other.predictor.belief(of: prediction).knownIDs where id < 128 || id > 255 {
      #expect(other.tokenizer.bytes(of: id) == FakeServedModel().bytes(of: id), "\(id)")
    }
  }

  @Test func aModelThatIsLoadedIsWaitedFor() throws {
    let server = try bench.serve(.llamaServer)
    let loading = FakeAnswer(503, #"{"error":{"message":"Loading model","type":"unavailable_error"}}"#)
    server.misbehave([loading, loading], at: "/v1/models")
    #expect(try bench.open(server).predictor.kind == .llamaServer)
    server.misbehave([loading, loading], at: "/v1/models")
    var told: [String] = []
    _ = try ServedModel.open(ServerSettings(try ServerAddress(server.address)), environment: [:]) {
      told.append($0)
    }
    #expect(told.count == 1 && told[0].contains("is still loading its model: waiting for up to 60 seconds"))
  }

  /// A model may have more ids than its vocabulary, but not fewer.
  @Test(arguments: [ServerKind.llamaServer, .vLLM]) func anotherModelsVocabularyIsRefused(kind: ServerKind)
    throws
  {
    let server = try bench.serve(kind)
    let host = String(server.address.dropFirst(7))
    let settings = ServerSettings(try ServerAddress(server.address))
    func open(_ tokenizer: SameTokenizer) throws -> ServedModel {
      try ServerOpening(settings, [:], patience: 5).open(tokenizer)
    }
    #expect(
      throws: ServerError.largerTokenizer(host: host, folder: "", tokens: 400, vocabularySize: 300)
    ) {
      try open(SameTokenizer(vocabularySize: 400))
    }
    #expect(throws: ServerError.otherTokenizer(host: host, folder: "")) {
      try open(SameTokenizer(vocabularySize: 300, shift: 128))
    }
    #expect(try open(SameTokenizer(vocabularySize: 280)).predictor.kind == kind)
  }

  /// What was named with `--server-kind` is another program.
  @Test(arguments: [(ServerKind.llamaServer, ServerKind.vLLM), (.vLLM, .llamaServer)])
  func aKindThatIsNotIsNamed(kind: ServerKind, named: ServerKind) throws {
    let server = try bench.serve(kind)
    let host = String(server.address.dropFirst(7))
    #expect(throws: ServerError.otherKind(host: host, kind: named)) {
      try bench.open(server) { $0.kind = named }
    }
  }

  /// A server that refuses more names its limit, or is asked for fewer.
  @Test(
    arguments: [
      (["logprobs must be less than or equal to 7"], 7), (["max allowed: 15", "3 at most"], 3),
      (["too many", "too many", "too many"], 5), (["too many", "too many", "too many", "too many"], 1),
    ])
  func theLimitOfAServerIsFound(refusals: [String], limit: Int) throws {
    let model = FakeServedModel(mostRanks: 300) { _ in (0..<300).map { $0 < 128 ? Float($0) / 30 : -9 } }
    let server = try bench.serve(.openAI, model)
    server.misbehave(
      refusals.map { FakeAnswer(400, "{\"error\":{\"message\":\"\($0)\"}}") }, at: "/v1/completions")
    #expect(try bench.open(server).predictor.mostRanks == limit)
  }

  /// How much a model reads is told by the server, or by the files beside its vocabulary, or not at all.
  @Test func aContextThatNobodyTellsIsNotMadeUp() throws {
    let model = FakeServedModel { _ in (0..<300).map { $0 < 128 ? Float($0) / 30 : -9 } }
    let server = try bench.serve(.openAI, model)
    let list = FakeAnswer(200, #"{"data":[{"id":"fake","owned_by":"x"}]}"#)
    server.misbehave([list, list], at: "/v1/models")
    #expect(try !bench.open(server).predictor.profile.tellsContextLength)
    let folder = try TemporaryFolder()
    try folder.write("config.json", Array(#"{"n_positions":512}"#.utf8))
    let profile = try bench.open(server) { $0.tokenizerFolder = folder.path }.predictor.profile
    #expect(profile.tellsContextLength && profile.contextLength == 511)
  }

  @Test func aServerWithoutItsKeyIsNotOpened() throws {
    let server = try bench.serve(.llamaServer, key: "sk-1")
    #expect(throws: ServerError.unauthorized(host: String(server.address.dropFirst(7)), hadKey: false)) {
      try bench.open(server)
    }
    #expect(try bench.open(server, ["GPT2_VIZ_SERVER_KEY": "sk-1"]).predictor.mostRanks == 300)
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
    let server = try bench.serve(kind, model)
    // Two tokens of one text are one entry there, so only what is told once can be compared.
    if kind == .openAI { return }
    let served = try bench.open(server)
    for settings in [
      SamplingSettings.with { $0.temperature = 0 }, .with { $0.topP = 0.95 },
      .with { ($0.topK, $0.temperature) = (30, 1.3) },
    ] {
      let there = try bench.session(served.predictor, settings)
      let here = try bench.session(SameModel(model), settings)
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
    let server = try bench.serve(.llamaServer, model)
    let served = try bench.open(server)
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
    let server = try bench.serve(.llamaServer)
    let session = try bench.session(try bench.open(server).predictor)
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
    let other = try bench.session(session.predictor)
    for id in text.dropFirst(2) { try other.force(id) }
    #expect(server.requests.isEmpty)
  }

  @Test(arguments: [ServerKind.llamaServer, .vLLM]) func twoLanesAskOnce(kind: ServerKind) throws {
    // No parts of characters: they need a second request.
    let model = FakeServedModel(logits: { ids in
      FakeServedModel.irregular(ids, 300).enumerated().map { (128...255).contains($0) ? -9 : $1 }
    })
    let server = try bench.serve(kind, model)
    let predictor = try bench.open(server).predictor
    let lanes = [
      try bench.session(predictor, .with { $0.temperature = 0 }),
      try bench.session(predictor, .with { $0.topK = 15 }),
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
    let server = try bench.serve(.llamaServer)
    let session = try bench.session(try bench.open(server).predictor)
    #expect(session.prepareNextStep())
    server.forgetRequests()
    try session.advance()
    #expect(server.requests.isEmpty)
  }

  // MARK: More ranks

  @Test func moreRanksAreAskedForOnce() throws {
    let model = FakeServedModel(vocabularySize: 6001)
    let server = try bench.serve(.llamaServer, model)
    let predictor = try bench.open(server).predictor
    server.forgetRequests()
    let session = try bench.session(predictor)
    #expect(try session.decision.distribution.knownRanks >= 1000)
    let flat = try bench.session(predictor, .with { ($0.temperature, $0.topP) = (3, 0.9) })
    // At this temperature it is not certain where top-p cuts before all is known.
    #expect(try flat.decision.distribution.knownRanks == 6001)
    #expect(server.predictions <= 4)
    #expect(try !flat.tellMore(to: nil))
    let here = try bench.session(SameModel(model), .with { ($0.temperature, $0.topP) = (3, 0.9) })
    #expect(try here.decision.id == flat.decision.id)
    #expect(try here.decision.distribution.keptCount == flat.decision.distribution.keptCount)
  }

  /// Also where the draw needs no more: how many tokens are kept would not be known.
  @Test func aCutBelowTheFirstRanksIsAskedFor() throws {
    let model = FakeServedModel(vocabularySize: 6001)
    let settings = SamplingSettings.with { $0.topP = 0.95 }
    let session = try bench.session(try bench.open(try bench.serve(.llamaServer, model)).predictor, settings)
    let here = try bench.session(SameModel(model), settings)
    while session.draw.u > 0.5 { session.redraw() }
    while here.draw.u > 0.5 { here.redraw() }
    let (found, expected) = (try session.decision, try here.decision)
    #expect(expected.distribution.keptCount > 1000)
    #expect(found.distribution.keptCountBounds.count == 1)
    #expect(found.distribution.keptCount == expected.distribution.keptCount)
    #expect(found.id == expected.id)
  }

  @Test func namesThatAreNotToldAreNoFailure() throws {
    let server = try bench.serve(.vLLM)
    let served = try bench.open(server)
    // The distribution, then the names.
    let model = FakeServedModel()
    let answer = model.answerAsVLLM(
      "/v1/completions",
      try JSON(parsing: #"{"model":"fake","prompt":[258,260],"logprobs":20}"#))
    server.misbehave([answer, FakeAnswer(500, "oops")], at: "/v1/completions")
    let prediction = try served.predictor.predict(TextPath(prompt: [258, 260]))
    #expect(try served.predictor.belief(of: prediction).knownRanks == 20)
    #expect(served.tokenizer.bytes(of: 260) == nil)
    // They are asked for with the next step.
    _ = try served.predictor.predict(TextPath(prompt: [258, 260, 262]))
    #expect(served.tokenizer.bytes(of: 262) == Array(" word3".utf8))
  }

  @Test func aModelThatTheServerDoesNotHaveIsSaidSo() throws {
    let server = try bench.serve(.llamaServer)
    let host = String(server.address.dropFirst(7))
    #expect(throws: ServerError.unknownModel(host: host, name: "nix", names: ["fake"])) {
      try bench.open(server) { $0.model = "nix" }
    }
    #expect(
      ServerError.unknownModel(host: host, name: "nix", names: ["fake"]).description
        == "\(host) has no model nix; it has fake.")
    #expect(try bench.open(server) { $0.model = "fake" }.predictor.profile.name == "fake")
  }

  @Test func aDrawThatNobodyToldStopsTheStep() throws {
    // Flat: twenty of three hundred tokens hold little.
    let model = FakeServedModel(logits: { ids in (0..<300).map { Float(($0 * 37 + ids.count) % 300) / 300 } })
    let session = try bench.session(try bench.open(try bench.serve(.vLLM, model)).predictor)
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
    let server = try bench.serve(kind)
    let predictor = try bench.open(server).predictor
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
    if kind == .vLLM {
      // The name of the first token is none of those that the answer has.
      #expect(server.predictions == 2)
      #expect(scores.allSatisfy { $0.entropyBounds.lowerBound < $0.entropyBounds.upperBound })
    }
    for (there, here) in zip(scores, local) {
      let (low, high) = (there.entropyBounds.lowerBound, there.entropyBounds.upperBound)
      #expect(here.entropyBits >= low - 1e-6 && here.entropyBits <= high + 1e-6)
    }
  }

  /// vLLM names the tokens of a scored text along with their probabilities.
  @Test func aScoredTextNamesItsTokens() throws {
    let served = try bench.open(bench.serve(.vLLM))
    _ = try served.predictor.scores(of: [65, 258, 260])
    #expect(served.tokenizer.bytes(of: 258) == Array(" word1".utf8))
    #expect(served.tokenizer.bytes(of: 260) == Array(" word2".utf8))
  }

  /// Without ranks for all there are bounds.
  @Test func aTokenThatNobodyToldHasBounds() throws {
    let model = FakeServedModel(
      mostRanks: 5, logits: { _ in (0..<300).map { $0 < 128 ? Float($0 % 50) / 10 : -9 } })
    let predictor = try bench.open(try bench.serve(.openAI, model)).predictor
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
}
