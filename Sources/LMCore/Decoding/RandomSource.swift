/// The stream of random numbers behind the draws: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) as a value.
///
/// One word of state, so every step can keep a copy: stepping back restores the numbers that follow.
public struct RandomSource: RandomNumberGenerator, Hashable, Sendable {
  private var state: UInt64

  /// The stream of a seed, at its first number.
  public init(seed: UInt64) { state = seed }

  /// The stream behind its first `count` numbers, at the cost of none.
  init(seed: UInt64, skipping count: Int) { state = seed &+ UInt64(count) &* Self.increment }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= Self.increment
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The next u of the stream, uniform in [0, 1): the upper 53 bits of one word.
  public mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
