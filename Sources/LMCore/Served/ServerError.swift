/// Why a server gives no prediction. Each describes itself in one sentence, without the user's key.
public enum ServerError: Error, Equatable, Sendable {
  case notAnAddress(String)
  /// A name and a password in the address would be seen on the screen and by every user of the machine.
  case credentialsInAddress(host: String)
  /// Plain http to another machine.
  case notPrivate(host: String)
  case network(HTTPError)
  case cancelled
  /// It sends whoever asks to another address; the key goes to no other.
  case moved(host: String, target: String?)
  case unauthorized(host: String, hadKey: Bool)
  case notFound(host: String, path: String)
  /// - Parameter seconds: how long it asks to wait.
  case tooManyRequests(host: String, seconds: Int?)
  /// It still loads its model.
  case loading(host: String)
  /// It does not accept the request, in its own words.
  case refused(host: String, status: Int, reason: String?)
  /// An error of its own.
  case failed(host: String, status: Int, reason: String?)
  /// The answer is not what was asked for.
  case unreadable(host: String, AnswerError)
  case tooLarge(host: String, limit: Int)
  case otherModel(host: String, before: String, now: String)
  /// It has several models, and none was named.
  case noModel(host: String, names: [String])
  /// It has none of this name.
  case unknownModel(host: String, name: String, names: [String])
  case noTokenizer(host: String, kind: ServerKind)
  /// The local vocabulary has ids that the model does not have.
  case largerTokenizer(host: String, folder: String, tokens: Int, vocabularySize: Int)
  /// The local vocabulary reads a plain text as other ids.
  case otherTokenizer(host: String, folder: String)
  /// The server names tokens that the local vocabulary does not have, `name` among them.
  case otherNames(host: String, folder: String, name: String)
  /// What a server of this kind answers is missing. The user named the kind, or else the server did.
  case otherKind(host: String, kind: ServerKind, isNamed: Bool = true)
  /// The text of these ids is not read as the same ids again.
  case textDrifts(host: String)
}

/// What is wrong with an answer.
public enum AnswerError: Error, Equatable, Sendable {
  case notJSON
  /// There are no probabilities in it at all.
  case noDistribution
  /// The most probable token has this name, and no one token of the local vocabulary has it alone.
  case nameless(String)
  /// A member that has to be there, or one of another type.
  case missing(String)
  case count(expected: Int, found: Int)
  case idOutOfRange(id: Int, vocabularySize: Int)
  case idTwice(Int)
  case invalidNumber
  /// The probabilities sum to more than 1.
  case tooMuchMass
}

extension AnswerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notJSON: "the answer is no JSON"
    case .noDistribution: "the answer has no probabilities"
    case .nameless(let name):
      name.contains("\u{FFFD}") || name.isEmpty
        ? "it names the most probable token by a part of a character, so no rank is known"
        : "no one token of the vocabulary is called \"\(ForeignText.line(name, limit: 40))\", as it calls the most probable one"
    case .missing(let name): "\"\(name)\" is missing in the answer, or is of another type"
    case .count(let expected, let found): "the answer has \(found) results instead of \(expected)"
    case .idOutOfRange(let id, let size):
      "the answer has the token id \(id), but the ids run from 0 to \(size - 1)"
    case .idTwice(let id): "the answer has the token id \(id) twice"
    case .invalidNumber: "the answer has a number that is no probability"
    case .tooMuchMass: "the probabilities of the answer sum to more than 1"
    }
  }
}

