import Glibc
import HubTestSupport
import ModelTestSupport
import Testing

@testable import LMCore

/// Saved sessions over a server: what it told is saved as well.
@Suite struct SavedServerTests {
  private let bench = ServerBench()
  /// Other numbers, as another build of the server would tell them.
  private static let changed = FakeServedModel(logits: { FakeServedModel.irregular($0 + [7], 300) })

  private func saved(_ sessions: GenerationSession..., by predictor: ServedPredictor) -> SavedSession {
    var saved = SavedSession(
      model: "http://127.0.0.1:8080", prompt: "AB", promptIDs: [65, 66], lanes: sessions.map(SavedLane.init))
    saved.server = predictor.saved(promptIDs: saved.promptIDs, lanes: saved.lanes)
    return saved
  }

  private func restored(_ saved: SavedSession, by predictor: ServedPredictor) throws -> GenerationSession {
    predictor.remember(saved)
    return try GenerationSession(
      predictor: predictor, promptIDs: saved.promptIDs, following: saved.following, restoring: saved.lanes[0])
  }

  @Test func aSessionComesBackWithTheHeadsThatItSaw() throws {
    let server = try bench.serve(.llamaServer)
    let predictor = try bench.open(server).predictor
    let session = try bench.session(predictor)
    for _ in 0..<5 { try session.advance() }
    session.back()
    let saved = saved(session, by: predictor)
    #expect(saved.server?.heads[0].count { $0 != nil } == 6)
    #expect(saved.lines.hasPrefix("{\"type\":\"session\",\"version\":2,"))
    let read = try SavedSession(parsing: Array(saved.lines.utf8))
    #expect(read == saved)
    server.change(Self.changed)
    let other = try bench.open(server).predictor
    server.forgetRequests()
    let again = try restored(read, by: other)
    #expect(again.lineSteps == session.lineSteps)
    #expect(try again.decision.id == session.decision.id)
    #expect(server.predictions == 0)
    // Behind them it is asked.
    try again.advance()
    try again.advance()
    #expect(server.predictions == 1)
  }

  /// What vLLM tells by ids alone has its names again.
  @Test func theNamesOfSavedTokensAreAskedFor() throws {
    let server = try bench.serve(.vLLM)
    let predictor = try bench.open(server).predictor
    let session = try bench.session(predictor, .with { $0.topK = 5 })
    for _ in 0..<3 { try session.advance() }
    let opened = try bench.open(server)
    opened.predictor.remember(saved(session, by: predictor))
    for id in try session.decision.distribution.belief.knownIDs where id < 128 || (256..<299).contains(id) {
      #expect(opened.tokenizer.bytes(of: id) == FakeServedModel().bytes(of: id), "\(id)")
    }
  }

  @Test func anotherModelsHeadsAreNotTaken() throws {
    let server = try bench.serve(.llamaServer)
    let predictor = try bench.open(server).predictor
    let session = try bench.session(predictor)
    for _ in 0..<5 { try session.advance() }
    let saved = saved(session, by: predictor)
    var other = Self.changed
    other.name = "other"
    server.change(other)
    let again = try restored(saved, by: try bench.open(server).predictor)
    #expect(again.textIDs == session.textIDs)
    #expect(again.lineSteps != session.lineSteps)
  }

  @Test func whatTwoLanesShareIsSavedOnce() throws {
    let predictor = try bench.open(try bench.serve(.llamaServer)).predictor
    let (first, second) = (
      try bench.session(predictor), try bench.session(predictor, .with { $0.temperature = 0 })
    )
    for session in [first, second] { for _ in 0..<3 { try session.advance() } }
    let saved = saved(first, second, by: predictor)
    let heads = try #require(saved.server?.heads)
    #expect(heads[0].allSatisfy { $0 != nil })
    #expect(heads[1][0] == nil && heads[1][3] != nil)
    #expect(try SavedSession(parsing: Array(saved.lines.utf8)) == saved)
  }

  @Test func aHeadThatIsCutHasTheRestOfIt() throws {
    let head = try ServedHead(
      [(5, -0.7), (3, -1.2), (9, -3)], asked: 3, vocabularySize: 300)
    let short = head.first(1)
    #expect(short.ids == [5])
    let whole = head.restMass.lowerBound + head.logProbabilities.dropFirst().reduce(0) { $0 + exp($1) }
    #expect(abs(short.restMass.lowerBound - whole) < 1e-12)
    #expect(head.first(3) == head)
  }

  @Test(
    arguments: [
      (#""lane":3,"depth":0,"ids":[1],"logprobs":[-1],"rest_mass":[0.5,0.6]"#, "lane"),
      (#""lane":0,"depth":9,"ids":[1],"logprobs":[-1],"rest_mass":[0.5,0.6]"#, "depth"),
      (#""lane":0,"depth":0,"ids":[300],"logprobs":[-1],"rest_mass":[0.5,0.6]"#, "ids"),
      (#""lane":0,"depth":0,"ids":[1],"logprobs":[-1,-2],"rest_mass":[0.5,0.6]"#, "logprobs"),
      (#""lane":0,"depth":0,"ids":[1,1],"logprobs":[-1,-2],"rest_mass":[0.5,0.6]"#, "logprobs"),
      (#""lane":0,"depth":0,"ids":[1],"logprobs":[1],"rest_mass":[0.5,0.6]"#, "logprobs"),
      (#""lane":0,"depth":0,"ids":[1],"logprobs":[-1],"rest_mass":[0.6,0.5]"#, "rest_mass"),
    ])
  func aDamagedHeadIsNamed(members: String, name: String) throws {
    let predictor = try bench.open(try bench.serve(.llamaServer)).predictor
    var saved = saved(try bench.session(predictor), by: predictor)
    saved.server?.heads = []
    let lines = saved.lines + "{\"type\":\"head\",\(members)}\n"
    let error = #expect(throws: TraceError.self) { try SavedSession(parsing: Array(lines.utf8)) }
    #expect(error?.description.contains("\"\(name)\"") == true, "\(error?.description ?? "none")")
  }
}
