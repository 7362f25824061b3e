import LMCore

/// A piece of a byte stream: a whole character, or a byte that is part of none.
package enum ByteUnit: Hashable {
  case scalar(Unicode.Scalar)
  case stray(UInt8)
}

/// Cuts a byte stream, handed over byte by byte, into characters and stray bytes, and remembers who gave each byte.
///
/// GPT-2's tokens are bytes: one character may be spread over several, and a token may hold half of two.
package struct ByteUnitScanner {
  package struct Owned: Hashable {
    package var unit: ByteUnit
    /// Who gave the byte that completed it.
    package var owner: Int
  }

  private var pending: [(byte: UInt8, owner: Int)] = []

  package init() {}

  /// Appends what this byte completes.
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

  /// Appends the bytes of a character that never got complete.
  package mutating func finish(into units: inout [Owned]) {
    while !pending.isEmpty { dropFirst(into: &units) }
  }

  private mutating func dropFirst(into units: inout [Owned]) {
    let first = pending.removeFirst()
    units.append(Owned(unit: .stray(first.byte), owner: first.owner))
  }

  /// All units of some bytes, as if nothing came before or after.
  package static func units(of bytes: some Sequence<UInt8>) -> [ByteUnit] {
    var scanner = ByteUnitScanner()
    var units: [Owned] = []
    for byte in bytes { scanner.push(byte, owner: 0, into: &units) }
    scanner.finish(into: &units)
    return units.map(\.unit)
  }
}
