import CCurl

/// An absolute http or https URL, read by the same parser that libcurl connects by: two parsers that disagree about
/// the host of an odd URL would send a token to the wrong one.
package struct WebAddress: Equatable, Sendable, CustomStringConvertible {
  package let text: String
  /// `http` or `https`
  package let scheme: String
  package let host: String
  let port: String
  /// A name or a password stands before the host.
  let hasCredentials: Bool

  /// `127.0.0.1:8080`, the port left out where it is the scheme's own.
  package var hostAndPort: String {
    port == (scheme == "https" ? "443" : "80") ? host : host + ":" + port
  }

  package var description: String { text }

  package init?(_ text: String) {
    self.init(text, relativeTo: nil)
  }

  /// The address that `Location: reference` in a response from here names.
  package func following(_ reference: String) -> WebAddress? { WebAddress(reference, relativeTo: text) }

  private init?(_ reference: String, relativeTo base: String?) {
    guard !reference.utf8.contains(0), let url = curl_url() else { return nil }
    defer { curl_url_cleanup(url) }
    if let base, curl_url_set(url, CURLUPART_URL, base, 0) != CURLUE_OK { return nil }
    // As libcurl does when it follows a redirect: characters that need it are escaped.
    guard curl_url_set(url, CURLUPART_URL, reference, UInt32(CURLU_URLENCODE)) == CURLUE_OK else {
      return nil
    }
    let part = { (part: CURLUPart, flags: Int32) -> String? in
      var value: UnsafeMutablePointer<CChar>?
      guard curl_url_get(url, part, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
      defer { curl_free(value) }
      return String(cString: value)
    }
    guard let scheme = part(CURLUPART_SCHEME, 0), ["http", "https"].contains(scheme),
      let host = part(CURLUPART_HOST, 0), let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT),
      let text = part(CURLUPART_URL, 0)
    else { return nil }
    (self.text, self.scheme, self.host, self.port) = (text, scheme, host.lowercased(), port)
    hasCredentials = part(CURLUPART_USER, 0) != nil || part(CURLUPART_PASSWORD, 0) != nil
  }

  /// True for the same scheme, host and port: only then may the token go along.
  func hasSameOrigin(as other: WebAddress) -> Bool {
    scheme == other.scheme && host == other.host && port == other.port
  }

  /// The bytes of a path's component with everything but letters, digits and `-._~` escaped; `/` becomes `%2F`.
  package static func escape(_ component: String, keepingSlashes: Bool = false) -> String {
    var escaped: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in component.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        escaped.append(byte)
      case UInt8(ascii: "/") where keepingSlashes: escaped.append(byte)
      default: escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }
}
