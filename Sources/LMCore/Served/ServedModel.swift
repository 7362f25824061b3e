/// A model behind a server, ready for use.
public struct ServedModel {
  /// The source of predictions.
  public let predictor: ServedPredictor
  /// The server's vocabulary, or a local one.
  public let tokenizer: any Tokenizer
  /// What should be known of the server, each one sentence.
  public let notes: [String]
}

/// What a user says of a server.
public struct ServerSettings: Equatable, Sendable {
  /// Where it is.
  public var address: ServerAddress
  /// Which program it is; nil to ask it.
  public var kind: ServerKind?
  /// Which of its models; nil for the only one.
  public var model: String?
  /// Whether another machine may be asked without encryption.
  public var allowsPlainHTTP: Bool
  /// A folder with the model's tokenizer, in place of the server's.
  public var tokenizerFolder: String?

  /// A server of which nothing but the address is known.
  public init(
    _ address: ServerAddress, kind: ServerKind? = nil, model: String? = nil, allowsPlainHTTP: Bool = false,
    tokenizerFolder: String? = nil
  ) {
    (self.address, self.kind, self.model) = (address, kind, model)
    (self.allowsPlainHTTP, self.tokenizerFolder) = (allowsPlainHTTP, tokenizerFolder)
  }

  /// The variable of the environment that holds the user's key.
  public static let keyVariable = "GPT2_VIZ_SERVER_KEY"
}

extension ServedModel {
  /// Asks a server what it is and what it runs, and for a first distribution.
  ///
  /// - Parameters:
  ///   - environment: variables; the key and the certificates are read from it.
  ///   - patience: seconds that a server may take to load its model.
  ///   - report: called once with a sentence where it does so.
  /// - Throws: `ServerError`, or `TokenizerError` for the local folder.
  public static func open(
    _ settings: ServerSettings, environment: [String: String], patience: Double = 60,
    report: (String) -> Void = { _ in }
  ) throws -> ServedModel {
    let served = try ServerOpening(settings, environment, patience: patience).open(report)
    served.predictor.settings = settings
    return served
  }
}

/// The questions that are asked of a server before the first prediction.
struct ServerOpening {
  let settings: ServerSettings
  let connection: ServerConnection
  private let environment: [String: String]
  private let patience: Double

  var host: String { settings.address.host }

  init(_ settings: ServerSettings, _ environment: [String: String], patience: Double) throws(ServerError) {
    guard settings.allowsPlainHTTP || settings.address.isPrivate else {
      throw .notPrivate(host: settings.address.host)
    }
    (self.settings, self.environment, self.patience) = (settings, environment, patience)
    connection = Self.connection(settings, environment)
  }

  private static func connection(
    _ settings: ServerSettings, _ environment: [String: String],
    _ limits: ServerConnection.Limits = ServerConnection.Limits()
  ) -> ServerConnection {
    ServerConnection(
      settings.address, key: environment[ServerSettings.keyVariable],
      certificates: HTTPCertificates(environment), limits: limits)
  }

  func open(_ report: (String) -> Void) throws -> ServedModel {
    // Before the server is asked: it may take long to answer.
    let local = try settings.tokenizerFolder.map { path throws(TokenizerError) in
      guard FileSystem.isDirectory(path) else { throw .noFolder(path) }
      return try TokenizerFolder.read(path)
    }
    return try open(local, report)
  }

  /// - Parameter local: a vocabulary in place of the server's.
  func open(_ local: (any Tokenizer)?, _ report: (String) -> Void = { _ in }) throws -> ServedModel {
    let identity = try identify(report)
    let kind = settings.kind ?? Self.kind(ownedBy: identity.owner)
    switch kind {
    case .llamaServer: return try openLlamaServer(identity, local)
    case .vLLM: return try openVLLM(identity, local)
    case .sgLang, .openAI:
      guard let local else { throw ServerError.noTokenizer(host: host, kind: kind) }
      return kind == .sgLang ? try openSGLang(identity, local) : try openOpenAI(identity, local)
    }
  }

  /// The dialect by the owner that a list of models names; any other server is taken for an OpenAI-like one.
  static func kind(ownedBy owner: String) -> ServerKind {
    switch owner {
    case "llamacpp": .llamaServer
    case "vllm": .vLLM
    case "sglang": .sgLang
    default: .openAI
    }
  }

