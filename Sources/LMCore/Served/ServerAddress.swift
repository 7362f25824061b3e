/// Where a server is that runs a model: `http://127.0.0.1:8080`, or with the folder of its paths behind.
public struct ServerAddress: Equatable, Sendable {
  /// Without a slash or `/v1` at its end.
  private let root: WebAddress

  /// True for a text that is meant as an address, and not as the name or the folder of a model.
  public static func isMeant(by text: String) -> Bool {
    let start = text.prefix(8).lowercased()
    return start.hasPrefix("http://") || start.hasPrefix("https://")
  }

  /// What is wrong with a text that is no address.
  static func fault(of text: String) -> String {
    guard isMeant(by: text) else { return "it begins with http:// or https://" }
    if text.contains(where: { "?#".contains($0) }) { return "it has no ? and no #" }
    let rest = text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
    let port = rest.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    let isPort = UInt16(port).map { $0 > 0 } ?? false
    return rest.contains(":") && !rest.hasSuffix("]") && !isPort
      ? "its port is a number from 1 to 65535" : "behind that it has the name or number of a machine"
  }

  /// Throws `ServerError` for an address that is none, or that holds a name and a password.
  public init(_ text: String) throws(ServerError) {
    // A query or a fragment would end up before the path.
    guard !text.contains(where: { "?#".contains($0) }), let whole = WebAddress(text) else {
      throw .notAnAddress(text)
    }
    guard !whole.hasCredentials else { throw .credentialsInAddress(host: whole.hostAndPort) }
    var root = whole.text
    func drop(_ ending: String) { if root.hasSuffix(ending) { root.removeLast(ending.count) } }
    drop("/")
    drop("/v1")
    guard let address = WebAddress(root) else { throw .notAnAddress(text) }
    self.root = address
  }

  /// `127.0.0.1:8080`: what sentences call it.
  public var host: String { root.hostAndPort }
  /// The address as it is asked, without a slash at its end.
  public var text: String { root.text.hasSuffix("/") ? String(root.text.dropLast()) : root.text }
  /// True where nobody between here and there can read along.
  var isPrivate: Bool { root.scheme == "https" || isLoopback }
  /// True for this machine itself.
  var isLoopback: Bool {
    let parts = root.host.split(separator: ".", omittingEmptySubsequences: false)
    return ["localhost", "[::1]", "::1"].contains(root.host)
      || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// - Parameter path: from a slash on.
  func endpoint(_ path: String) -> WebAddress? { WebAddress(text + path) }
}