extension ServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAnAddress(let text):
      "\"\(ForeignText.line(text, limit: 120))\" is no address of a server: \(ServerAddress.fault(of: text)), as http://127.0.0.1:8080."
    case .credentialsInAddress(let host):
      "The address of \(host) holds a name or a password: leave it out, and set GPT2_VIZ_SERVER_KEY to the key."
    case .notPrivate(let host):
      "\(host) would be asked without encryption, and others could read along: use https, or --insecure."
    case .network(let error): Self.sentence(for: error)
    case .cancelled: "The request was cancelled."
    case .moved(let host, let target):
      target.map { "\(host) sends to another address: name that one, \(ForeignText.line($0, limit: 120))." }
        ?? "\(host) sends to another address, but does not say which."
    case .unauthorized(let host, let hadKey):
      hadKey
        ? "\(host) refuses the key in GPT2_VIZ_SERVER_KEY: check it."
        : "\(host) wants a key: set GPT2_VIZ_SERVER_KEY to it."
    case .notFound(let host, let path):
      "\(host) has no \(ForeignText.line(path, limit: 80)): check the address, and the name of --server-model."
    case .tooManyRequests(let host, let seconds):
      "\(host) has had too many requests"
        + (seconds.map { ": it asks to wait \($0 == 1 ? "1 second" : "\($0) seconds")." } ?? ".")
    case .loading(let host): "\(host) is still loading its model."
    case .refused(let host, let status, let reason):
      "\(host) refuses the request" + Self.words(status, reason)
    case .failed(let host, let status, let reason):
      "\(host) has failed" + Self.words(status, reason, ": its own log tells more.")
    case .unreadable(let host, let problem): "\(host) cannot be understood: \(problem)."
    case .tooLarge(let host, let limit):
      "\(host) sent more than \(NumberFormat.grouped(limit >> 20)) MiB in one answer: it is not read."
    case .otherModel(let host, let before, let now):
      "\(host) now runs another model, \(ForeignText.line(now)) and not \(ForeignText.line(before)): what follows would not belong to this text; start again."
    case .noModel(let host, let names):
      "\(host) has several models: name one with --server-model: \(Self.list(names))."
    case .unknownModel(let host, let name, let names):
      "\(host) has no model \(ForeignText.line(name)); it has \(names.isEmpty ? "none" : Self.list(names))."
    case .noTokenizer(let host, let kind):
      "\(host) (\(kind.rawValue)) does not tell its vocabulary: name a folder with the model's tokenizer, --tokenizer DIR."
    case .largerTokenizer(let host, let folder, let tokens, let size):
      "The vocabulary in \(ForeignText.line(folder, limit: 120)) has \(NumberFormat.grouped(tokens)) tokens, but the model of \(host) has \(NumberFormat.grouped(size)): it is another model's."
    case .otherTokenizer(let host, let folder):
      "The vocabulary in \(ForeignText.line(folder, limit: 120)) reads a text as other ids than \(host) does: it is another model's."
    case .otherNames(let host, let folder, let name):
      "The vocabulary in \(ForeignText.line(folder, limit: 120)) has no token \"\(ForeignText.line(name, limit: 40))\", which \(host) names: it is another model's."
    case .otherKind(let host, let kind, let isNamed):
      isNamed
        ? "\(host) does not answer as \(kind.rawValue) does: leave --server-kind out, or name another."
        : "\(host) says that it is \(kind.rawValue), but does not answer so: name another kind, as --server-kind openai with --tokenizer DIR."
    case .textDrifts(let host):
      "\(host) takes texts only, and would read this one as other tokens: step back, or choose another token."
    }
  }

  private static func sentence(for error: HTTPError) -> String {
    let advice: String? =
      switch error {
      case .unknownHost: "check the name"
      case .noConnection: "check that the server runs, and its port"
      case .timedOut: "check that the server still works"
      case .interrupted: "the server may have ended; its own log tells more"
      case .plainServer: "write http:// in place of https://"
      case .untrusted: "set SSL_CERT_FILE to the certificate that vouches for it"
      case .unknownProxy: "check the variables https_proxy and http_proxy"
      case .invalidEncoding, .stopped, .other: nil
      }
    return error.summary + (advice.map { ": " + $0 } ?? "") + "."
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).map { ForeignText.line($0) }.joined(separator: ", ") + (names.count > 5 ? ", …" : "")
  }

  private static func words(_ status: Int, _ reason: String?, _ advice: String = ".") -> String {
    " (\(status)" + (reason.map { ": \($0)" } ?? "") + ")" + advice
  }

  /// True where the same request may have an answer a little later.
  package var mayPass: Bool {
    switch self {
    case .network(let error): error.isPassing
    case .loading, .tooManyRequests: true
    default: false
    }
  }

  /// True where the server may have been started anew, perhaps with another model.
  var mayBeRestart: Bool {
    switch self {
    case .network, .loading: true
    default: false
    }
  }
}
