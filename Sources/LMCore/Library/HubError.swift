/// Why a model could not be fetched. `description` is one sentence or two for the user: what, where, what to do.
public enum HubError: Error, Equatable, Sendable {
  // What was asked for
  case invalidName(String)
  case invalidRevision(String)
  case invalidEndpoint(String)
  case offline(model: String)

  // What the hub answered
  /// Also the answer for a private model, and for one that needs a token.
  case repositoryNotFound(model: String, endpoint: String, hasToken: Bool)
  case gated(model: String, endpoint: String, hasToken: Bool)
  case invalidToken(endpoint: String)
  case forbidden(url: String, message: String?)
  case revisionNotFound(model: String, revision: String)
  case fileNotFound(model: String, revision: String, file: String)
  case tooManyRequests(host: String, seconds: Int?)
  case unexpectedStatus(Int, url: String)
  case notAHub(url: String, missing: String)
  case tooManyRedirects(url: String)
  case unsafeRedirect(from: String, to: String)

  // Errors of the model
  case unknownFamily(model: String, reason: String)
  case noWeights(model: String, revision: String)
  case invalidDocument(model: String, reason: String)
  /// Several GGUF files, none of them named; `names` are words that name one.
  case severalGGUFFiles(model: String, names: [String])
  case noSuchGGUFFile(model: String, wish: String, names: [String])

  // Errors of the transfer
  case network(HTTPError)
  case wrongSize(file: String, expected: Int, found: Int)
  case wrongHash(file: String, expected: String, found: String)
  case diskFull(directory: String, needed: Int, free: Int?)
  case fileSystem(path: String, reason: String)
  case cancelled

  init(_ error: FileSystemError) {
    self = .fileSystem(path: error.path, reason: error.reason)
  }
}

extension HubError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidName(let name):
      "\"\(Self.shown(name))\" is not the name of a model on the hub; write gpt2 or organisation/name."
    case .invalidRevision(let revision):
      "\"\(Self.shown(revision))\" is not a revision; write a branch, a tag or a commit of 40 digits."
    case .invalidEndpoint(let endpoint):
      "HF_ENDPOINT is \"\(Self.shown(endpoint))\", which is not an http or https address."
    case .offline(let model):
      "\(model) is not in the cache, and HF_HUB_OFFLINE (or TRANSFORMERS_OFFLINE) forbids fetching it; unset it to "
        + "download."
    case .repositoryNotFound(let model, let endpoint, let hasToken):
      "There is no model \(model) at \(endpoint), or it is private; check the name"
        + (hasToken ? ", or use a token that may read it." : ", or set HF_TOKEN to a token that may read it.")
    case .gated(let model, let endpoint, let hasToken):
      "\(model) is given out on request only: accept its terms at \(endpoint)/\(model)"
        + (hasToken ? " with the account of your token." : ", then set HF_TOKEN to a token of that account.")
    case .invalidToken(let endpoint):
      "\(endpoint) refuses the access token; renew HF_TOKEN (or the file of 'hf auth login'), or unset it."
    case .forbidden(let url, let message):
      "\(url) may not be read with this token" + (message.map { ": \(Self.shown($0))" } ?? ".")
    case .revisionNotFound(let model, let revision):
      "\(model) has no revision \"\(Self.shown(revision))\"; leave it out for the newest."
    case .fileNotFound(let model, let revision, let file):
      "\(model) has no file \(file) at revision \(revision)."
    case .tooManyRequests(let host, let seconds):
      "\(host) has had too many requests from here; try again "
        + (seconds.map { "in \($0) seconds." } ?? "later, or set HF_TOKEN.")
    case .unexpectedStatus(let status, let url):
      "\(url) answered with status \(status); try again later."
    case .notAHub(let url, let missing):
      "\(url) answered without \(missing), so it is no model hub; check HF_ENDPOINT, and a proxy in between."
    case .tooManyRedirects(let url):
      "\(url) leads from one address to the next without end."
    case .unsafeRedirect(let from, let to):
      "\(from) leads to \(Self.shown(to)), which is not an encrypted address; nothing is fetched from there."
    case .unknownFamily(let model, let reason):
      "\(model) cannot be used, so its weights were not fetched: \(reason)"
    case .noWeights(let model, let revision):
      "\(model) has no model.safetensors and no GGUF file at revision \(revision); weights in other formats cannot be read."
    case .severalGGUFFiles(let model, let names):
      "\(model) has \(names.count) GGUF files: \(Self.list(names)); name one behind a colon, such as \(model):\(Self.shown(names.first ?? ""))."
    case .noSuchGGUFFile(let model, let wish, []):
      "\(model) has no GGUF file, so none for \"\(Self.shown(wish))\"; leave out the colon and what follows it."
    case .noSuchGGUFFile(let model, let wish, let names):
      "\(model) has no GGUF file for \"\(Self.shown(wish))\"; it has \(Self.list(names))."
    case .invalidDocument(let model, let reason):
      "\(model) cannot be used: \(reason)"
    case .network(let error):
      error.description
    case .wrongSize(let file, let expected, let found):
      "\(file) should have \(expected) bytes, but \(found) came; it was not kept, try again."
    case .wrongHash(let file, _, ""):
      "\(file) cannot be checked, since libcrypto is configured without the hash it needs; it was not kept."
    case .wrongHash(let file, let expected, let found):
      "\(file) was damaged on the way: its hash is \(found.prefix(12))... instead of \(expected.prefix(12))...; "
        + "it was not kept, try again."
    case .diskFull(let directory, let needed, let free):
      "The disk with \(directory) is full: \(NumberFormat.bytes(needed)) more are needed"
        + (free.map { ", \(NumberFormat.bytes($0)) are free" } ?? "")
        + "; make room, or set HF_HUB_CACHE to a folder on another disk."
    case .fileSystem(let path, let reason):
      "\(path) cannot be written: \(reason)."
    case .cancelled:
      "The download was stopped; the same command goes on from there."
    }
  }

  private static func list(_ names: [String]) -> String {
    let most = 20
    return names.prefix(most).map(shown).joined(separator: ", ")
      + (names.count > most ? " and \(names.count - most) more" : "")
  }

  private static func shown(_ text: String) -> String { ForeignText.line(text, limit: 120) }
}

extension HubError {
  /// What happened, without advice and full stop, for a line that goes on.
  public var summary: String {
    switch self {
    case .network(let error): error.summary
    case .tooManyRequests(let host, _): "\(host) has had too many requests from here"
    case .unexpectedStatus(let status, let url): "\(url) answered with status \(status)"
    default: description.hasSuffix(".") ? String(description.dropLast()) : description
    }
  }

  /// True where the same request may succeed a moment later.
  var isPassing: Bool {
    switch self {
    case .network(let error): error.isPassing
    case .tooManyRequests: true
    case .unexpectedStatus(let status, _): status == 408 || (500...599).contains(status)
    default: false
    }
  }
}

extension Cancellation {
  /// Waits; throws `HubError.cancelled` as soon as the flag is set.
  func sleep(seconds: Double) throws(HubError) {
    let end = MonotonicClock.seconds + seconds
    while !isCancelled {
      let rest = end - MonotonicClock.seconds
      if rest <= 0 { return }
      MonotonicClock.sleep(seconds: min(rest, 0.05))
    }
    throw .cancelled
  }
}
