import HubTestSupport
import ModelTestSupport
import Testing

@testable import LMCore

/// Beam search and studies on a model behind a server, of which not all ranks are known at first.
@Suite struct ServedMethodsTests {
  private func open(_ server: FakeModelServer) throws -> ServedPredictor {
    try ServerOpening(ServerSettings(try ServerAddress(server.address)), [:], patience: 5).open(nil).predictor
  }

  private func plan(
    _ strategies: [StudyPlan.Strategy], tokens: Int, for predictor: some Predictor
  ) throws -> StudyPlan {
    var profile = predictor.profile
    profile.endOfText = []
    return try StudyPlan(
      strategies, prompts: [[65, 66], [70]], tokenCount: tokens, seed: 3, for: profile)
  }

  private func searched(
    _ predictor: some Predictor, _ settings: BeamSettings, ends: Set<Int>
  ) throws -> [BeamStep] {
    let run = try BeamRun(predictor, promptIDs: [65], settings: settings, limit: 2, endOfText: ends)
    while try run.advance() != nil {}
    return Array(run.steps)
  }

  /// 61 x 40 continuations are looked at; 1000 are told at first.
  @Test func beamsAskForTheRanksThatTheyNeed() throws {
    let model = FakeServedModel(vocabularySize: 3000)
    let server = try FakeModelServer(.llamaServer, model)
    let settings = BeamSettings(width: 40)
    let (there, here) = (
      try searched(try open(server), settings, ends: Set(2000..<2060)),
      try searched(SameModel(model), settings, ends: Set(2000..<2060))
    )
    #expect(there[0].candidates.count == 61 * 40)
    for (step, expected) in zip(there, here) { #expect(step.live.map(\.ids) == expected.live.map(\.ids)) }
  }

  /// Top-k within what is told at first: one request a beam, and what the whole distribution gives.
  @Test(arguments: [BeamSettings.Choice.sampled, .stochastic])
  func whatTheHeadDecidesIsNotAskedAgain(choice: BeamSettings.Choice) throws {
    let model = FakeServedModel(vocabularySize: 3000)
    let server = try FakeModelServer(.llamaServer, model)
    let predictor = try open(server)
    for (chain, asksMore) in [
      ("top-k 20, temperature 1.2", false), ("top-k 40, min-p 0.01", false), ("typical-p 0.9", true),
    ] {
      var settings = BeamSettings(width: 3, choice: choice)
      settings.seed = 5
      settings.sampling = try SamplingSettings(described: chain)
      let start = server.requests.count
      let there = try searched(predictor, settings, ends: [])
      let here = try searched(SameModel(model), settings, ends: [])
      for (step, expected) in zip(there, here) {
        #expect(step.live.map(\.ids) == expected.live.map(\.ids))
        #expect(zip(step.live, expected.live).allSatisfy { abs($0.sum - $1.sum) < 1e-4 })
      }
      let asked = server.requests[start...].map { String(decoding: $0.body, as: UTF8.self) }
      #expect(asked.contains { $0.contains("\"n_probs\":3000") } == asksMore, "\(chain): \(asked)")
    }
  }

  @Test func tooFewRanksAreSaid() throws {
    let server = try FakeModelServer(.vLLM, FakeServedModel(mostRanks: 20))
    let predictor = try open(server)
    #expect(try searched(predictor, BeamSettings(width: 10), ends: []).count == 2)
    #expect(throws: SamplingError.tooFewRanks(known: 20, needed: 22)) {
      try searched(predictor, BeamSettings(width: 11), ends: [])
    }
    let plan = try plan(
      [.init(name: "beam 11", method: .beams(BeamSettings(width: 11)))], tokens: 3, for: predictor)
    #expect(throws: SamplingError.tooFewRanks(known: 20, needed: 22)) {
      try Study(plan, predictor, nil, width: 4).run()
    }
  }

  /// As a session does, where the draw falls among ranks that were not told.
  @Test func aStudyAsksForTheRanksThatItNeeds() throws {
    let model = FakeServedModel(vocabularySize: 3000)
    let server = try FakeModelServer(.llamaServer, model)
    let predictor = try open(server)
    let plan = try plan(
      [.init(name: "hot", settings: .with { $0.temperature = 3 })], tokens: 6, for: predictor)
    let texts = try Study(plan, predictor, nil, width: 2).run()
    #expect(texts.map(\.ids) == (try Study(plan, SameModel(model), nil, width: 2).run()).map(\.ids))
  }

  /// vLLM tells every token of a text; of the others an unlikely one has bounds.
  @Test(arguments: [ServerKind.vLLM, .llamaServer]) func humanTextIsScored(kind: ServerKind) throws {
    let server = try FakeModelServer(kind, FakeServedModel(mostRanks: 20))
    let predictor = try open(server)
    let plan = try plan(
      [.init(name: "greedy", settings: .with { $0.temperature = 0 })], tokens: 4, for: predictor)
    let ids = [65, 66, 1, 2, 3, 250, 70, 9, 8, 7, 6]
    let (texts, mass) = try Study(plan, predictor, nil, width: 1).measureHuman(ids)
    let local = SameModel(FakeServedModel())
    for (place, id) in ids[2..<6].enumerated() {
      let own = try local.belief(of: local.predict(TextPath(prompt: Array(ids[..<(place + 2)]))))
      let expected = try #require(own.logProbability(of: id))
      #expect(abs(texts[0].logProbabilities[place] - expected) < 1e-3)
    }
    #expect(texts.allSatisfy { !$0.hasUntold })
    #expect(mass.count == 8)
    #expect(mass.ranks == [1, 2, 5, 10, 20] + (kind == .vLLM ? [] : [40, 100, 300]))
  }

  /// A server that tells 5 ranks and no more: the perplexity is a bound, and the mass of more tokens is not known.
  @Test func whatWasNotToldIsABound() throws {
    let model = FakeServedModel(
      mostRanks: 5, logits: { _ in (0..<300).map { $0 < 128 ? Float($0 % 50) / 10 : -9 } })
    let server = try FakeModelServer(.openAI, model)
    let settings = ServerSettings(try ServerAddress(server.address))
    let predictor = try ServerOpening(settings, [:], patience: 5).open(Bytes()).predictor
    let plan = try plan(
      [.init(name: "greedy", settings: .with { $0.temperature = 0 })], tokens: 4, for: predictor)
    let (texts, mass) = try Study(plan, predictor, nil, width: 1).measureHuman([65, 66, 1, 2, 3, 90])
    #expect(texts[0].hasUntold && texts[0].logProbabilities.allSatisfy { $0.isFinite && $0 < 0 })
    let measures = CollectionMeasures(texts)
    #expect(measures.hasLeastPerplexity && measures.perplexity?.isFinite == true)
    #expect(mass.ranks.first == 1 && mass.ranks.allSatisfy { $0 <= 5 })
  }

  private struct Bytes: Tokenizer {
    let vocabularySize = 300
    let special = SpecialTokens()
    func bytes(of id: Int) -> [UInt8]? { FakeServedModel().bytes(of: id) }
    func name(of id: Int) -> String? { nil }
    func isSpecial(_ id: Int) -> Bool { false }
    func encode(_ text: String, _ options: EncodingOptions) -> [Int] { text.utf8.map(Int.init) }
  }
}
