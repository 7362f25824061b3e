/// A search among the tokens of the vocabulary: the query, and the matching tokens, the best first.
///
/// A text matches tokens that are equal to it (apart from a leading space), then those that begin with it, then those
/// that contain it, each kind in the order of the ranking. `#123` is an id; a plain number is an id and a text.
struct TokenSearch: Hashable, Sendable {
  let query: String
  let matches: [Int]
  private(set) var index = 0

  /// - Parameters:
  ///   - ranking: the ids to search among, the most probable first.
  ///   - bytes: the bytes of a token.
  init(_ query: String, ranking: some Collection<Int>, bytes: (Int) -> [UInt8]) {
    self.query = query
    var byID: [Int] = []
    if let id = Self.id(query), ranking.contains(where: { $0 == id }) { byID = [id] }
    let wanted = query.first == "#" && Self.id(query) != nil ? [] : Self.bytes(ofVisible: query)
    guard !wanted.isEmpty else {
      matches = byID
      return
    }
    var kinds: [[Int]] = [[], [], []]
    for id in ranking {
      if let kind = Self.kind(of: bytes(id), wanted), id != byID.first { kinds[kind].append(id) }
    }
    matches = byID + kinds.joined()
  }

  /// The current match; nil where there is none.
  var current: Int? { matches.indices.contains(index) ? matches[index] : nil }

  /// Goes through the matches, cyclically.
  mutating func move(by step: Int) {
    guard !matches.isEmpty else { return }
    index = (index + step % matches.count + matches.count) % matches.count
  }

  /// 0: the token is equal to the query, 1: it begins with it, 2: it contains it; nil: no match.
  private static func kind(of token: [UInt8], _ wanted: [UInt8]) -> Int? {
    guard token.count >= wanted.count else { return nil }
    let space = UInt8(ascii: " ")
    let bare = token.first == space && wanted.first != space ? token[1...] : token[...]
    if bare.starts(with: wanted) { return bare.count == wanted.count ? 0 : 1 }
    let last = token.count - wanted.count
    return (0...last).contains { token[$0...].starts(with: wanted) } ? 2 : nil
  }

  private static func id(_ query: String) -> Int? {
    let digits = query.first == "#" ? query.dropFirst() : query[...]
    return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
  }

  /// The bytes of a query, which may use the table's notation for tokens: `␣she`, `⏎`, `<E2>`.
  private static func bytes(ofVisible text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let character = rest.first {
      if let byte = hexadecimal(rest.prefix(4)) {
        bytes.append(byte)
        rest = rest.dropFirst(4)
        continue
      }
      switch character {
      case "␣": bytes.append(UInt8(ascii: " "))
      case "⏎": bytes.append(UInt8(ascii: "\n"))
      case "⇥": bytes.append(UInt8(ascii: "\t"))
      default: bytes += Array(String(character).utf8)
      }
      rest = rest.dropFirst()
    }
    return bytes
  }

  private static func hexadecimal(_ text: Substring) -> UInt8? {
    guard text.count == 4, text.first == "<", text.last == ">" else { return nil }
    let digits = text.dropFirst().dropLast()
    return digits.allSatisfy(\.isHexDigit) ? UInt8(digits, radix: 16) : nil
  }
}
