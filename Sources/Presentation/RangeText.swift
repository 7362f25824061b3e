import LMCore

/// A number of which only bounds are known, as text: one number where both read alike.
package enum RangeText {
  /// "4.18 to 4.27", or "4.20".
  package static func fixed(_ bounds: ClosedRange<Double>, decimals: Int) -> String {
    joined(
      NumberFormat.fixed(bounds.lowerBound, decimals: decimals),
      NumberFormat.fixed(bounds.upperBound, decimals: decimals))
  }

  /// "93.2% to 95.1%", or "93.2%".
  package static func percent(_ bounds: ClosedRange<Double>) -> String {
    joined(NumberFormat.percent(bounds.lowerBound), NumberFormat.percent(bounds.upperBound))
  }

  private static func joined(_ low: String, _ high: String) -> String {
    low == high ? low : "\(low) to \(high)"
  }
}

extension Distribution {
  /// What a server left untold, as part of a sentence: "3.1% in tokens that the server did not tell"; nil where all is told.
  package var untoldText: String? {
    guard let mass = belief.restMass, mass.upperBound > 0, knownRanks < vocabularySize else { return nil }
    return "\(RangeText.percent(mass)) in tokens that the server did not tell"
  }

  /// How many tokens are kept: "23", or "at least 20" where a cut lies among tokens that are not known.
  package var keptText: String {
    let text = NumberFormat.grouped(keptCount)
    guard let part = untoldKept, part.count.lowerBound < part.count.upperBound else { return text }
    return "at least " + text
  }

  /// The model's own probability of the kept tokens.
  package var keptMassText: String {
    let most = min(keptMass + (untoldKept.map { $0.mass.upperBound - $0.mass.lowerBound } ?? 0), 1)
    return RangeText.percent(keptMass...max(most, keptMass))
  }
}
