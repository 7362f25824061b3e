/// One step of the sampler chain: it changes scores or removes candidates.
///
/// A value without state: the text, its random number and what it keeps from one decision to the next are arguments,
/// so stepping back has nothing to rewind. Each step sees the softmax of what the steps before it left.
protocol SamplerStep: Sendable {
  static var name: StepName { get }
  /// The first knob switches the step on and off.
  static var knobs: [KnobDescription] { get }
  /// Greedy decoding looks only at such steps.
  static var runsInGreedyDecoding: Bool { get }

  /// - Parameter settings: each knob within its range.
  init(_ settings: SamplingSettings)

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError)

  /// The number that the step keeps for the next decision, such as mirostat's mu; nil for none.
  func memory(after chosen: DistributionRow, _ scene: StepScene) -> Double?
}

extension SamplerStep {
  static var runsInGreedyDecoding: Bool { false }

  func memory(after chosen: DistributionRow, _ scene: StepScene) -> Double? { nil }
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
  /// The number that the step kept at the decision before; nil at the prompt, or where it was off.
  let memory: Double?
}
