import LMCore

/// A number of which only bounds are known, as text: one number where both read alike.
package enum RangeText {
  /// "4.18 to 4.27", or "4.20".
  package static func fixed(_ bounds: ClosedRange<Double>, decimals: Int) -> String {
    outward(bounds, { NumberFormat.fixed($0, decimals: decimals) }) { value, rule in
      NumberFormat.fixed(rounded(value, decimals, rule), decimals: decimals)
    }
  }

  /// "93.2% to 95.1%", or "93.2%".
  package static func percent(_ bounds: ClosedRange<Double>) -> String {
    outward(bounds, NumberFormat.percent, percent)
  }

  /// As `percent`, with so many digits of a tiny share.
  package static func exactPercent(_ bounds: ClosedRange<Double>, digits: Int) -> String {
    both(bounds) { NumberFormat.exactPercent($0, digits: digits) }
  }

  /// "20 to 4,096", or "23".
  package static func count(_ bounds: ClosedRange<Int>) -> String {
    both(bounds, NumberFormat.grouped)
  }

  /// The lower bound rounded down and the upper one up, so that what is certain stays true; one number where both read alike.
  private static func outward(
    _ bounds: ClosedRange<Double>, _ text: (Double) -> String,
    _ bound: (Double, FloatingPointRoundingRule) -> String
  ) -> String {
    let (low, high) = (text(bounds.lowerBound), text(bounds.upperBound))
    return low == high ? low : "\(bound(bounds.lowerBound, .down)) to \(bound(bounds.upperBound, .up))"
  }

  private static func rounded(
    _ value: Double, _ decimals: Int, _ rule: FloatingPointRoundingRule
  ) -> Double {
    guard value.isFinite else { return value }
    let scale = [1.0, 10, 100, 1000, 10000][min(decimals, 4)]
    // What rounding left behind the digits is no digit.
    let nearest = (value * scale).rounded()
    if abs(nearest - value * scale) < 1e-7 { return nearest / scale }
    return (value * scale).rounded(rule) / scale
  }

  /// As `NumberFormat.percent`, rounded in one direction.
  private static func percent(_ share: Double, _ rule: FloatingPointRoundingRule) -> String {
    let text = NumberFormat.percent(share)
    guard text != "100%", text != "0%", !text.hasPrefix("<"), !text.hasPrefix(">") else { return text }
    let decimals = share < 0.009995 ? 2 : 1
    return NumberFormat.fixed(rounded(share * 100, decimals, rule), decimals: decimals) + "%"
  }

  /// Both bounds as `text` writes a number, with "to" between them; one where they read alike.
  package static func both<Number>(_ bounds: ClosedRange<Number>, _ text: (Number) -> String) -> String {
    let (low, high) = (text(bounds.lowerBound), text(bounds.upperBound))
    return low == high ? low : "\(low) to \(high)"
  }

  // MARK: Where there is no room for both

  /// "≥20", or "23".
  package static func least(_ bounds: ClosedRange<Int>, glyphs: GlyphSet) -> String {
    (bounds.count > 1 ? glyphs.atLeast : "") + NumberFormat.grouped(bounds.lowerBound)
  }

  /// "≥27.0%", or "93.2%".
  package static func leastPercent(_ bounds: ClosedRange<Double>, glyphs: GlyphSet) -> String {
    let (low, high) = (NumberFormat.percent(bounds.lowerBound), NumberFormat.percent(bounds.upperBound))
    // ">99.9%" is a bound by itself, and "<0.01%" the opposite one.
    if low == high || low.hasPrefix(">") { return low }
    return glyphs.atLeast + (low.hasPrefix("<") ? "0%" : percent(bounds.lowerBound, .down))
  }

  /// "≤65.1%", or "93.2%".
  package static func mostPercent(_ bounds: ClosedRange<Double>, glyphs: GlyphSet) -> String {
    let (low, high) = (NumberFormat.percent(bounds.lowerBound), NumberFormat.percent(bounds.upperBound))
    if low == high || high.hasPrefix("<") { return high }
    return glyphs.atMost + (high.hasPrefix(">") ? "100%" : percent(bounds.upperBound, .up))
  }

  /// "≥4.18" in at most so many columns, with fewer decimals where it has no room; or "4.18".
  package static func least(_ bounds: ClosedRange<Double>, columns: Int, glyphs: GlyphSet) -> String {
    let text = NumberFormat.fixed(bounds.lowerBound, decimals: 2)
    if text == NumberFormat.fixed(bounds.upperBound, decimals: 2) { return text }
    // Rounded down: it is the least.
    let texts = [100.0, 10, 1].enumerated().map { place, scale in
      let value = (bounds.lowerBound * scale).rounded(.down) / scale
      return glyphs.atLeast + NumberFormat.fixed(value, decimals: 2 - place)
    }
    return texts.first { CellWidth.width(of: $0) <= columns } ?? texts[2]
  }

  /// "≥2.9 bits", or "3.8 bits".
  package static func leastBits(_ bounds: ClosedRange<Double>, glyphs: GlyphSet) -> String {
    let text = NumberFormat.fixed(bounds.lowerBound, decimals: 1)
    if text == NumberFormat.fixed(bounds.upperBound, decimals: 1) { return "\(text) bits" }
    let least = (bounds.lowerBound * 10).rounded(.down) / 10
    return "\(glyphs.atLeast)\(NumberFormat.fixed(least, decimals: 1)) bits"
  }

}

extension Distribution {
  /// What a server left untold, as part of a sentence: "3.1% in tokens that the server did not tell"; nil where all is told.
  package var untoldText: String? { untoldText(tellsMore: false) }

  /// - Parameter tellsMore: the server tells more ranks, and was not asked for them.
  package func untoldText(tellsMore: Bool) -> String? {
    guard let mass = belief.restMass, mass.upperBound > 0, knownRanks < vocabularySize else { return nil }
    return
      "\(RangeText.percent(mass)) in tokens that the server \(tellsMore ? "was not asked for" : "did not tell")"
  }

  /// Where on the line from 0 to 1 the tokens begin that a server did not tell; nil where it told all that are kept.
  package var untoldFrom: Double? {
    guard chainProblem == nil, let untoldKept, untoldKept.share.upperBound > 0, knownRanks == belief.toldRanks
    else { return nil }
    return cumulativeAfter(atRank: knownRanks)
  }

  /// How many tokens are kept: "23", or "at least 20" where a cut lies among tokens that are not known.
  package var keptText: String {
    (isCutOpen ? "at least " : "") + NumberFormat.grouped(keptCount)
  }

  /// Whether the probabilities after the chain have bounds that read differently.
  package var leavesSharesOpen: Bool {
    untoldKept.map { NumberFormat.percent($0.share.lowerBound) != NumberFormat.percent($0.share.upperBound) }
      ?? false
  }

  /// The model's own probability of the kept tokens.
  package var keptMassText: String { RangeText.percent(keptMassBounds) }
}
