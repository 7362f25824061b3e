import LMCore

/// Contrastive search in words, for the screen and for plain mode.
package enum ContrastiveDescription {
  /// `contrastive search: alpha 0.6, k 4`, and the penalties behind it.
  package static func text(_ settings: ContrastiveSettings, glyphs: GlyphSet) -> String {
    let own = SamplingSettings()
    var sampling = settings.sampling
    sampling.order = own.order
    let chain =
      sampling == own
      ? "" : " \(glyphs.arrowRight) " + ChainDescription(settings.sampling, glyphs: glyphs).brief
    return
      "contrastive search: alpha \(NumberFormat.shortest(settings.alpha)), k \(settings.candidateCount)\(chain)"
  }

  /// `contrastive 0.6, k 4`: what chose a token.
  package static func brief(_ step: ContrastiveStep, glyphs: GlyphSet) -> String {
    "contrastive \(NumberFormat.shortest(step.alpha)), k \(step.candidates.count)"
  }

  /// `score = 0.4 p - 0.6 similarity`
  package static func formula(alpha: Double) -> String {
    // 1 - 0.9 is not 0.1 to the last digit.
    let rest = NumberFormat.shortest(((1 - alpha) * 1e9).rounded() / 1e9)
    return "score = \(rest) p - \(NumberFormat.shortest(alpha)) similarity"
  }

  /// A similarity or a score.
  package static func number(_ value: Double) -> String { NumberFormat.fixed(value, decimals: 3) }

  /// Why a step takes the token that it takes.
  ///
  /// - Parameter name: what a token is called.
  package static func reason(_ step: ContrastiveStep, name: (Int) -> String) -> String {
    let (first, chosen) = (step.candidates[0], step.chosen)
    if step.candidates.count == 1 { return "one candidate: as greedy decoding" }
    if step.alpha == 0 { return "alpha 0, no weight on similarity: as greedy decoding" }
    guard step.place > 0 else { return "the most probable token has the best score as well" }
    return
      "\(name(first.id)) is more probable, but more like the text: \(number(first.similarity)) against "
      + number(chosen.similarity)
  }
}
