/// Which random numbers a seed stands for.
public enum SeedRule: String, CaseIterable, Sendable {
  /// Those of `RandomSource`: one number a step, along the ranking.
  case own = "gpt2-viz"
  /// Those of llama.cpp's samplers, along its array: the same seed draws the same tokens.
  case llamaCpp = "llama.cpp"

  /// The largest seed; llama.cpp takes the next one for a random seed.
  public var largestSeed: UInt64 { self == .own ? .max : UInt64(UInt32.max) - 1 }
}

/// The numbers that draw the tokens of a text, one a step, as a value: its place says how many were taken.
struct DrawStream: Hashable, Sendable {
  let seed: UInt64
  /// How many numbers were taken.
  private(set) var place: Int

  init(seed: UInt64, place: Int = 0) { (self.seed, self.place) = (seed, place) }

  /// The next number, in [0, 1).
  mutating func next(_ rule: SeedRule) -> Double {
    defer { place += 1 }
    switch rule {
    case .own:
      var source = RandomSource(seed: seed, skipping: place)
      return source.nextUniform()
    case .llamaCpp: return LlamaCppRandom.draw(at: place, seed: seed)
    }
  }

  mutating func skip(_ count: Int) { place += count }
}
