/// What the hub says of one file before it is fetched.
struct RemoteFile: Equatable, Sendable {
  /// Path in the repository.
  let name: String
  /// The commit that the revision stands at, 40 digits.
  let commit: String
  let tag: ContentTag
  /// Nil where the server does not say.
  let size: Int?
  /// Where the contents come from.
  let location: WebAddress
  /// Whether `location` may see the user's token.
  let isOnHub: Bool
}

/// Asks the hub about files.
struct HubMetadataClient {
  let environment: HubEnvironment
  let http: HTTPClient
  let model: RepositoryID
  let revision: String
  private let endpoint: WebAddress
  private let token: String?
  private let hubs: [WebAddress]

  init(
    _ environment: HubEnvironment, http: HTTPClient, model: RepositoryID, revision: String
  ) throws(HubError) {
    guard let endpoint = WebAddress(environment.endpoint) else {
      throw .invalidEndpoint(environment.endpoint)
    }
    self.environment = environment
    self.http = http
    self.model = model
    self.revision = revision
    self.endpoint = endpoint
    token = environment.token
    // The hub's own names: a mirror may pass a request on to them.
    hubs = [endpoint] + [HubEnvironment.publicEndpoint, "https://hf.co"].compactMap { WebAddress($0) }
  }

  /// The header lines that go with every request, for a server that may or may not see the token.
  func headers(isOnHub: Bool) -> [String] {
    // Lengths and hashes are those of the file, so it must come as it is.
    var lines = ["Accept-Encoding: identity"]
    if isOnHub, let token { lines.append("Authorization: Bearer \(token)") }
    return lines
  }

  /// Whether a server may see what is meant for `address`.
  func isHub(_ server: WebAddress, askedAt address: WebAddress) -> Bool {
    ([address] + hubs).contains { server.hasSameOrigin(as: $0) }
  }

  /// Tag, size and place of a file, by a HEAD request.
  ///
  /// Redirects among the hub's own servers are followed (a renamed repository, a mirror). One to another host ends the
  /// questions: the answer that holds it describes the file, and the host is where its contents lie.
  func describe(_ file: String, at commit: String? = nil, watch: Cancellation) throws(HubError) -> RemoteFile
  {
    let revision = commit ?? revision
    let path = [
      model.text, "resolve", WebAddress.escape(revision), WebAddress.escape(file, keepingSlashes: true),
    ]
    let text = environment.endpoint + "/" + path.joined(separator: "/")
    guard var address = WebAddress(text) else { throw .invalidEndpoint(environment.endpoint) }
    for _ in 0..<20 {
      let response = try ask(address, headOnly: true, watch: watch)
      guard (200...399).contains(response.status) else {
        throw error(response, at: address, file: file, revision: revision)
      }
      guard response.isRedirect, let reference = response["Location"] else {
        guard response.status < 300 else { throw .unexpectedStatus(response.status, url: address.text) }
        return try describe(file, by: response, asked: address, location: address)
      }
      guard let target = address.following(reference) else {
        throw .unsafeRedirect(from: address.text, to: reference)
      }
      guard isHub(target, askedAt: address) else {
        return try describe(file, by: response, asked: address, location: target)
      }
      try Self.checkSafety(of: target, from: address)
      address = target
    }
    throw .tooManyRedirects(url: text)
  }

  /// Who asked for encryption does not go on without it.
  static func checkSafety(of target: WebAddress, from address: WebAddress) throws(HubError) {
    if address.scheme == "https", target.scheme != "https" {
      throw .unsafeRedirect(from: address.text, to: target.text)
    }
  }

  func ask(
    _ address: WebAddress, headOnly: Bool, watch: any HTTPClient.Receiver
  ) throws(HubError) -> HTTPResponse {
    var request = HTTPClient.Request(address: address, connectTimeout: environment.metadataTimeout)
    request.asksForHeadOnly = headOnly
    request.headers = headers(isOnHub: true)
    request.totalTimeout = environment.metadataTimeout
    do { return try http.send(request, to: watch) } catch {
      throw error == .stopped ? .cancelled : .network(error)
    }
  }

  private func describe(
    _ file: String, by response: HTTPResponse, asked address: WebAddress, location: WebAddress
  ) throws(HubError) -> RemoteFile {
    try Self.checkSafety(of: location, from: address)
    guard let commit = response["X-Repo-Commit"], HubCache.isCommit(commit) else {
      throw .notAHub(url: address.text, missing: "a commit (X-Repo-Commit)")
    }
    guard let tag = (response["X-Linked-Etag"] ?? response["ETag"]).flatMap(ContentTag.init(header:)) else {
      throw .notAHub(url: address.text, missing: "a tag of the file's version (ETag)")
    }
    // The length of an answer that leads elsewhere is that of a few words about it.
    let ownLength = response.isRedirect || !response.isPlain ? nil : response.size("Content-Length")
    return RemoteFile(
      name: file, commit: commit, tag: tag, size: response.size("X-Linked-Size") ?? ownLength,
      location: location, isOnHub: isHub(location, askedAt: address))
  }

  /// What a status that is no success means. The hub names the case in a header, since 401 and 404 mean several.
  func error(
    _ response: HTTPResponse, at address: WebAddress, file: String, revision: String
  ) -> HubError {
    let message = response["X-Error-Message"]
    switch (response["X-Error-Code"], response.status) {
    case ("RevisionNotFound", _): return .revisionNotFound(model: model.text, revision: revision)
    case ("EntryNotFound", _): return .fileNotFound(model: model.text, revision: revision, file: file)
    case ("GatedRepo", _):
      return .gated(model: model.text, endpoint: environment.endpoint, hasToken: token != nil)
    case (_, 401) where message?.hasPrefix("Invalid credentials") == true:
      return .invalidToken(endpoint: environment.endpoint)
    case ("RepoNotFound", _), (_, 401):
      return .repositoryNotFound(model: model.text, endpoint: environment.endpoint, hasToken: token != nil)
    case (_, 403): return .forbidden(url: address.text, message: message)
    case (_, 404): return .fileNotFound(model: model.text, revision: revision, file: file)
    case (_, 429): return .tooManyRequests(host: address.host, seconds: response.size("Retry-After"))
    default: return .unexpectedStatus(response.status, url: address.text)
    }
  }
}
