extension StepName {
  /// The name of `KnownStep`.
  public static let known = StepName("known", title: "known")
}

/// Removes the tokens of which a server told nothing but their number, and renormalises over the known ones.
///
/// No knob of its own: with `SamplingSettings.knownOnly` it is the last step of every chain. Where all tokens are known it
/// removes nothing.
struct KnownStep: SamplerStep {
  static let name = StepName.known
  static let source = "none: a server's limit"
  static let knobs: [KnobDescription] = []
  static let runsInGreedyDecoding = true

  static func isOn(_ settings: SamplingSettings) -> Bool { settings.knownOnly }

  init(_ settings: SamplingSettings) {}

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    candidates.keep(candidates.range, by: Self.name)
  }
}
