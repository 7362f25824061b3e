extension StepName {
  /// The name of `KnownStep`.
  public static let known = StepName("known", title: "known")
}

/// Removes the tokens of which a server told nothing but their number, and renormalises over the known ones.
///
/// With `SamplingSettings.knownOnly` it is the last step of every chain, whatever the order, so that it is none of
/// `SamplerChain.allSteps`. Where all tokens are known it removes nothing.
struct KnownStep: SamplerStep {
  static let name = StepName.known
  static let source = "none: a server's limit"
  static let knobs = [
    KnobDescription(
      .known, title: "known only", .word(KnobDescription.WordProperty(\.knownRule)), off: 0, usual: 1,
      range: "on or off", help: "leave out the tokens that a server does not tell", label: "known",
      symbol: "known",
      explanation: """
        Leaves out the tokens that the server does not tell, and renormalises over the others.
        So every draw finds a token; the last stage of the chain in any order.
        """)
  ]
  static let runsInGreedyDecoding = true

  static func isOn(_ settings: SamplingSettings) -> Bool { settings.knownOnly }

  init(_ settings: SamplingSettings) {}

  func apply(to candidates: inout Candidates, _ scene: StepScene) {
    candidates.updateWeights()
    candidates.keepTold(by: Self.name)
  }
}

/// Whether the tokens that a server does not tell are left out, as a word.
enum KnownRule: String, CaseIterable, Sendable { case off, on }

extension SamplingSettings {
  /// `knownOnly` as the value of its knob.
  fileprivate var knownRule: KnownRule {
    get { knownOnly ? .on : .off }
    set { knownOnly = newValue == .on }
  }
}
