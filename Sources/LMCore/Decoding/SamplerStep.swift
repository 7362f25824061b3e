/// One step of the sampler chain: it changes scores or removes candidates.
///
/// A value without state: the text, its random number and what it keeps from one decision to the next are arguments,
/// so stepping back has nothing to rewind. Each step sees the softmax of what the steps before it left.
protocol SamplerStep: Sendable {
  static var name: StepName { get }
  /// The paper, or the program and its pull request, that the step comes from.
  static var source: String { get }
  /// The switches among them turn the step on and off.
  static var knobs: [KnobDescription] { get }
  /// Greedy decoding looks only at such steps.
  static var runsInGreedyDecoding: Bool { get }
  /// Whether chance decides what the step does.
  static var usesChance: Bool { get }

  /// Whether the settings let the step do anything.
  static func isOn(_ settings: SamplingSettings) -> Bool

  /// - Parameter settings: each knob within its range.
  init(_ settings: SamplingSettings)

  /// What the step needs besides the first ranks with their probabilities.
  var need: StepNeed { get }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError)

  /// What the step stands on at the prompt, where nothing was decided before; nil for nothing.
  static func firstMemory(_ settings: SamplingSettings) -> StepMemory?

  /// Whether the step can go on from such numbers, as an input may give them.
  static func accepts(_ memory: StepMemory) -> Bool

  /// What the step keeps for the next decision, such as mirostat's mu; nil for nothing.
  ///
  /// - Parameter stage: what it did at this one.
  func memory(
    after chosen: DistributionRow, of distribution: Distribution, _ stage: SamplerStage, _ scene: StepScene
  ) -> StepMemory?
}

extension SamplerStep {
  static var runsInGreedyDecoding: Bool { false }
  static var usesChance: Bool { false }

  var need: StepNeed { .none }

  static func firstMemory(_ settings: SamplingSettings) -> StepMemory? { nil }

  static func accepts(_ memory: StepMemory) -> Bool { memory.second == nil }

  static func isOn(_ settings: SamplingSettings) -> Bool {
    knobs.contains { $0.isSwitch && !$0.isOff(in: settings) }
  }

  func memory(
    after chosen: DistributionRow, of distribution: Distribution, _ stage: SamplerStage, _ scene: StepScene
  ) -> StepMemory? { nil }
}

/// What a step needs besides the first ranks with their probabilities.
enum StepNeed {
  case none
  /// All tokens that are left: one that counts, or takes a mean over all of them.
  case allTokens
  /// Logits themselves; a probability tells the logit up to a constant only.
  case logits
}

/// What a step may look at besides the candidates.
struct StepScene: Sendable {
  /// The ids of the text so far, prompt included, all in 0..<V.
  let history: [Int]
  /// How many of them are the prompt's.
  let promptCount: Int
  /// A random number of the step's own, in [0, 1). It depends on the seed, the length of the text and the step's name, and
  /// never moves the number that draws the token.
  let chance: Double
  /// What the step kept at the decision before; nil at the prompt, or where it was off.
  let memory: StepMemory?
  /// Where a repeated run of tokens ends.
  let breakers: SequenceBreakers
  /// Whose random numbers are used.
  var seedLike = SeedRule.own
}

/// What a step keeps from one decision to the next: one or two numbers.
public struct StepMemory: Hashable, Sendable {
  /// Mirostat's mu; of adaptive-p the weighted sum of probabilities.
  public let first: Double
  /// Of adaptive-p the sum of the weights; nil for a step that keeps one number.
  public let second: Double?

  /// One number, or two.
  public init(_ first: Double, _ second: Double? = nil) { (self.first, self.second) = (first, second) }
}
