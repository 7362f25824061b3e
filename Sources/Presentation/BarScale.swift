import LMCore

/// The scale of a column of bars: the probability of a bar that fills it.
///
/// A round number, so that it changes seldom and can be told beside the bars.
package struct BarScale: Hashable, Sendable {
  /// In 0<...1.
  package let maximum: Double

  private static let steps = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1]

  /// The smallest scale on which a probability fits.
  package init(covering largest: Double) { maximum = Self.steps.first { $0 >= largest } ?? 1 }

  /// `50%`
  package var label: String { NumberFormat.fixed(maximum * 100, decimals: 0) + "%" }

  /// The length of a bar, from 0 to 1; nil for a probability that does not fit. One that is larger by less than an eighth of
  /// a column can show fills the bar.
  package func length(of probability: Double) -> Double? {
    let length = probability / maximum
    return length > 1.005 ? nil : min(max(length, 0), 1)
  }

  /// How many times the scale a probability is that does not fit: `7.6`; `1.02` for one that hardly does not.
  package func multiple(of probability: Double) -> String {
    let multiple = probability / maximum
    return NumberFormat.fixed(multiple, decimals: multiple < 1.095 ? 2 : multiple < 9.95 ? 1 : 0)
  }
}
