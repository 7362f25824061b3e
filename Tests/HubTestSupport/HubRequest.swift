/// A request as the server of the tests has read it.
public struct HubRequest: Sendable {
  public let method: String
  public let path: String
  /// The host of a request to a proxy.
  public let host: String?
  /// Names in lower case.
  public let headers: [String: String]
  /// What was posted.
  public internal(set) var body: [UInt8] = []

  public var authorization: String? { headers["authorization"] }

  /// First byte that `Range: bytes=100-` asks for.
  public var rangeStart: Int? {
    guard let range = headers["range"], range.hasPrefix("bytes="), range.hasSuffix("-") else { return nil }
    return Int(range.dropFirst(6).dropLast())
  }

  init?(_ lines: [Substring]) {
    guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
    method = String(words[0])
    // A proxy is told the whole address.
    let isWhole = words[1].hasPrefix("http://")
    path =
      isWhole ? "/" + words[1].split(separator: "/").dropFirst(2).joined(separator: "/") : String(words[1])
    host = isWhole ? String(words[1].split(separator: "/")[1]) : nil
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    self.headers = headers
  }
}
