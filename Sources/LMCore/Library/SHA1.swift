/// SHA-1 of a stream of bytes (FIPS 180-4): git names a file's contents by it, and so does the Hugging Face hub.
struct SHA1: MessageDigest {
  private var state: [5 of UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
  var pending = PendingBlock()

  var words: [UInt32] { state.indices.map { state[$0] } }

  mutating func absorb(blocks: UnsafeRawPointer, count: Int) {
    var w: [80 of UInt32] = .init(repeating: 0)
    for block in 0..<count {
      for t in 0..<16 {
        w[t] = UInt32(
          bigEndian: blocks.loadUnaligned(fromByteOffset: block &* 64 &+ t &* 4, as: UInt32.self))
      }
      for t in 16..<80 { w[t] = Self.rotate(w[t &- 3] ^ w[t &- 8] ^ w[t &- 14] ^ w[t &- 16], 1) }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for t in 0..<80 {
        let (choice, constant): (UInt32, UInt32) =
          switch t {
          case ..<20: ((b & c) | (~b & d), 0x5a82_7999)
          case ..<40: (b ^ c ^ d, 0x6ed9_eba1)
          case ..<60: ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
          default: (b ^ c ^ d, 0xca62_c1d6)
          }
        let next = Self.rotate(a, 5) &+ choice &+ e &+ constant &+ w[t]
        (e, d, c, b, a) = (d, c, Self.rotate(b, 30), a, next)
      }
      state[0] &+= a
      state[1] &+= b
      state[2] &+= c
      state[3] &+= d
      state[4] &+= e
    }
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    (word &<< count) | (word &>> (32 &- count))
  }
}
