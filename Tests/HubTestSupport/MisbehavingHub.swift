import Glibc
import LMCore

/// A model hub on 127.0.0.1, and the server that its large files lie on: two ports, so that they are two hosts to whoever
/// asks. Answers as huggingface.co does, until told to misbehave.
public final class MisbehavingHub: Sendable {
  struct State {
    var repositories: [String: HubRepository] = [:]
    /// What the next answers with the contents of a file do, by its name; one each.
    var faults: [String: [HubFault]] = [:]
    /// The same for questions about a file.
    var headFaults: [String: [HubFault]] = [:]
    /// What every answer with contents does that has no fault of its own.
    var habit: (@Sendable (HubRequest) -> HubFault?)?
    var hubRequests: [HubRequest] = []
    var contentRequests: [HubRequest] = []
    var isStopped = false
  }

  let state = Guarded(State())
  private let hub: ListeningSocket
  private let content: ListeningSocket

  /// `http://127.0.0.1:port`, for HF_ENDPOINT.
  public var endpoint: String { "http://127.0.0.1:\(hub.port)" }
  public var contentEndpoint: String { "http://127.0.0.1:\(content.port)" }

  public init() throws {
    hub = try ListeningSocket()
    content = try ListeningSocket()
    hub.serve { [weak self] in self?.answer($0, on: $1, isHub: true) ?? false }
    content.serve { [weak self] in self?.answer($0, on: $1, isHub: false) ?? false }
  }

  deinit { stop() }

  /// Closes both ports.
  public func stop() {
    hub.stop()
    content.stop()
  }

  // MARK: What it has, and how it behaves

  public func publish(_ repository: HubRepository, as id: String) {
    state.withLock { $0.repositories[id] = repository }
  }

  public func misbehave(_ faults: [HubFault], with file: String) {
    state.withLock { $0.faults[file, default: []] += faults }
  }

  public func misbehave(_ faults: [HubFault], whenAskedAbout file: String) {
    state.withLock { $0.headFaults[file, default: []] += faults }
  }

  public func setHabit(_ habit: (@Sendable (HubRequest) -> HubFault?)?) {
    state.withLock { $0.habit = habit }
  }

  public var hubRequests: [HubRequest] { state.withLock { $0.hubRequests } }
  public var contentRequests: [HubRequest] { state.withLock { $0.contentRequests } }

  public func forgetRequests() {
    state.withLock { ($0.hubRequests, $0.contentRequests) = ([], []) }
  }

  // MARK: Answering

  /// - Returns: whether the connection stays open.
  private func answer(_ request: HubRequest, on connection: Connection, isHub: Bool) -> Bool {
    state.withLock { state in
      if isHub { state.hubRequests.append(request) } else { state.contentRequests.append(request) }
    }
    return isHub ? answerAsHub(request, on: connection) : answerWithContent(request, on: connection)
  }

  /// `/api/models/organisation/name/revision/revision`
  private func answerWithList(_ parts: [String], on connection: Connection) -> Bool {
    guard let place = parts.firstIndex(of: "revision"), parts.count == place + 2 else {
      return connection.send(404)
    }
    let id = parts[2..<place].joined(separator: "/")
    guard let repository = state.withLock({ $0.repositories[id] }) else {
      return connection.send(401, ["X-Error-Code: RepoNotFound"])
    }
    if let target = repository.movedTo {
      return connection.send(307, ["Location: /api/models/\(target)/revision/\(parts[place + 1])"])
    }
    guard repository.revisions.contains(parts[place + 1]) || parts[place + 1] == repository.commit else {
      return connection.send(404, ["X-Error-Code: RevisionNotFound"])
    }
    let files = repository.files.keys.sorted().map { JSON.object([.init("rfilename", JSON($0))]) }
    let answer = JSON.object([.init("sha", JSON(repository.commit)), .init("siblings", .array(files))])
    return connection.send(200, ["Content-Type: application/json"], body: Array("\(answer)".utf8))
  }

