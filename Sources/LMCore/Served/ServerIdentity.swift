/// Which model a server runs: what `/v1/models` says of it.
struct ServerIdentity: Sendable {
  /// The name in the list of models, which may be a path.
  let name: String
  /// The name in its answers.
  var answerName: String
  let owner: String
  let vocabularySize: Int?
  /// Tokens of text and answer together.
  let contextLength: Int?
  let parameterCount: Int?
  let byteCount: Int?
  let format: String?

  /// What is shown of the name: the last part of a path.
  var shownName: String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    return ForeignText.line(last.hasSuffix(".gguf") ? String(last.dropLast(5)) : last, limit: 60)
  }

  static let request = ServerRequest("/v1/models")

  /// The models in an answer to `request`.
  static func list(in answer: [UInt8]) throws(AnswerError) -> [ServerIdentity] {
    guard let document = try? JSON(parsing: answer) else { throw .notJSON }
    guard let entries = document["data"]?.array else { throw .missing("data") }
    return try entries.prefix(1000).map { entry throws(AnswerError) in
      guard let name = entry["id"]?.string, !name.isEmpty else { throw .missing("id") }
      let meta = entry["meta"]
      func count(_ value: JSON?) -> Int? { value?.int.flatMap { (1...1 << 48).contains($0) ? $0 : nil } }
      return ServerIdentity(
        name: name, answerName: name, owner: entry["owned_by"]?.string ?? "",
        vocabularySize: count(meta?["n_vocab"]).flatMap { $0 <= 1 << 24 ? $0 : nil },
        contextLength: count(meta?["n_ctx"]) ?? count(entry["max_model_len"]),
        parameterCount: count(meta?["n_params"]), byteCount: count(meta?["size"]),
        format: meta?["ftype"]?.string.map { ForeignText.line($0, limit: 20) })
    }
  }

  /// Throws where the server now runs another model.
  func check(_ connection: ServerConnection, unless isCancelled: () -> Bool) throws(ServerError) {
    let answer = try connection.send(Self.request, unless: isCancelled)
    // A server without a list of models cannot be checked.
    guard let now = try? Self.list(in: answer), !now.isEmpty else { return }
    let same = now.contains { other in
      other.name == name && other.vocabularySize == vocabularySize && other.parameterCount == parameterCount
        && other.byteCount == byteCount
    }
    if !same {
      throw .otherModel(host: connection.address.host, before: shownName, now: now[0].shownName)
    }
  }
}
