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
  let before: (x: Double, width: Double)
  let percent: Double
  /// The cumulative probability; nil where there is no room for it.
  let sum: Double?
  let after: (x: Double, width: Double)
  let afterPercent, mark: Double

  init(_ size: FigureSize) {
    switch size {
    case .wide:
      (rank, label, labelColumns) = (34, 50, 16)
      (before, percent, sum) = ((190, 250), 500, 566)
      (after, afterPercent, mark) = ((592, 190), 842, 852)
    case .narrow:
      (rank, label, labelColumns) = (26, 33, 9)
      (before, percent, sum) = ((110, 62), 222, nil)
      (after, afterPercent, mark) = ((234, 66), 344, 348)
    }
  }
}
