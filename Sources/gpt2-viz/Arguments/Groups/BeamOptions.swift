import LMCore

/// How `beam` searches, and how much of the result it writes.
struct BeamChoices: OptionValues {
  /// The search; its chain and seed are options of their own.
  var settings = BeamSettings()
  /// `--sample`
  var isSampled = false
  /// `--return`
  var returnCount = 1
}

extension OptionGroup {
  static let beams = OptionGroup(
    title: "Beams",
    options: [
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
        "true: at N finished texts; false: once the best beam scores no better as it is; never: once it cannot (false)",
        \BeamChoices.settings.earlyStopping,
        offering: .words(BeamSettings.EarlyStopping.allCases.map(\.rawValue))
      ) { argument throws(UsageError) in try argument.choice(of: BeamSettings.EarlyStopping.self) },
      Option(
        flag: "sample", "draw the continuations, without replacement, instead of the best",
        \BeamChoices.isSampled),
      Option(
        "return", nil, "K", "how many of the finished texts to write, at most N (1)", \BeamChoices.returnCount
      ) { argument throws(UsageError) in try argument.integer(in: 1...BeamSettings.mostBeams) },
    ])
}
