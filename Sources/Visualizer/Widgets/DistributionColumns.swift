import Presentation

/// The positions of the distribution table's columns. Narrow tables omit the running sum, words, and the second bar.
struct DistributionColumns: Hashable {
  let rank: Int
  let rankWidth: Int
  let label: Int
  let labelWidth: Int
  /// The width of each bar; the same for both, so that equal lengths are equal probabilities. 0: no bars.
  let barWidth: Int
  let beforeBar: Int
  let beforePercent: Int
  /// The running sum; nil: no room.
  let sum: Int?
  /// The line between before and after.
  let separator: Int
  /// nil: no room for a second bar.
  let afterBar: Int?
  let afterPercent: Int
  let afterWidth: Int
  let marks: Int
  let marksWidth: Int

  static let percentWidth = 6

  private struct Plan {
    var labelWidth: Int
    var hasSum: Bool
    var marksWidth: Int
    var bars: Int
    var smallestBar: Int
    var gap = 3
  }

  /// The plans from wide to narrow. The first one whose bars have their minimum length is used, otherwise the last one.
  private static let plans = [
    Plan(labelWidth: 16, hasSum: true, marksWidth: 9, bars: 2, smallestBar: 18),
    Plan(labelWidth: 12, hasSum: true, marksWidth: 9, bars: 2, smallestBar: 10),
    Plan(labelWidth: 12, hasSum: true, marksWidth: 2, bars: 2, smallestBar: 9),
    Plan(labelWidth: 10, hasSum: false, marksWidth: 2, bars: 2, smallestBar: 7),
    Plan(labelWidth: 8, hasSum: false, marksWidth: 2, bars: 2, smallestBar: 5),
    Plan(labelWidth: 8, hasSum: false, marksWidth: 2, bars: 1, smallestBar: 3),
    Plan(labelWidth: 7, hasSum: false, marksWidth: 1, bars: 0, smallestBar: 0, gap: 1),
  ]

  /// With room for the bounds of a probability after the chain: both, "27.0% to 34.9%", in a wide table, else one, "≥27.0%".
  init(width: Int, highestRank: Int, boundsWith glyphs: GlyphSet) {
    let wide = Self(width: width, highestRank: highestRank, afterWidth: Self.boundsWidth)
    let sign = CellWidth.width(of: glyphs.atLeast)
    self =
      wide.sum != nil
      ? wide
      : Self(width: width, highestRank: highestRank, afterWidth: max(Self.percentWidth, sign + 5))
  }

  /// "27.0% to 34.9%"
  private static let boundsWidth = 14

  /// - Parameters:
  ///   - highestRank: the largest number in the rank column.
  ///   - afterWidth: of the probability after the chain.
  init(width: Int, highestRank: Int, afterWidth: Int = percentWidth) {
    let rankWidth = max(String(highestRank).count, 2)
    // One column for the pointer, blanks between all.
    func room(_ plan: Plan) -> Int {
      let left = 1 + rankWidth + 1 + plan.labelWidth + (plan.bars > 0 ? 1 : 0) + 1 + Self.percentWidth
      let right = (plan.bars == 2 ? 1 : 0) + afterWidth + plan.marksWidth
      return width - left - (plan.hasSum ? Self.percentWidth + 3 : 0) - plan.gap - right
    }
    let last = Self.plans[Self.plans.count - 1]
    let plan = Self.plans.first { $0.bars > 0 && room($0) / $0.bars >= $0.smallestBar } ?? last
    barWidth = plan.bars == 0 ? 0 : room(plan) / plan.bars
    // The remainder goes to the label.
    let spare = max(room(plan) - plan.bars * barWidth, 0)
    (self.rankWidth, self.afterWidth) = (rankWidth, afterWidth)
    rank = 1
    label = rank + rankWidth + 1
    labelWidth = plan.labelWidth + min(spare, 8)
    beforeBar = label + labelWidth + 1
    beforePercent = plan.bars == 0 ? beforeBar : beforeBar + barWidth + 1
    var end = beforePercent + Self.percentWidth
    sum = plan.hasSum ? end + 1 : nil
    if plan.hasSum { end += Self.percentWidth + 3 }
    separator = end + plan.gap / 2
    afterBar = plan.bars == 2 ? end + plan.gap : nil
    afterPercent = end + plan.gap + (plan.bars == 2 ? barWidth + 1 : 0)
    marks = afterPercent + afterWidth + (plan.marksWidth > 1 ? 1 : 0)
    marksWidth = plan.marksWidth
  }
}
