/// Names of a JSON object's members, each at most seven bytes, which are compared as one number each.
struct MemberNames: ExpressibleByArrayLiteral, Sendable {
  private struct Name {
    /// The name with its closing quote, the first byte lowest.
    let word: UInt64
    let mask: UInt64
    let size: Int
  }

  private let names: [Name]

  init(arrayLiteral names: String...) {
    self.names = names.map { name in
      let quoted = (name + "\"").utf8
      precondition(quoted.count <= 8)
      return Name(
        word: Self.word(quoted), mask: UInt64.max >> UInt64(64 - 8 * quoted.count), size: quoted.count)
    }
  }

  /// - Parameter word: the eight bytes behind an opening quote.
  /// - Returns: which name they begin with, and its size with the closing quote.
  @inline(__always)
  func find(in word: UInt64) -> (place: Int, size: Int)? {
    for (place, name) in names.enumerated() where word & name.mask == name.word { return (place, name.size) }
    return nil
  }

  /// At most eight bytes as one number, the first one lowest.
  static func word(_ bytes: some BidirectionalCollection<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
