import Glibc

extension StepName {
  /// The name of `MirostatStep`.
  public static let mirostat = StepName("mirostat", title: "Mirostat")
}

/// Aims at a surprise for each token and corrects itself (arXiv 2007.14966), as llama.cpp computes it.
///
/// It keeps mu, in bits, which starts at 2 tau. A token drawn with the surprise S = -log2 p after the chain changes it:
/// mu - eta * (S - tau).
/// - Version 1 estimates Zipf's exponent s from the 100 best tokens and keeps the k best, where k follows from s, mu
///   and V. A k that is no number keeps all.
/// - Version 2 removes tokens whose surprise exceeds mu; the best one stays.
struct MirostatStep: SamplerStep {
  static let name = StepName.mirostat
  static let source = "arXiv 2007.14966"
  static let knobs = [
    KnobDescription(
      .mirostat, .count(\.mirostat), off: 0, values: [0, 1, 2], usual: 2,
      range: "0, 1 or 2 (0 is off)", allows: { (0...2).contains($0) },
      help: "steer the surprise of the text, by version N", label: "Mirostat #", symbol: "miro",
      explanation: """
        Aims at a surprise per token: opens the cut when the text gets dull, closes it when wild.
        In llama.cpp's order it runs with the temperature alone; all other steps are ignored.
        """),
    KnobDescription(
      .mirostat, name: "mirostat_ent", title: "Mirostat target", isSwitch: false, .number(\.mirostatEntropy),
      off: 5, values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 10], range: "a finite number of at least 0 (5 by default)",
      allows: { $0 >= 0 && $0 < .infinity },
      otherNames: ["mirostat-tau"],
      help: "the surprise that Mirostat aims at, in bits", label: "tau #", symbol: "tau",
      explanation: """
        The surprise in bits that Mirostat steers each token to, on average (tau).
        About 3 for plain text, 5 and more for wild text; a change acts from the next token on.
        """),
    KnobDescription(
      .mirostat, name: "mirostat_lr", title: "Mirostat rate", isSwitch: false,
      .number(\.mirostatLearningRate), off: 0.1, values: [0, 0.05, 0.1, 0.2, 0.3, 0.5, 1],
      range: "a finite number of at least 0 (0.1 by default)",
      allows: { $0 >= 0 && $0 < .infinity }, otherNames: ["mirostat-eta"],
      help: "how fast Mirostat corrects itself", label: "eta #",
      symbol: "eta",
      explanation: """
        How far each token's surprise moves the cut (eta).
        0 leaves the cut where it began, at twice the target; 1 follows every token.
        """),
  ]

  private static let estimatedRanks = 100
  private let version: Int
  private let (tau, eta): (Double, Double)

  init(_ settings: SamplingSettings) {
    (version, tau, eta) = (settings.mirostat, settings.mirostatEntropy, settings.mirostatLearningRate)
  }

  static func firstMemory(_ settings: SamplingSettings) -> StepMemory? {
    StepMemory(2 * settings.mirostatEntropy)
  }

  private func mu(_ scene: StepScene) -> Double { scene.memory?.first ?? 2 * tau }

  var need: StepNeed { .allTokens }

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    let (range, mu) = (candidates.range, mu(scene))
    if version == 1 {
      let k = tokenCount(candidates, mu)
      // What fits no Int is more than there are.
      let count = k < Double(range.count) ? max(Int(k), 1) : range.count
      candidates.keep(range.lowerBound..<range.lowerBound + count, by: Self.name)
    } else {
      candidates.updateWeights()
      let logTotal = log(candidates.total)
      let end = range.partitioningIndex { (logTotal - candidates.exponent(at: $0)) * bitsPerNat > mu }
      candidates.keep(range.lowerBound..<max(end, range.lowerBound + 1), by: Self.name)
    }
  }

  /// Version 1's k; infinity where the estimate has no number.
  private func tokenCount(_ candidates: Candidates, _ mu: Double) -> Double {
    let first = candidates.range.lowerBound
    var (products, squares) = (0.0, 0.0)
    for index in 0..<min(Self.estimatedRanks, candidates.count) - 1 {
      let t = log(Double(index + 2) / Double(index + 1))
      let b = candidates.exponent(at: first + index) - candidates.exponent(at: first + index + 1)
      products += t * b
      squares += t * t
    }
    let s = products / squares
    let excess = s - 1
    let vocabularySize = Double(candidates.ranked.vocabularySize)
    let k = pow(excess * pow(2, mu) / (1 - pow(vocabularySize, -excess)), 1 / s)
    return k.isFinite ? k : .infinity
  }

  func memory(
    after chosen: DistributionRow, of distribution: Distribution, _ stage: SamplerStage, _ scene: StepScene
  ) -> StepMemory? {
    // A token that the chain removed, as a user may force one, has its surprise in the model's own distribution.
    let surprise = -log2(chosen.after ?? chosen.before)
    let mu = mu(scene)
    return StepMemory(surprise.isFinite ? mu - eta * (surprise - tau) : mu)
  }
}

extension [SamplerStage] {
  /// Mirostat's mu at a decision, in bits; nil where Mirostat had no part.
  var mu: Double? { first { $0.name == .mirostat }?.memory?.first }
}
