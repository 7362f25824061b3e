extension StepName {
  /// The name of `AdaptivePStep`.
  public static let adaptiveP = StepName("adaptive_p", title: "adaptive-p")
}

/// Prefers tokens whose probability is near a target, and moves the target as the text drifts (llama.cpp, pull request
/// 17927).
///
/// It keeps the weighted sum W of the probabilities that tokens were drawn with, and the sum N of the weights, which start
/// at W = target / (1 - decay), N = 1 / (1 - decay).
/// 1. aim = 2 * target - W / N, within 0...1.
/// 2. Of a token of probability p, with d = |p - aim| / 0.3, the score becomes 5 - 10 d^2 / (1 + d).
/// 3. The token drawn had p before that: W = p + decay * W, N = 1 + decay * N.
struct AdaptivePStep: SamplerStep {
  static let name = StepName.adaptiveP
  static let source = "llama.cpp, pull request 17927"
  static let knobs = [
    KnobDescription(
      .adaptiveP, name: "adaptive_target", title: "adaptive-p target", .number(\.adaptiveTarget), off: -1,
      isOffBelowZero: true,
      values: [-1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], usual: 0.5,
      range: "between -1 and 1 (-1 is off, and so is every number below 0)",
      allows: { (-1...1).contains($0) },
      help: "prefer tokens of a probability near X", label: "adaptive-p #", symbol: "ap",
      explanation: """
        Prefers tokens about this likely, and corrects the aim by what was drawn before.
        Neither the obvious nor the absurd; put min-p before it, since it lifts the tail.
        """),
    KnobDescription(
      .adaptiveP, name: "adaptive_decay", title: "adaptive-p decay", isSwitch: false,
      .number(\.adaptiveDecay),
      off: 0.9, values: [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99],
      range: "between 0 and 1 (0.9 by default; more than 0.99 counts as 0.99)",
      allows: { (0...1).contains($0) }, help: "how long adaptive-p remembers", label: "decay #",
      symbol: "dec",
      explanation: """
        How much of its memory adaptive-p keeps from one token to the next.
        0 looks at the last token only; 0.99 at some hundred.
        """),
  ]

  private static let width = 0.3
  private let (target, decay): (Double, Double)

  init(_ settings: SamplingSettings) {
    (target, decay) = (settings.adaptiveTarget, min(settings.adaptiveDecay, 0.99))
  }

  static func firstMemory(_ settings: SamplingSettings) -> StepMemory? {
    let (weighted, weight) = AdaptivePStep(settings).start
    return StepMemory(weighted, weight)
  }

  static func accepts(_ memory: StepMemory) -> Bool { memory.second ?? 0 > 0 }

  private var start: (weighted: Double, weight: Double) { (target / (1 - decay), 1 / (1 - decay)) }

  static func aim(_ target: Double, _ memory: StepMemory) -> Double {
    min(max(2 * target - memory.first / (memory.second ?? 1), 0), 1)
  }

  private func sums(_ scene: StepScene) -> (weighted: Double, weight: Double) {
    scene.memory.map { ($0.first, $0.second ?? start.weight) } ?? start
  }

  var need: StepNeed { .allTokens }

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    let (weighted, weight) = sums(scene)
    let aim = Self.aim(target, StepMemory(weighted, weight))
    candidates.reshape { candidates, place in
      let distance = abs(candidates.share(at: place) - aim) / Self.width
      return 5 - 10 * distance * distance / (1 + distance)
    }
  }

  func memory(
    after chosen: DistributionRow, of distribution: Distribution, _ stage: SamplerStage, _ scene: StepScene
  ) -> StepMemory? {
    let (weighted, weight) = sums(scene)
    let probability = distribution.shareBeforeReshape(of: chosen.id) ?? chosen.before
    return StepMemory(probability + decay * weighted, 1 + decay * weight)
  }
}

extension SamplerStage {
  /// The probability, in 0...1, that adaptive-p prefers at this decision; nil for another step.
  package func adaptiveAim(_ settings: SamplingSettings) -> Double? {
    name == .adaptiveP ? memory.map { AdaptivePStep.aim(settings.adaptiveTarget, $0) } : nil
  }
}
