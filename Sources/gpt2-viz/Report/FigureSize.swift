/// The two widths that figures are drawn in: for a window, and for a phone, where a wide figure would be too small to
/// read. The style sheet shows the one that fits.
enum FigureSize: CaseIterable {
  case wide, narrow

  var width: Double { self == .wide ? 920 : 360 }

  /// The class by which the style sheet hides it where the other one fits.
  var style: String { self == .wide ? "wide" : "narrow" }
}

/// The x of the columns of a decision's bars: the left edge of bars and text, the right edge of numbers.
struct BarsColumns {
  let rank, label: Double
  /// How many characters of a token are shown.
  let labelColumns: Int
  /// The length of a bar that fills its column; the same on both sides, so equal lengths are equal probabilities.
  let barWidth: Double
  let before: Double
  let percent: Double
  /// The cumulative probability; nil where there is no room for it.
  let sum: Double?
  let after: Double
  let afterPercent, mark: Double

  init(_ size: FigureSize) {
    switch size {
    case .wide:
      (rank, label, labelColumns) = (34, 50, 16)
      (barWidth, before, percent, sum) = (220, 190, 470, 536)
      (after, afterPercent, mark) = (562, 842, 852)
    case .narrow:
      (rank, label, labelColumns) = (26, 33, 9)
      (barWidth, before, percent, sum) = (62, 110, 222, nil)
      (after, afterPercent, mark) = (234, 344, 348)
    }
  }
}
