extension StepName {
  /// The name of `XTCStep`.
  public static let xtc = StepName("xtc", title: "XTC")
}

/// Exclude top choices: now and then removes the tokens above a threshold, all but the least likely of them
/// (text-generation-webui, pull request 6335).
///
/// As llama.cpp: acts where its random number is at most the probability. A token of exactly the threshold counts, and
/// fewer than two of them are left alone. Of tied tokens the highest id stays.
struct XTCStep: SamplerStep {
  static let name = StepName.xtc
  static let source = "text-generation-webui, pull request 6335"
  static let usesChance = true
  static let knobs = [
    KnobDescription(
      .xtc, name: "xtc_probability", title: "XTC probability", .number(\.xtcProbability), off: 0,
      values: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], usual: 0.5,
      range: "between 0 and 1 (0 is off)", allows: { (0...1).contains($0) },
      help: "exclude the top choices with a chance of X", label: "XTC #", symbol: "xtc",
      explanation: """
        How often the most predictable tokens are removed, where several good ones exist.
        Leaves the beaten track and keeps the sense: one token above the threshold stays.
        """),
    KnobDescription(
      .xtc, name: "xtc_threshold", title: "XTC threshold", isSwitch: false, .number(\.xtcThreshold), off: 0.1,
      values: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5],
      range: "between 0 and 1 (0.1 by default; above 0.5 XTC never acts)", allows: { (0...1).contains($0) },
      help: "from which probability on XTC excludes", label: "from #", symbol: "from",
      explanation: """
        Tokens at least this likely are top choices, of which XTC keeps the least likely.
        Low values remove more; above 0.5 there are never two such tokens.
        """),
  ]

  private let probability: Double
  private let threshold: Double

  static func isOn(_ settings: SamplingSettings) -> Bool {
    settings.xtcProbability > 0 && settings.xtcThreshold <= 0.5
  }

  init(_ settings: SamplingSettings) {
    (probability, threshold) = (settings.xtcProbability, settings.xtcThreshold)
  }

  func apply(to candidates: inout Candidates, _ scene: StepScene) throws(SamplingError) {
    guard scene.chance <= probability else { return }
    candidates.updateWeights()
    if candidates.rest != nil { return try removeFromHead(&candidates) }
    let (range, masked, total) = (candidates.range, candidates.maskedCount, candidates.total)
    let end = range.partitioningIndex { candidates.weight(at: $0) / total < threshold }
    guard end - range.lowerBound >= 2 else { return }
    candidates.keep(end - 1..<range.upperBound, by: Self.name)
    candidates.maskedCount = masked
  }

  /// The tokens that the source did not tell stay in any case; none of them may be a top choice.
  private func removeFromHead(_ candidates: inout Candidates) throws(SamplingError) {
    let (range, totals) = (candidates.range, candidates.totals)
    func end(_ total: Double) -> Int {
      range.partitioningIndex { candidates.weight(at: $0) / total < threshold }
    }
    let last = end(totals.lowerBound)
    guard last == end(totals.upperBound), candidates.ceilingWeight / totals.lowerBound < threshold else {
      throw candidates.untoldCut(Self.name)
    }
    if last - range.lowerBound >= 2 {
      candidates.drop(before: last - 1, by: Self.name)
    }
  }

  static func accepts(_ memory: StepMemory) -> Bool {
    // More than the decisions of any text: a larger number would only keep the program busy.
    memory.second == nil && (0...1_000_000).contains(memory.first) && memory.first.rounded() == memory.first
  }

  /// How many numbers of llama.cpp's generator were taken: one where two tokens or more came in.
  func memory(
    after chosen: DistributionRow, of distribution: Distribution, _ stage: SamplerStage, _ scene: StepScene
  ) -> StepMemory? {
    guard scene.seedLike == .llamaCpp else { return nil }
    return StepMemory((scene.memory?.first ?? 0) + (stage.kept + stage.removed > 1 ? 1 : 0))
  }
}
