import LMCore

/// The five bands of ranks that colour a text, as in GLTR (arXiv 1906.04043): 1, up to 10, 100, 1,000, above.
package enum RankBands {
  /// The last rank of each band but the last.
  private static let limits = [1, 10, 100, 1000]

  /// Labels for a report's legend.
  package static let labels = ["rank 1", "2 – 10", "11 – 100", "101 – 1,000", "beyond"]
  /// Short labels for the screen.
  package static let shortLabels = ["1", "≤10", "≤100", "≤1000", "beyond"]

  /// 0 for rank 1 to 4 for ranks above 1,000.
  package static func band(of rank: Int) -> Int { limits.firstIndex { rank <= $0 } ?? limits.count }

  /// The band of a step's token; nil for a token that a server did not tell, unless it stands in the last one in any case.
  package static func band(of step: GenerationStep) -> Int? {
    let band = band(of: step.rank)
    return step.isUntold && band < limits.count ? nil : band
  }

  /// What stands in a report's legend for such a token, behind the bands.
  package static let untoldLabel = "not told"
}
