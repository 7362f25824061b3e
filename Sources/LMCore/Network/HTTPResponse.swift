/// Status and headers of a response.
package struct HTTPResponse: Equatable, Sendable {
  /// 0 until the status line has arrived.
  package private(set) var status = 0
  private var headers: [(name: String, value: String)] = []

  package init() {}

  package static func == (first: HTTPResponse, second: HTTPResponse) -> Bool {
    first.status == second.status && first.headers.elementsEqual(second.headers, by: ==)
  }

  /// The first header of this name, in any case.
  package subscript(name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name == name }?.value
  }

  package var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) && self["Location"] != nil }

  /// True where the body is not compressed.
  package var isPlain: Bool { (self["Content-Encoding"] ?? "identity").lowercased() == "identity" }

  /// The value of a header that counts bytes.
  package func size(_ name: String) -> Int? {
    self[name].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }

  /// First byte and length of the whole file, from `Content-Range: bytes 100-199/200`; the length may be `*`.
  package var contentRange: (start: Int, total: Int?)? {
    guard let value = self["Content-Range"], value.hasPrefix("bytes ") else { return nil }
    let parts = value.dropFirst("bytes ".count).split(separator: "/")
    guard parts.count == 2, let dash = parts[0].firstIndex(of: "-"), let start = Int(parts[0][..<dash]) else {
      return nil
    }
    return (start, Int(parts[1]))
  }

  /// Reads one line of the header, in the order of arrival.
  ///
  /// A status line starts again: interim responses (100 Continue) come before the final one.
  package mutating func read(line: String) {
    let line = line.trimmed()
    if line.hasPrefix("HTTP/") {
      let words = line.split(separator: " ")
      self = HTTPResponse()
      status = words.count > 1 ? Int(words[1]) ?? 0 : 0
    } else if let colon = line.firstIndex(of: ":") {
      let value = String(line[line.index(after: colon)...].trimmed())
      headers.append((line[..<colon].lowercased(), value))
    }
  }
}
