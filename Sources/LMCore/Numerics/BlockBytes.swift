/// One block of weights as it is stored, and how each format is decoded.
///
/// The names of the fields are ggml's: d and dmin scale (float16), m is added (float16), qs holds the low bits of the quantized
/// numbers and qh their high ones, s and m of the K formats are scales and minima of 16 or 32 weights.
struct BlockBytes {
  /// Unaligned.
  let start: UnsafeRawPointer

  typealias Decoder = (BlockBytes, UnsafeMutablePointer<Float>) -> Void

  /// What writes the weights of one block.
  static func decoder(of format: BlockFormat) -> Decoder {
    switch format {
    case .float32: { block, weights in weights[0] = Float(bitPattern: block.word(at: 0)) }
    case .float16: { block, weights in weights[0] = block.half(at: 0) }
    case .bfloat16: { block, weights in weights[0] = Float(bitPattern: UInt32(block.short(at: 0)) << 16) }
    case .q40: { $0.decode4(into: $1, bits: 2, high: nil, offset: 8, minimum: nil) }
    case .q41: { $0.decode4(into: $1, bits: 4, high: nil, offset: 0, minimum: 2) }
    case .q50: { $0.decode4(into: $1, bits: 6, high: 2, offset: 16, minimum: nil) }
    case .q51: { $0.decode4(into: $1, bits: 8, high: 4, offset: 0, minimum: 2) }
    case .q80: { $0.decode8(into: $1) }
    case .q2K: { $0.decode2K(into: $1) }
    case .q3K: { $0.decode3K(into: $1) }
    case .q4K: { $0.decode4K(into: $1, high: nil, bits: 16) }
    case .q5K: { $0.decode4K(into: $1, high: 16, bits: 48) }
    case .q6K: { $0.decode6K(into: $1) }
    }
  }

  /// A float16 as float32, which is exact. The exponents' biases differ by 112; a subnormal half is a subnormal float first.
  static func float(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let rest = UInt32(bits & 0x7FFF) << 13
    let isFinite = bits & 0x7C00 != 0x7C00
    let magnitude = isFinite ? (Float(bitPattern: rest) * 0x1p112).bitPattern : rest | 0x7F80_0000
    return Float(bitPattern: magnitude | sign)
  }

  // MARK: Fields

  private subscript(_ offset: Int) -> UInt8 { start.load(fromByteOffset: offset, as: UInt8.self) }

  private func signed(at offset: Int) -> Int { Int(Int8(bitPattern: self[offset])) }

