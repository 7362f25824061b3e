import LMCore

/// `--contrastive`
struct ContrastiveOptions: OptionValues {
  /// nil where a draw decides.
  var alpha: Double?

  /// The search, of which the candidates are those of top-k; nil where none is asked for. Throws what has no part in it.
  func settings(_ sampling: SamplingSettings) throws(UsageError) -> ContrastiveSettings? {
    try settings(sampling, command: "generate") { count, alpha, sampling in
      var sampling = sampling
      sampling.topK = 0
      return ContrastiveSettings(candidateCount: count, alpha: alpha, sampling: sampling)
    }
  }

  /// The same for the screen, whose text may also go on by draws: of what shapes them the search takes nothing.
  func onScreen(_ sampling: SamplingSettings) throws(UsageError) -> ContrastiveSettings? {
    try settings(sampling, command: nil) {
      ContrastiveSettings(candidateCount: $0, alpha: $1, penaltiesOf: $2)
    }
  }

  private func settings(
    _ sampling: SamplingSettings, command: String?,
    _ make: (Int, Double, SamplingSettings) -> ContrastiveSettings
  ) throws(UsageError) -> ContrastiveSettings? {
    guard let alpha else { return nil }
    let usual = ContrastiveSettings().candidateCount
    let settings = make(sampling.topK > 0 ? sampling.topK : usual, alpha, sampling)
    do throws(SamplingError) {
      try settings.validate()
    } catch {
      throw UsageError("--contrastive: \(error)", command: command)
    }
    return settings
  }
}

extension OptionGroup {
  static let contrastive = contrastive(
    "Contrastive search",
    "contrastive search: of the -k likeliest tokens (4) take one that is probable and unlike the text; ALPHA, from 0 to 1, is the weight of unlike"
  )
  /// For the key A of the visualizer.
  static let contrastiveOnScreen = contrastive(
    "Contrastive search, under the key A",
    "open with contrastive search: of the -k likeliest tokens (4) it takes one that is probable and unlike the text; ALPHA, from 0 to 1, is the weight of unlike"
  )

  private static func contrastive(_ title: String, _ help: String) -> OptionGroup {
    OptionGroup(
      title: title,
      options: [
        Option("contrastive", nil, "ALPHA", help, \ContrastiveOptions.alpha) { argument throws(UsageError) in
          guard let alpha = Double(argument.text), (0...1).contains(alpha) else {
            throw argument.refused("a number from 0 to 1")
          }
          return alpha
        }
      ])
  }
}
