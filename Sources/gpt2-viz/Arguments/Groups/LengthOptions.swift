import LMCore

/// When a text ends.
struct LengthOptions: OptionValues {
  /// `-n`
  var tokenCount = 50
  var stopsAtEndOfText = true
  /// `--stop-id`: what ends a text instead of the model's own ids.
  var stopIDs: [Int] = []

  /// The ids that end a text of a model. Throws for one that it does not have.
  func ends(of profile: ModelProfile) throws(SessionError) -> Set<Int> {
    if let id = stopIDs.first(where: { $0 >= profile.vocabularySize }) {
      throw .tokenOutOfRange(id: id, vocabularySize: profile.vocabularySize)
    }
    guard stopIDs.isEmpty else { return Set(stopIDs) }
    return stopsAtEndOfText ? Set(profile.endOfText) : []
  }
}

extension OptionGroup {
  static let length = OptionGroup(
    title: "Length",
    options: [
      Option(
        "tokens", "n", "N", "how many tokens to generate (50)", \LengthOptions.tokenCount,
        shown: { String($0.tokenCount) }
      ) { argument throws(UsageError) in try argument.integer(atLeast: 0) },
      Option(
        flag: "stop-at-eos", "end where the model chooses a token that ends texts (so by default)",
        \LengthOptions.stopsAtEndOfText),
      Option(
        flag: "no-stop-at-eos", "go on after a token that ends texts", \LengthOptions.stopsAtEndOfText,
        to: false),
      Option(
        "stop-id", nil, "ID", "a token that ends the text, instead of the model's own; may be repeated"
      ) { argument throws(UsageError) in
        let id = try argument.integer(atLeast: 0)
        return { (options: inout LengthOptions) in options.stopIDs.append(id) }
      },
    ])
}
