import LMCore

/// Where random numbers come from.
struct ChanceOptions: OptionValues {
  /// nil: none was given.
  var seed: UInt64?

  /// The given seed, else a random one, short enough to be typed again. Throws for a seed that the rule does not have.
  func seedOrRandom(_ rule: SeedRule) throws(UsageError) -> UInt64 {
    try check(rule)
    return seed ?? UInt64(UInt32.random(in: 0..<UInt32.max))
  }

  /// Throws for a seed that the rule does not have.
  func check(_ rule: SeedRule) throws(UsageError) {
    guard let seed, seed > rule.largestSeed else { return }
    throw UsageError(
      "--seed takes a whole number from 0 to \(rule.largestSeed) with --seed-like \(rule.rawValue), not '\(seed)'"
    )
  }
}

extension OptionGroup {
  static let seed = chance("seed of the random numbers (default: a random one, told)")
  /// For commands that show a distribution: with it they also draw from it.
  static let drawSeed = chance("draw a token with the first number of this seed")
  /// For `study`, whose seed is fixed so that it can go on.
  static let studySeed = chance("seed of each strategy's first text; the next ones count up from it (1)")

  private static func chance(_ help: String) -> OptionGroup {
    OptionGroup(
      title: "Chance",
      options: [
        Option(
          "seed", nil, "N", help, \ChanceOptions.seed, shown: { $0.seed.map(String.init) }, unset: "random"
        ) { argument throws(UsageError) in
          guard let seed = UInt64(argument.text) else {
            throw argument.refused("a whole number from 0 to 2^64 - 1")
          }
          return seed
        }
      ])
  }
}
