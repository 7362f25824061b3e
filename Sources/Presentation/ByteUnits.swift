import LMCore

/// A unit of a byte stream: a whole character, or a byte that is not part of one.
package enum ByteUnit: Hashable {
  case scalar(Unicode.Scalar)
  case stray(UInt8)
}

/// Splits a byte stream, given byte by byte, into characters and stray bytes, each with the token it came from.
///
/// GPT-2's tokens are bytes: a character may extend over several tokens, and a token may hold parts of two characters.
package struct ByteUnitScanner {
  package struct Owned: Hashable {
    package var unit: ByteUnit
    /// The index of the token whose byte completed it.
    package var owner: Int
  }

  private var pending: [(byte: UInt8, owner: Int)] = []

  package init() {}

  /// Adds a byte. Appends the units that it completes.
  package mutating func push(_ byte: UInt8, owner: Int, into units: inout [Owned]) {
    pending.append((byte, owner))
    while !pending.isEmpty {
      guard let length = UTF8Lead.length(pending[0].byte) else {
        dropFirst(into: &units)
        continue
      }
      if length > 1, pending.count > 1,
        !UTF8Lead.secondByte(after: pending[0].byte).contains(pending[1].byte)
      {
        dropFirst(into: &units)
        continue
      }
      if let wrong = pending.dropFirst(2).firstIndex(where: { $0.byte & 0xC0 != 0x80 }) {
        for _ in 0..<wrong { dropFirst(into: &units) }
        continue
      }
      guard pending.count >= length else { return }
      var value = UInt32(pending[0].byte) & (length == 1 ? 0x7F : 0xFF >> (UInt32(length) + 1))
      for index in 1..<max(length, 1) { value = value << 6 | UInt32(pending[index].byte & 0x3F) }
      // The checks of the second byte leave no surrogate and nothing above U+10FFFF.
      units.append(
        Owned(unit: .scalar(Unicode.Scalar(value) ?? "\u{FFFD}"), owner: pending[length - 1].owner))
      pending.removeFirst(length)
    }
  }

  /// Appends the bytes of an incomplete character at the end of the stream.
  package mutating func finish(into units: inout [Owned]) {
    while !pending.isEmpty { dropFirst(into: &units) }
  }

  private mutating func dropFirst(into units: inout [Owned]) {
    let first = pending.removeFirst()
    units.append(Owned(unit: .stray(first.byte), owner: first.owner))
  }

  /// All units of a complete stream.
  package static func units(of bytes: some Sequence<UInt8>) -> [ByteUnit] {
    var scanner = ByteUnitScanner()
    var units: [Owned] = []
    for byte in bytes { scanner.push(byte, owner: 0, into: &units) }
    scanner.finish(into: &units)
    return units.map(\.unit)
  }
}
