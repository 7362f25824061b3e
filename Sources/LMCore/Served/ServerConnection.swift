/// Sends requests to one server, with the user's key, and to no other.
package final class ServerConnection {
  package let address: ServerAddress
  private let http: HTTPClient
  /// Only visible ASCII characters: a line end would begin another header.
  private let key: String?
  private let limits: Limits

  /// How long a server may take, and how much it may send.
  package struct Limits: Sendable {
    /// Seconds
    package var connecting = 10
    /// Seconds in which no byte arrives. A long prompt on a slow machine takes minutes.
    package var standingStill = 600
    /// Bytes of an answer: 262,144 ranks are 25 MB.
    package var answer = 128 << 20

    package init() {}
  }

  /// - Parameter key: of the user's account at this server; nil for none.
  package init(
    _ address: ServerAddress, key: String?, certificates: HTTPCertificates = HTTPCertificates(),
    limits: Limits = Limits()
  ) {
    (self.address, self.limits) = (address, limits)
    let printable = key.map { key in
      String(key.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F }.map(Character.init))
    }
    self.key = printable.flatMap { $0.isEmpty ? nil : $0 }
    http = HTTPClient(certificates)
  }

  /// The body of a good answer.
  ///
  /// - Parameter isCancelled: looked at many times a second.
  package func send(
    _ request: ServerRequest, unless isCancelled: () -> Bool = { false }
  ) throws(ServerError) -> [UInt8] {
    guard let endpoint = address.endpoint(request.path) else { throw .notAnAddress(address.text) }
    var lines = ["Accept: application/json"]
    if request.body != nil { lines.append("Content-Type: application/json") }
    if let key { lines.append("Authorization: Bearer \(key)") }
    var sent = HTTPClient.Request(
      address: endpoint, body: request.body, headers: lines, connectTimeout: limits.connecting)
    sent.stallTimeout = limits.standingStill
    sent.avoidsProxies = address.isLoopback
    sent.namesPort = true
    return try withoutActuallyEscaping(isCancelled) { isCancelled throws(ServerError) in
      let body = AnswerBody(limit: limits.answer, isCancelled: isCancelled)
      let response: HTTPResponse
      do throws(HTTPError) {
        response = try http.send(sent, to: body)
      } catch {
        if isCancelled() { throw .cancelled }
        if body.isTooLarge { throw .tooLarge(host: address.host, limit: limits.answer) }
        throw .network(error)
      }
      try check(response, body.bytes, path: request.path)
      return body.bytes
    }
  }

  // MARK: Heads

  /// What follows one text, asked for in the second way where the answer to the first has no distribution.
  ///
  /// - Parameter request: the first way; nil for the dialect's usual one.
  func head(
    of ids: [Int], ranks: Int, _ dialect: some ServerDialect, by request: ServerRequest? = nil
  ) throws(ServerError) -> HeadAnswer {
    let answer = try headAnswer(
      of: ids, ranks: ranks, dialect, by: request ?? dialect.request(for: [ids], ranks: ranks))
    guard let answer else { return try secondHead(of: ids, ranks: ranks, dialect) }
    return answer
  }

  /// The same asked for in the second way at once.
  func secondHead(
    of ids: [Int], ranks: Int, _ dialect: some ServerDialect, unless isCancelled: () -> Bool = { false }
  ) throws(ServerError) -> HeadAnswer {
    guard let request = dialect.secondRequest(for: ids, ranks: ranks),
      let answer = try headAnswer(of: ids, ranks: ranks, dialect, by: request, unless: isCancelled)
    else { throw .unreadable(host: address.host, .noDistribution) }
    return answer
  }

  private func headAnswer(
    of ids: [Int], ranks: Int, _ dialect: some ServerDialect, by request: ServerRequest,
    unless isCancelled: () -> Bool = { false }
  ) throws(ServerError) -> HeadAnswer? {
    let start = MonotonicClock.seconds
    let body = try send(request, unless: isCancelled)
    let arrived = MonotonicClock.seconds
    return try heads(in: body, of: 1, ranks: ranks, dialect)[0].map { head in
      HeadAnswer(
        head: head, body: body, seconds: arrived - start, readingSeconds: MonotonicClock.seconds - arrived)
    }
  }

  /// The heads of an answer, as the dialect reads them.
  func heads(
    in answer: [UInt8], of textCount: Int, ranks: Int, _ dialect: some ServerDialect
  ) throws(ServerError) -> [ServedHead?] {
    do throws(AnswerError) {
      return try dialect.heads(in: answer, of: textCount, ranks: ranks)
    } catch {
      throw .unreadable(host: address.host, error)
    }
  }

  private func check(_ response: HTTPResponse, _ body: [UInt8], path: String) throws(ServerError) {
    let (host, status) = (address.host, response.status)
    if (200...299).contains(status) { return }
    let reason = ServerMessage.read(body, hiding: key)
    switch status {
    case 300...399:
      let target = response["Location"].flatMap { address.endpoint(path)?.following($0)?.hostAndPort }
      throw .moved(host: host, target: target)
    case 401, 403: throw .unauthorized(host: host, hadKey: key != nil)
    case 404: throw .notFound(host: host, path: path)
    case 429: throw .tooManyRequests(host: host, seconds: response.size("Retry-After"))
    case 503 where reason?.lowercased().contains("loading") == true: throw .loading(host: host)
    case 500...599: throw .failed(host: host, status: status, reason: reason)
    default: throw .refused(host: host, status: status, reason: reason)
    }
  }
}

/// What follows one text, and the answer that told it.
struct HeadAnswer {
  let head: ServedHead
  let body: [UInt8]
  /// From the request to the last byte of the answer.
  let seconds: Double
  /// To read the answer.
  let readingSeconds: Double
}

/// Collects the body of an answer, up to a limit.
private final class AnswerBody: HTTPClient.Receiver {
  private(set) var bytes: [UInt8] = []
  private(set) var isTooLarge = false
  private let limit: Int
  private let isCancelled: () -> Bool

  init(limit: Int, isCancelled: @escaping () -> Bool) {
    (self.limit, self.isCancelled) = (limit, isCancelled)
  }

  var wantsToStop: Bool { isCancelled() }

  func receive(_ bytes: UnsafeRawBufferPointer, of response: HTTPResponse) -> Bool {
    guard self.bytes.count + bytes.count <= limit else {
      isTooLarge = true
      return false
    }
    if self.bytes.isEmpty, let size = response.size("Content-Length"), size <= limit {
      self.bytes.reserveCapacity(size)
    }
    self.bytes.append(contentsOf: bytes)
    return true
  }
}
