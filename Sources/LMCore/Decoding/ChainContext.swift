/// The text that a sampler chain decides after, and what its steps may use besides the model's distribution.
public struct ChainContext: Sendable {
  /// The ids of the text so far, prompt included.
  public let history: [Int]
  /// How many of them are the prompt's.
  public let promptCount: Int
  /// The seed of the steps' own random numbers.
  let seed: UInt64
  private let seedLike: SeedRule
  /// The steps' random numbers where they are given, each in [0, 1); the others follow from the seed.
  let chances: [StepName: Double]
  /// What steps kept at the decision before, or other numbers that `StepName.accepts(_:)`.
  public let memories: [StepName: StepMemory]
  /// Where a repeated run of tokens ends, for DRY.
  let breakers: SequenceBreakers

  /// - Parameter promptCount: nil for a text that is all prompt.
  public init(
    history: [Int], promptCount: Int? = nil, seed: UInt64 = 0, seedLike: SeedRule = .own,
    chances: [StepName: Double] = [:],
    memories: [StepName: StepMemory] = [:], breakers: SequenceBreakers = .none
  ) {
    (self.history, self.promptCount, self.seed) = (history, promptCount ?? history.count, seed)
    self.seedLike = seedLike
    (self.chances, self.memories, self.breakers) = (chances, memories, breakers)
  }

  func scene(for step: StepName) -> StepScene {
    StepScene(
      history: history, promptCount: promptCount, chance: chances[step] ?? chance(of: step),
      memory: memories[step], breakers: breakers, seedLike: seedLike)
  }

  private func chance(of step: StepName) -> Double {
    // llama.cpp's XTC has a generator of its own, and takes a number only where it runs.
    if seedLike == .llamaCpp, step == .xtc {
      return LlamaCppRandom.chance(at: Int(memories[step]?.first ?? 0), seed: seed)
    }
    var source = RandomSource(
      seed: seed ^ step.rawValue.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 },
      skipping: history.count - promptCount)
    return source.nextUniform()
  }
}

/// Token sequences that end a repeated run of tokens: DRY never matches across one.
public struct SequenceBreakers: Hashable, Sendable {
  /// The tokens behind the first one, for each first token.
  private let tails: [Int: Set<[Int]>]

  /// Nothing ends a run.
  public static let none = SequenceBreakers([])

  /// - Parameter sequences: ids; an empty one breaks nothing.
  public init(_ sequences: some Sequence<[Int]>) {
    var tails: [Int: Set<[Int]>] = [:]
    for sequence in sequences {
      if let head = sequence.first { tails[head, default: []].insert(Array(sequence.dropFirst())) }
    }
    self.tails = tails
  }

  /// How many tokens at the end of a text stand behind the last breaker; all of them where there is none.
  func lengthBehindLast(in text: ArraySlice<Int>) -> Int {
    if tails.isEmpty { return text.count }
    for place in text.indices.reversed() {
      guard let tails = tails[text[place]] else { continue }
      let rest = text[(place + 1)...]
      if let longest = tails.filter({ rest.starts(with: $0) }).map(\.count).max() {
        return rest.count - longest
      }
    }
    return text.count
  }

  /// Whether a token breaks a run by itself.
  func contains(_ id: Int) -> Bool { tails[id]?.contains([]) ?? false }
}
