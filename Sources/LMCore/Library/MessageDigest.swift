/// A hash over 64-byte blocks with the padding of Merkle and Damgård, as SHA-1 and SHA-256 have it.
///
/// Swift without Foundation has no hash of its own, and a second C library for two short functions would be one
/// more package to install.
protocol MessageDigest {
  /// What is not yet a whole block, and how much there was in all.
  var pending: PendingBlock { get set }
  /// The state, which is the digest once the padding is in.
  var words: [UInt32] { get }

  init()
  /// Mixes `count` whole blocks into the state.
  mutating func absorb(blocks: UnsafeRawPointer, count: Int)
}

struct PendingBlock {
  fileprivate(set) var bytes: [UInt8] = []
  fileprivate(set) var total = 0
}

extension MessageDigest {
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    pending.total += bytes.count
    var rest = bytes[...]
    if !pending.bytes.isEmpty {
      let missing = rest.prefix(64 - pending.bytes.count)
      pending.bytes += missing
      rest = rest.dropFirst(missing.count)
      guard pending.bytes.count == 64 else { return }
      let block = pending.bytes
      pending.bytes = []
      block.withUnsafeBytes { absorb(blocks: $0.baseAddress!, count: 1) }
    }
    let whole = UnsafeRawBufferPointer(rebasing: rest)
    if let start = whole.baseAddress, whole.count >= 64 { absorb(blocks: start, count: whole.count / 64) }
    pending.bytes += whole.suffix(whole.count % 64)
  }

  /// The digest in lower-case hexadecimal digits, of all the bytes so far; more may follow.
  var hexadecimal: String {
    var padded = self
    let length = UInt64(pending.total) &* 8
    let zeros = (119 - pending.total % 64) % 64
    let padding: [UInt8] =
      [0x80] + [UInt8](repeating: 0, count: zeros)
      + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> UInt64($0)) }
    padding.withUnsafeBytes { padded.update($0) }
    return padded.words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}