  /// `/organisation/name/resolve/revision/file`
  private func answerAsHub(_ request: HubRequest, on connection: Connection) -> Bool {
    let parts = request.path.split(separator: "/").map(String.init)
    if parts.starts(with: ["api", "models"]) { return answerWithList(parts, on: connection) }
    guard let place = parts.firstIndex(of: "resolve"), parts.count >= place + 3 else {
      return connection.send(404)
    }
    let id = parts[..<place].joined(separator: "/")
    let revision = parts[place + 1].split(separator: "%2F").joined(separator: "/")
    let file = parts[(place + 2)...].joined(separator: "/")
    guard let repository = state.withLock({ $0.repositories[id] }) else {
      // As the hub: whether a model is private or missing is not told.
      return connection.send(401, ["X-Error-Code: RepoNotFound", "X-Error-Message: Repository not found"])
    }
    if let target = repository.movedTo {
      return connection.send(307, ["Location: /\(target)/resolve/\(parts[place + 1])/\(file)"])
    }
    if let gate = repository.gate, request.authorization != "Bearer \(gate.token)" {
      return connection.send(gate.status, gate.code.map { ["X-Error-Code: \($0)"] } ?? [])
    }
    guard repository.revisions.contains(revision) || revision == repository.commit else {
      return connection.send(404, ["X-Error-Code: RevisionNotFound"])
    }
    let commit = "X-Repo-Commit: \(repository.commit)"
    guard let content = repository.files[file] else {
      return connection.send(404, ["X-Error-Code: EntryNotFound", commit])
    }
    if request.method == "HEAD", let fault = next(\.headFaults, file) {
      switch fault {
      case .status(let status, let headers): return connection.send(status, headers)
      case .redirect(let target): return connection.send(302, ["Location: \(target)"])
      case .stall(_, let seconds):
        pause(seconds)
        return false
      default: return false
      }
    }
    if content.isLarge {
      let location = "\(contentEndpoint)/\(id)/\(file)?signature=\(content.tag.prefix(8))"
      return connection.send(
        302,
        [
          commit, "X-Linked-Etag: \"\(content.tag)\"", "X-Linked-Size: \(content.bytes.count)",
          "ETag: \"not-\(content.tag.prefix(8))\"", "Location: \(location)",
        ], body: Array("Found. Redirecting".utf8), isHead: request.method == "HEAD")
    }
    return send(
      content, for: request, file: file, headers: [commit, "ETag: \"\(content.tag)\""], on: connection)
  }

  /// `/organisation/name/file?signature=...`
  private func answerWithContent(_ request: HubRequest, on connection: Connection) -> Bool {
    let path = request.path.prefix { $0 != "?" }.dropFirst()
    guard let slash = path.lastIndex(of: "/") else { return connection.send(404) }
    let file = String(path[path.index(after: slash)...])
    guard let content = state.withLock({ $0.repositories[String(path[..<slash])]?.files[file] }) else {
      return connection.send(404)
    }
    return send(content, for: request, file: file, headers: [], on: connection)
  }

  private func send(
    _ content: HubContent, for request: HubRequest, file: String, headers: [String], on connection: Connection
  ) -> Bool {
    if request.method == "HEAD" {
      return connection.send(200, headers, body: content.bytes, isHead: true)
    }
    let habit = state.withLock { $0.habit }
    let fault = next(\.faults, file) ?? habit?(request)
    var (bytes, status, headers) = (content.bytes, 200, headers)
    let total = bytes.count
    if let start = request.rangeStart {
      switch fault {
      case .ignoreRange: break
      case .wrongRange:
        let other = max(start - 1, 0)
        headers.append("Content-Range: bytes \(other)-\(total - 1)/\(total)")
        (bytes, status) = (Array(bytes[other...]), 206)
      default:
        guard start < total else { return connection.send(416, ["Content-Range: bytes */\(total)"]) }
        headers.append("Content-Range: bytes \(start)-\(total - 1)/\(total)")
        (bytes, status) = (Array(bytes[start...]), 206)
      }
    }
    switch fault {
    case nil, .ignoreRange, .wrongRange: return connection.send(status, headers, body: bytes)
    case .cut(let count):
      _ = connection.send(status, headers, body: bytes, upTo: count)
      return false
    case .damage(let place):
      if place < bytes.count { bytes[place] ^= 1 }
      return connection.send(status, headers, body: bytes)
    case .status(let status, let headers): return connection.send(status, headers)
    case .redirect(let target): return connection.send(302, ["Location: \(target)"])
    case .extra(let count):
      return connection.send(status, headers, body: bytes + [UInt8](repeating: 0, count: count))
    case .stall(let count, let seconds):
      _ = connection.send(status, headers, body: bytes, upTo: count)
      pause(seconds)
      return false
    case .compressed:
      return connection.send(status, headers + ["Content-Encoding: gzip"], body: gzip(bytes))
    case .slow(let rate): return connection.send(status, headers, body: bytes, bytesPerSecond: rate)
    }
  }

  private func next(_ path: WritableKeyPath<State, [String: [HubFault]]>, _ file: String) -> HubFault? {
    state.withLock { state in
      guard var faults = state[keyPath: path][file], !faults.isEmpty else { return nil }
      defer { state[keyPath: path][file] = faults }
      return faults.removeFirst()
    }
  }
}

func pause(_ seconds: Double) { usleep(UInt32(seconds * 1e6)) }
