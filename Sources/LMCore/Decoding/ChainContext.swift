/// The text that a sampler chain decides after, and what its steps may use besides the model's distribution.
public struct ChainContext: Sendable {
  /// The ids of the text so far, prompt included.
  public let history: [Int]
  /// How many of them are the prompt's.
  public let promptCount: Int
  /// The seed of the steps' own random numbers.
  let seed: UInt64
  /// What steps kept at the decision before.
  let memories: [StepName: Double]

  init(history: [Int], promptCount: Int, seed: UInt64, memories: [StepName: Double]) {
    (self.history, self.promptCount, self.seed, self.memories) = (history, promptCount, seed, memories)
  }

  /// A text that is all prompt, and steps that keep nothing.
  public init(prompt: [Int], seed: UInt64 = 0) {
    self.init(history: prompt, promptCount: prompt.count, seed: seed, memories: [:])
  }

  func scene(for step: StepName) -> StepScene {
    var source = RandomSource(
      seed: seed ^ step.rawValue.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 },
      skipping: history.count - promptCount)
    return StepScene(
      history: history, promptCount: promptCount, chance: source.nextUniform(), memory: memories[step])
  }
}
