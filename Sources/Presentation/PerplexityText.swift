import LMCore

/// Perplexities as text.
package enum PerplexityText {
  /// At most six columns: `12.4`, `1.24K`, `inf`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite else { return "inf" }
    return value < 1000
      ? NumberFormat.fixed(value, decimals: 1) : NumberFormat.abbreviated(Int(min(value, 1e15)))
  }

  /// Of some steps: "12.4", or "at least 12.4" where a server did not tell a token; nil for no steps.
  package static func short(of steps: some Collection<GenerationStep>) -> String? {
    perplexity(of: steps).map { (steps.hasUntold ? "at least " : "") + short($0) }
  }

  /// With a decimal below 100: `12.4`, `1240`.
  package static func plain(_ value: Double) -> String {
    NumberFormat.fixed(value, decimals: value < 100 ? 1 : 0)
  }
}