  private func short(at offset: Int) -> UInt16 {
    UInt16(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  private func word(at offset: Int) -> UInt32 {
    UInt32(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private func half(at offset: Int) -> Float { Self.float(half: short(at: offset)) }

  // MARK: Blocks of 32

  /// Q4_0, Q4_1, Q5_0, Q5_1: d (q - offset) or d q + m. Byte j of qs holds weight j in its low four bits and weight j + 16 in its
  /// high ones; bit j of the 32 at `high` is the fifth bit of weight j.
  private func decode4(
    into weights: UnsafeMutablePointer<Float>, bits: Int, high: Int?, offset: Int, minimum: Int?
  ) {
    let d = half(at: 0)
    let m = minimum.map { half(at: $0) }
    let fifth = high.map { word(at: $0) } ?? 0
    for j in 0..<32 {
      let pair = self[bits + j % 16]
      let low = j < 16 ? pair & 15 : pair >> 4
      let q = Int(low) | Int(fifth >> UInt32(j) & 1) << 4
      let product = d * Float(q - offset)
      // No sum without a minimum: -0 + 0 would be 0.
      weights[j] = m.map { product + $0 } ?? product
    }
  }

  /// Q8_0: d q.
  private func decode8(into weights: UnsafeMutablePointer<Float>) {
    let d = half(at: 0)
    for j in 0..<32 { weights[j] = d * Float(signed(at: 2 + j)) }
  }

  // MARK: Blocks of 256: eight runs of 32 weights

  /// Two bits of each weight of a run: 32 bytes at `qs` hold four runs, the first in the lowest bits.
  private func twoBits(of run: Int, _ l: Int, qs: Int) -> Int {
    Int(self[qs + run / 4 * 32 + l] >> UInt8(run % 4 * 2) & 3)
  }

  /// Q2_K: scales[16] with the minimum in their high bits, qs[64], d, dmin.
  private func decode2K(into weights: UnsafeMutablePointer<Float>) {
    let (d, dmin) = (half(at: 80), half(at: 82))
    for run in 0..<8 {
      for l in 0..<32 {
        let s = self[run * 2 + l / 16]
        weights[run * 32 + l] =
          d * Float(s & 15) * Float(twoBits(of: run, l, qs: 16)) - dmin * Float(s >> 4)
      }
    }
  }

  /// Q3_K: hmask[32], qs[64], scales[12], d. A weight whose bit of hmask is clear is smaller by 4.
  private func decode3K(into weights: UnsafeMutablePointer<Float>) {
    let d = half(at: 108)
    for run in 0..<8 {
      for l in 0..<32 {
        let isHigh = self[l] >> UInt8(run) & 1 == 1
        let q = twoBits(of: run, l, qs: 32) - (isHigh ? 0 : 4)
        weights[run * 32 + l] = d * Float(scale3K(run * 2 + l / 16)) * Float(q)
      }
    }
  }

  /// One of Q3_K's 16 scales of six bits, -32...31: the low four bits of all in eight bytes, the high two in four.
  private func scale3K(_ index: Int) -> Int {
    let low = index < 8 ? self[96 + index] & 15 : self[88 + index] >> 4
    let high = self[104 + index % 4] >> UInt8(index / 4 * 2) & 3
    return Int(low | high << 4) - 32
  }

  /// Q4_K and Q5_K: d, dmin, scales[12], qh[32] of Q5_K, qs[128]. 32 bytes of qs hold a run in their low bits and the next one in
  /// the high ones; bit r of qh[l] is the fifth bit of weight l of run r.
  private func decode4K(into weights: UnsafeMutablePointer<Float>, high: Int?, bits: Int) {
    let (d, dmin) = (half(at: 0), half(at: 2))
    for run in 0..<8 {
      let (s, m) = scaleAndMinimum(run)
      let (scale, minimum) = (d * Float(s), dmin * Float(m))
      for l in 0..<32 {
        let pair = self[bits + run / 2 * 32 + l]
        let low = run % 2 == 0 ? pair & 15 : pair >> 4
        let fifth = high.map { self[$0 + l] >> UInt8(run) & 1 } ?? 0
        weights[run * 32 + l] = scale * Float(low | fifth << 4) - minimum
      }
    }
  }

  /// Scale and minimum of a run of Q4_K and Q5_K, six bits each, in the twelve bytes from the fourth on.
  private func scaleAndMinimum(_ run: Int) -> (scale: UInt8, minimum: UInt8) {
    guard run >= 4 else { return (self[4 + run] & 63, self[8 + run] & 63) }
    let shared = self[8 + run]
    return (shared & 15 | (self[run] & 0xC0) >> 2, shared >> 4 | (self[4 + run] & 0xC0) >> 2)
  }

  /// Q6_K: ql[128], qh[64], scales[16] (int8), d. Of 64 bytes of ql, the low bits are two runs and the high bits the next two.
  private func decode6K(into weights: UnsafeMutablePointer<Float>) {
    let d = half(at: 208)
    for run in 0..<8 {
      let (part, place) = (run / 4, run % 4)
      for l in 0..<32 {
        let pair = self[part * 64 + place % 2 * 32 + l]
        let low = place < 2 ? pair & 15 : pair >> 4
        let high = self[128 + part * 32 + l] >> UInt8(place * 2) & 3
        let scale = d * Float(signed(at: 192 + run * 2 + l / 16))
        weights[run * 32 + l] = scale * Float(Int(low | high << 4) - 32)
      }
    }
  }
}
