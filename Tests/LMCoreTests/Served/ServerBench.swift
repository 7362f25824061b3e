import HubTestSupport

@testable import LMCore

/// What the fake servers run.
final class SameModel: Predictor {
  let profile: ModelProfile
  private let model: FakeServedModel

  init(_ model: FakeServedModel) {
    self.model = model
    profile = ModelProfile(
      name: model.name, source: .folder, parameterCount: 1, dtype: "f32", byteCount: 4,
      vocabularySize: model.vocabularySize, contextLength: model.contextLength - 1)
  }

  func predict(
    _ texts: [TextPath], unless isCancelled: () -> Bool
  ) throws(PredictorError) -> [Prediction] {
    texts.compactMap { (try? Belief(model.logits($0.ids))).map { Prediction($0) } }
  }

  func scoresOneByOne(of ids: [Int]) throws -> [TokenScore] {
    try ids.indices.dropFirst().map { place in
      try score(of: ids[place], in: try predict(TextPath(prompt: Array(ids[..<place]))))
    }
  }
}

/// Byte tokens and words, as the fake servers have them.
struct SameTokenizer: Tokenizer {
  let vocabularySize: Int
  /// By how much its ids differ.
  var shift = 0
  let special = SpecialTokens()
  func bytes(of id: Int) -> [UInt8]? { FakeServedModel().bytes(of: id) }
  func name(of id: Int) -> String? { nil }
  func isSpecial(_ id: Int) -> Bool { false }
  func encode(_ text: String, _ options: EncodingOptions) -> [Int] { text.utf8.map { Int($0) + shift } }
}

/// Opens models behind fake servers, which stop with it.
final class ServerBench {
  private var servers: [FakeModelServer] = []

  func serve(
    _ kind: ServerKind, _ model: FakeServedModel = FakeServedModel(), key: String? = nil
  ) throws -> FakeModelServer {
    let server = try FakeModelServer(kind, model, key: key)
    servers.append(server)
    return server
  }

  func open(
    _ server: FakeModelServer, _ environment: [String: String] = [:],
    _ change: (inout ServerSettings) -> Void = { _ in }
  ) throws -> ServedModel {
    var settings = ServerSettings(try ServerAddress(server.address))
    change(&settings)
    let tellsNoVocabulary = [.sgLang, .openAI].contains(server.kind)
    return try ServerOpening(settings, environment, patience: 5)
      .open(tellsNoVocabulary ? SameTokenizer(vocabularySize: 300) : nil)
  }

  func session(
    _ predictor: any Predictor, _ settings: SamplingSettings = SamplingSettings(), seed: UInt64 = 5
  ) throws -> GenerationSession {
    try GenerationSession(predictor: predictor, promptIDs: [65, 66], settings: settings, seed: seed)
  }
}
