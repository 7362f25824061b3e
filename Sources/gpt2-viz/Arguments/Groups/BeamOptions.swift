import LMCore
import Visualizer

/// How `beam` searches, and how much of the result it writes.
struct BeamChoices: OptionValues {
  /// The search; its chain and seed are options of their own.
  var settings = BeamSettings()
  /// `--return`
  var returnCount = 1
  /// `--method`: the visualizer opens with the search.
  var method = Method.sampling

  /// Throws where the beams cannot be divided into the groups.
  func checkGroups(command: String? = nil) throws(UsageError) {
    guard settings.choice != .diverse || settings.hasEqualGroups else {
      throw UsageError(
        "the \(settings.width) beams of --beams do not make the \(settings.groups) equal groups of --groups; take a multiple of them",
        command: command)
    }
  }

  /// The search of the screen behind a text with these settings. Throws where it has no room for so many beams, and where drawn
  /// ones have no temperature.
  func onScreen(_ sampling: SamplingSettings) throws(UsageError) -> BeamSettings {
    try checkGroups()
    guard settings.width <= VisualizerOptions.mostBeams else {
      throw UsageError(
        "the screen shows at most \(VisualizerOptions.mostBeams) beams, not \(settings.width); 'gpt2-viz beam' takes more"
      )
    }
    guard !settings.draws || !sampling.isGreedy else {
      throw UsageError("\(SamplingError.drawnBeamsNeedTemperature)")
    }
    return settings
  }

  enum Method: String, CaseIterable, Sendable { case sampling, beam }
}

extension OptionGroup {
  static let beams = OptionGroup(
    title: "Beams",
    options: search + [
      Option(
        "return", nil, "K", "how many of the finished texts to write, at most N (1)",
        \BeamChoices.returnCount
      ) { argument throws(UsageError) in try argument.integer(in: 1...BeamSettings.mostBeams) }
    ])

  /// For the key B of the visualizer.
  static let beamsOnScreen = OptionGroup(
    title: "Beam search, under the key B",
    options: [
      Option(
        "method", nil, "METHOD", "sampling, or beam: open with beam search (sampling)", \BeamChoices.method,
        offering: .words(BeamChoices.Method.allCases.map(\.rawValue))
      ) { argument throws(UsageError) in try argument.choice(of: BeamChoices.Method.self) }
    ] + search)

  private static let search = [
    Option(
      "beams", nil, "N", "how many texts live at once (5)", \BeamChoices.settings.width
    ) { argument throws(UsageError) in try argument.integer(in: 1...BeamSettings.mostBeams) },
    Option(
      "length-penalty", nil, "X",
      "a score is the sum of ln p, divided by (tokens)^X: above 0 favours long texts (1)",
      \BeamChoices.settings.lengthPenalty
    ) { argument throws(UsageError) in try argument.number() },
    Option(
      "early-stopping", nil, "WHEN",
      "true: when N texts are finished; false: when the best beam's score now is no better than the worst finished one; "
        + "never: when no beam can become better (false)",
      \BeamChoices.settings.earlyStopping,
      offering: .words(BeamSettings.EarlyStopping.allCases.map(\.rawValue))
    ) { argument throws(UsageError) in try argument.choice(of: BeamSettings.EarlyStopping.self) },
    Option(flag: "sample", "draw the continuations of each step, without replacement, instead of the best") {
      (options: inout BeamChoices) in options.settings.choice = .sampled
    },
    Option(
      flag: "stochastic", "draw whole texts, without replacement (stochastic beam search, arXiv 1903.06059)"
    ) { (options: inout BeamChoices) in options.settings.choice = .stochastic },
    Option(
      "groups", nil, "G",
      "search in G equal groups: a later one pays for the tokens of earlier ones (diverse beam search, arXiv 1610.02424)"
    ) { argument throws(UsageError) in
      let groups = try argument.integer(in: 2...BeamSettings.mostBeams)
      return { (options: inout BeamChoices) in
        (options.settings.groups, options.settings.choice) = (groups, .diverse)
      }
    },
    Option(
      "diversity", nil, "X",
      "with --groups: what a token's ln p loses for each beam of an earlier group that takes it in the same step (0.5)",
      \BeamChoices.settings.diversity
    ) { argument throws(UsageError) in
      let penalty = try argument.number()
      guard penalty > 0 else { throw argument.refused("a number above 0") }
      return penalty
    },
  ]
}