  /// Waits for a model that is still being loaded.
  private func identify(_ report: (String) -> Void) throws(ServerError) -> ServerIdentity {
    let deadline = MonotonicClock.seconds + patience
    var isTold = false
    while true {
      do throws(ServerError) {
        return try choose(among: try connection.send(ServerIdentity.request))
      } catch {
        guard case .loading = error, MonotonicClock.seconds < deadline else { throw error }
        if !isTold {
          report("\(host) is still loading its model: waiting for up to \(Int(patience)) seconds")
        }
        isTold = true
        MonotonicClock.sleep(seconds: 0.25)
      }
    }
  }

  private func choose(among answer: [UInt8]) throws(ServerError) -> ServerIdentity {
    let models = try reading { () throws(AnswerError) in try ServerIdentity.list(in: answer) }
    if let name = settings.model {
      guard let model = models.first(where: { $0.name == name || $0.shownName == name }) else {
        throw .unknownModel(host: host, name: name, names: models.map(\.name))
      }
      return model
    }
    guard let only = models.first else { throw .unreadable(host: host, .missing("data")) }
    guard models.count == 1 else { throw .noModel(host: host, names: models.map(\.name)) }
    return only
  }

  // MARK: Helpers of all kinds

  func reading<Value>(_ body: () throws(AnswerError) -> Value) throws(ServerError) -> Value {
    do { return try body() } catch { throw .unreadable(host: host, error) }
  }

  /// The first ids of an answer of `/tokenize`.
  static func tokens(in answer: [UInt8]) -> [Int]? {
    guard let list = (try? JSON(parsing: answer))?["tokens"]?.array else { return nil }
    let ids = list.compactMap(\.int)
    return ids.count == list.count ? ids : nil
  }

  /// For questions from another thread; they are short.
  func ownConnection() -> Guarded<ServerConnection> {
    var limits = ServerConnection.Limits()
    (limits.connecting, limits.standingStill, limits.answer) = (5, 10, 64 << 20)
    return Guarded(Self.connection(settings, environment, limits))
  }

  /// Turns texts into ids, on a connection of its own.
  func encoder(
    _ request: @escaping @Sendable (String, EncodingOptions) -> ServerRequest
  ) -> ServedTokenizer.Encoder {
    let (guarded, host) = (ownConnection(), host)
    return { text, options in
      let answer = try guarded.withLock { connection throws(ServerError) in
        try connection.send(request(text, options))
      }
      guard let ids = Self.tokens(in: answer) else {
        throw ServerError.unreadable(host: host, .missing("tokens"))
      }
      return ids
    }
  }

  func profile(
    _ identity: ServerIdentity, vocabularySize: Int, endOfText: [Int] = []
  ) -> ModelProfile {
    let told = identity.contextLength ?? settings.tokenizerFolder.flatMap(Self.contextLength)
    // One place is the answer's.
    let context = max((told ?? Self.mostContext) - 1, 1)
    var profile = ModelProfile(
      name: identity.shownName, path: settings.address.text, source: .server,
      parameterCount: identity.parameterCount ?? 0, dtype: identity.format ?? "",
      byteCount: identity.byteCount,
      vocabularySize: vocabularySize, contextLength: context, endOfText: endOfText)
    profile.tellsContextLength = told != nil
    return profile
  }

  /// The longest text that is sent where nobody tells how much a model reads.
  private static let mostContext = 1 << 20

  /// As the config.json beside a local vocabulary tells it; nil where there is none, or it does not.
  private static func contextLength(inFolder path: String) -> Int? {
    guard let bytes = FileSystem.read(path + "/config.json", limit: 1 << 20),
      let document = try? JSON(parsing: bytes)
    else { return nil }
    let names = ["max_position_embeddings", "n_positions", "n_ctx"]
    return names.lazy.compactMap { document[$0]?.int ?? document["text_config"]?[$0]?.int }
      .first { (1...mostContext).contains($0) }
  }

  /// Asks for what follows one token: what the server answers is what it can.
  func probe(_ dialect: some ServerDialect, _ id: Int, ranks: Int) throws(ServerError) -> (
    head: ServedHead, name: String?
  ) {
    let answer = try connection.head(of: [id], ranks: ranks, dialect)
    return (answer.head, dialect.modelName(in: answer.body))
  }
}
