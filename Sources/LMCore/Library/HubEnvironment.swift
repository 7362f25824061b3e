import Glibc

/// Where models are kept and fetched from, as the environment variables of the Python library `huggingface_hub`
/// say it (its file constants.py). An empty variable counts as one that is not set.
public struct HubEnvironment: Sendable {
  /// `$HF_HUB_CACHE`: the folder that holds `models--organisation--name`.
  public let cacheDirectory: String
  /// `$HF_ENDPOINT` without a slash behind.
  public let endpoint: String
  /// `$HF_HUB_OFFLINE`, else `$TRANSFORMERS_OFFLINE`: nothing may be fetched.
  public let isOffline: Bool
  /// Seconds that a question about a file may take.
  public let metadataTimeout: Int
  /// Seconds that a download may stand still.
  public let downloadTimeout: Int
  /// `$HF_HUB_DISABLE_SYMLINKS`: snapshots hold files, not links.
  public let avoidsSymlinks: Bool
  /// `$SSL_CERT_FILE` and `$SSL_CERT_DIR`
  let certificates: HTTPCertificates

  /// The address of the Hugging Face hub, used where `$HF_ENDPOINT` is not set.
  public static let publicEndpoint = "https://huggingface.co"

  private let tokenVariable: String?
  private let tokenFile: String
  private let mayUseToken: Bool

  /// Reads the variables, by default those of the process.
  public init(_ variables: [String: String] = ProcessEnvironment.variables) {
    let lookUp = { (names: String...) -> String? in
      for name in names {
        if let value = variables[name], !value.isEmpty { return value }
      }
      return nil
    }
    let expand = { (path: String) in Self.expand(path, variables) }
    let isTrue = { (value: String?) in ["1", "ON", "YES", "TRUE"].contains(value?.uppercased() ?? "") }
    let seconds = { (value: String?) in value.flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? 10 }

    let home = expand(lookUp("HF_HOME") ?? (lookUp("XDG_CACHE_HOME") ?? "~/.cache") + "/huggingface")
    cacheDirectory = expand(lookUp("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? home + "/hub")
    var endpoint = lookUp("HF_ENDPOINT") ?? Self.publicEndpoint
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    self.endpoint = endpoint
    isOffline = isTrue(lookUp("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
    metadataTimeout = seconds(lookUp("HF_HUB_ETAG_TIMEOUT"))
    downloadTimeout = seconds(lookUp("HF_HUB_DOWNLOAD_TIMEOUT"))
    avoidsSymlinks = isTrue(lookUp("HF_HUB_DISABLE_SYMLINKS"))
    certificates = HTTPCertificates(variables)
    tokenVariable = lookUp("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
    tokenFile = expand(lookUp("HF_TOKEN_PATH") ?? home + "/token")
    mayUseToken = !isTrue(lookUp("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
  }

  /// The user's access token: `$HF_TOKEN`, else the file that `hf auth login` writes, unless
  /// `$HF_HUB_DISABLE_IMPLICIT_TOKEN` forbids it.
  public var token: String? {
    guard mayUseToken else { return nil }
    let file = { FileSystem.read(tokenFile, limit: 1 << 16).map { String(decoding: $0, as: UTF8.self) } }
    guard let text = tokenVariable ?? file() else { return nil }
    // Whatever is left of control characters could end the header line and begin another.
    let token = String(text.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F }.map(Character.init))
    return token.isEmpty ? nil : token
  }

  /// `~`, `~name`, `$NAME` and `${NAME}` replaced as Python's expanduser and expandvars do: what is unknown stays.
  static func expand(_ path: String, _ variables: [String: String]) -> String {
    var path = path
    if path.hasPrefix("~") {
      let name = path.dropFirst().prefix { $0 != "/" }
      if let home = homeDirectory(of: String(name), variables) {
        path = home + path.dropFirst(1 + name.count)
      }
    }
    var result = ""
    var rest = Substring(path)
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...]
      let name: Substring
      let end: Substring.Index
      if rest.dropFirst().first == "{", let brace = rest.firstIndex(of: "}") {
        name = rest.dropFirst(2)[..<brace]
        end = rest.index(after: brace)
      } else {
        name = rest.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        end = name.endIndex
      }
      result += variables[String(name)] ?? String(rest[..<end])
      rest = rest[end...]
    }
    return result + rest
  }

  private static func homeDirectory(of name: String, _ variables: [String: String]) -> String? {
    if name.isEmpty, let home = variables["HOME"], !home.isEmpty { return home }
    guard let entry = name.isEmpty ? getpwuid(getuid()) : getpwnam(name) else { return nil }
    return String(cString: entry.pointee.pw_dir)
  }
}
