import LMCore

/// Damage that any file can take: what a bad disk, a broken download or a spiteful author does to bytes.
enum ByteMutations {
  /// Longer inputs are cut: hostile, but still quick to read.
  static let longest = 1 << 18

  /// Numbers at and beyond the ends of every integer and floating-point type.
  static let numbers = [
    "0", "-0", "-1", "1", "2", "7", "255", "256", "65535", "65536", "2097151", "2097152", "16777217",
    "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775806", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616",
    "99999999999999999999999999999999999999", "0.5", "1.0", "1e3", "1e-3", "1e308", "1e309", "-1e999",
    "1e-999", "4.9e-324", "3.5e38", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "٣",
  ]

  /// Texts that have broken readers or terminals elsewhere.
  static let texts: [[UInt8]] = [
    [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xC4],
    [0x84, 0xA0],
    [0xEF, 0xBB, 0xBF], Array("\u{1B}[2J\u{1B}]0;owned\u{7}".utf8), Array("\u{9B}31m".utf8),
    Array("\u{202E}gnirts\u{202C}".utf8), Array("\u{2028}".utf8), Array("\u{200B}\u{FEFF}".utf8),
    Array("e\u{301}\u{301}\u{301}\u{301}".utf8), Array("👩‍👩‍👧‍👦🇩🇪".utf8), Array("\r\n".utf8), Array("\n\n".utf8),
    Array("\t".utf8),
    Array("../../../../etc/passwd".utf8), Array("%s%n%x".utf8), Array("\\u0000".utf8), Array("\\ud800".utf8),
    Array("Ġ".utf8), Array("<|endoftext|>".utf8), Array("\"".utf8), Array("{".utf8), Array("]".utf8),
  ]

  static func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource, others: [[UInt8]]) {
    for _ in 0...random.below(random.isOneIn(4) ? 12 : 3) { mutateOnce(&bytes, &random, others: others) }
    if bytes.count > longest { bytes.removeSubrange(longest...) }
  }

  private static func mutateOnce(_ bytes: inout [UInt8], _ random: inout RandomSource, others: [[UInt8]]) {
    let place = random.below(bytes.count + 1)
    let range = random.range(in: bytes.count)
    switch random.below(13) {
    case 0 where !bytes.isEmpty: bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    case 1 where !bytes.isEmpty: bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
    case 2: bytes.insert(contentsOf: random.bytes(1 + random.below(8)), at: place)
    case 3: bytes.removeSubrange(range)
    case 4: bytes.insert(contentsOf: bytes[range], at: place)
    case 5: bytes.removeSubrange(place...)
    case 6: bytes.insert(contentsOf: random.pick(texts), at: place)
    case 7: replaceNumber(in: &bytes, &random)
    case 8: nest(&bytes, at: place, &random)
    case 9: repeatMany(&bytes, range, &random)
    case 10: bytes.insert(contentsOf: random.pick(numbers).utf8, at: place)
    case 11 where !others.isEmpty:
      let other = random.pick(others)
      bytes.insert(contentsOf: other[random.range(in: other.count)], at: place)
    default:
      let moved = Array(bytes[range])
      bytes.removeSubrange(range)
      bytes.insert(contentsOf: moved, at: random.below(bytes.count + 1))
    }
  }

  /// Puts another number in the place of one that is written in the text.
  private static func replaceNumber(in bytes: inout [UInt8], _ random: inout RandomSource) {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let from = random.below(bytes.count)
    guard let start = bytes[from...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: random.pick(numbers).utf8)
  }

  private static func nest(_ bytes: inout [UInt8], at place: Int, _ random: inout RandomSource) {
    let depth = random.pick([1, 2, 100, 127, 128, 129, 1000, 50_000])
    let opening = random.pick(["[", "{\"a\":", "[[", "(", "{"])
    let opened = Array(repeating: Array(opening.utf8), count: depth).joined()
    bytes.insert(contentsOf: opened, at: place)
    guard random.isOneIn(2) else { return }
    let closing = UInt8(ascii: opening.hasPrefix("[") ? "]" : "}")
    bytes.insert(
      contentsOf: Array(repeating: closing, count: depth),
      at: min(place + opened.count + random.below(4), bytes.count))
  }

  private static func repeatMany(_ bytes: inout [UInt8], _ range: Range<Int>, _ random: inout RandomSource) {
    guard !range.isEmpty else { return }
    let times = min(random.pick([2, 10, 100, 5000]), longest / range.count)
    bytes.insert(
      contentsOf: Array(repeating: Array(bytes[range]), count: times).joined(), at: range.upperBound)
  }
}
