import LMCore
import Presentation

/// Draws one row of the distribution table.
struct DistributionRowPainter {
  private let columns: DistributionColumns
  private let area: Rect
  private let appearance: Appearance
  private let table: DistributionTable

  private var glyphs: GlyphSet { appearance.glyphs }
  private var theme: Theme { appearance.theme }

  init(_ columns: DistributionColumns, area: Rect, appearance: Appearance, table: DistributionTable) {
    self.columns = columns
    self.area = area
    self.appearance = appearance
    self.table = table
  }

  func draw(_ row: DistributionTableRow, into buffer: inout ScreenBuffer) {
    let isCut = row.after == nil
    let isDim = isCut && table.cutDisplay == .dimmed
    let isChosen = !row.marks.isDisjoint(with: [.drawn, .taken, .author])
    let role: ThemeRole = isDim ? .removed : isChosen ? .chosenRow : .text
    let text = theme[role]
    put(
      padLeft(String(row.rank), columns.rankWidth), at: columns.rank, theme[isDim ? .removed : .dim], &buffer)
    put(TextFit.fit(row.label, columns: columns.labelWidth, glyphs: glyphs), at: columns.label, text, &buffer)
    if row.marks.contains(.selected) {
      put(glyphs.pointerRight, at: 0, theme[.key], &buffer)
      // Bars are not reversed: they would look empty.
      buffer.restyle(
        Rect(x: area.x + columns.rank, y: area.y, width: columns.beforeBar - columns.rank, height: 1)
          .intersection(area)
      ) { _ in theme[.selection] }
    }
    drawBefore(
      share: row.before, from: row.cumulative - row.before, to: row.cumulative, isDim: isDim,
      isExact: row.marks.contains(.selected), text, &buffer)
    if table.problem != nil {
      if row.marks.contains(.author) {
        drawMark("author", short: glyphs.authorMark, theme[.forced], &buffer)
      }
    } else if let after = row.afterBounds {
      drawAfter(
        share: after.lowerBound,
        afterText(after, isExact: row.marks.contains(.selected), RangeText.leastPercent),
        text, &buffer)
      if row.scoreChange != 0 { drawScoreChange(row, &buffer) }
      if row.marks.contains(.author) {
        drawMark("author", short: glyphs.authorMark, theme[.forced], &buffer)
      } else if row.marks.contains(.drawn) {
        drawMark("drawn", theme[.chosenRow], &buffer)
      } else if row.marks.contains(.taken) {
        drawMark("taken", theme[.chosenRow], &buffer)
      }
    } else {
      drawRemoval(row, &buffer)
    }
  }

  /// Draws tokens below the rows as one row, so that all rows together sum to 1.
  func drawRest(_ part: DistributionRest, into buffer: inout ScreenBuffer) {
    let style = theme[.dim]
    let label = "\(glyphs.ellipsis) \(NumberFormat.grouped(part.count))"
    let room = columns.label + columns.labelWidth - columns.rank
    let texts =
      part.isUntold
      ? ["\(label) not told", "\(glyphs.ellipsis) not told", "\(glyphs.ellipsis) untold"]
      : ["\(label) more", label]
    put(
      texts.first { CellWidth.width(of: $0) <= room } ?? texts[texts.count - 1], at: columns.rank, style,
      &buffer)
    drawBefore(
      share: part.before, from: part.cumulative - part.before, to: part.cumulative, isDim: true, style,
      &buffer)
    if table.problem != nil {
      // Nothing is known of what the chain leaves.
    } else if let after = part.after {
      drawAfter(share: after.upperBound, afterText(after, RangeText.mostPercent), style, &buffer)
    } else {
      put(glyphs.removed, at: columns.afterBar ?? columns.afterPercent + 1, theme[.removed], &buffer)
    }
    if part.holdsAuthor {
      drawMark("author", short: glyphs.authorMark, theme[.forced], &buffer)
    }
  }

  // MARK: - Before

  private func drawBefore(
    share: Double, from start: Double, to end: Double, isDim: Bool, isExact: Bool = false,
    _ text: Style,
    _ buffer: inout ScreenBuffer
  ) {
    if columns.barWidth > 0 {
      drawBar(share, at: columns.beforeBar, theme[isDim ? .removed : .barBefore], &buffer)
      drawThreshold(&buffer)
      drawCurve(from: start, to: end, &buffer)
    }
    put(percent(share, isExact), at: columns.beforePercent, text, &buffer)
    if let sum = columns.sum {
      put(glyphs.sum, at: sum, theme[.dim], &buffer)
      put(padLeft(NumberFormat.percent(end)), at: sum + 2, theme[.dim], &buffer)
    }
  }

  private func drawBar(_ share: Double, at x: Int, _ style: Style, _ buffer: inout ScreenBuffer) {
    let width = columns.barWidth
    if let length = table.scale.length(of: share) {
      return put(Bar.text(length, width: width, glyphs: glyphs), at: x, style, &buffer)
    }
    // No length would be true: the bar tells how many times the scale it is.
    let text = "\(table.scale.multiple(of: share))\(glyphs.times)\(glyphs.pointerRight)"
    let bar = Bar.text(1, width: max(width - CellWidth.width(of: text), 0), glyphs: glyphs)
    put(TextFit.fit(bar + text, columns: width, glyphs: glyphs), at: x, style, &buffer)
  }

  /// The column of a cumulative sum within the bars.
  private func column(_ sum: Double) -> Int {
    min(Int(max(sum, 0) * Double(columns.barWidth)), columns.barWidth - 1)
  }

  private func drawThreshold(_ buffer: inout ScreenBuffer) {
    guard let threshold = table.cutoff?.threshold else { return }
    overlay(glyphs.thresholdLine, at: column(threshold), theme[.threshold], &buffer)
  }

  /// Draws one step of the cumulative curve: from the sum before this row to the sum with it.
  private func drawCurve(from start: Double, to end: Double, _ buffer: inout ScreenBuffer) {
    let (first, last) = (column(start), column(end))
    let style = theme[.curve]
    guard last > first else { return overlay(glyphs.curveVertical, at: last, style, &buffer) }
    overlay(start <= 0 ? glyphs.curveHorizontal : glyphs.curveStart, at: first, style, &buffer)
    for x in first + 1..<last { overlay(glyphs.curveHorizontal, at: x, style, &buffer) }
    overlay(glyphs.curveEnd, at: last, style, &buffer)
  }

  /// Draws over blanks and other lines, but under the bar.
  private func overlay(_ glyph: Unicode.Scalar, at x: Int, _ style: Style, _ buffer: inout ScreenBuffer) {
    let point = Point(area.x + columns.beforeBar + x, area.y)
    let met = buffer[point].scalar
    if met == " " || met == glyphs.thresholdLine {
      buffer.set(Cell(glyph, style: style), at: point, clip: area)
    }
  }

  // MARK: - After

  private func drawAfter(
    share: Double, _ number: String, _ style: Style, _ buffer: inout ScreenBuffer
  ) {
    if let bar = columns.afterBar { drawBar(share, at: bar, theme[.barAfter], &buffer) }
    put(padLeft(number, columns.afterWidth), at: columns.afterPercent, style, &buffer)
  }

  /// One number; where it is not certain both bounds, or the one that the bar shows.
  private func afterText(
    _ bounds: ClosedRange<Double>, isExact: Bool = false,
    _ bound: (ClosedRange<Double>, GlyphSet) -> String
  ) -> String {
    let both = RangeText.percent(bounds)
    if both == NumberFormat.percent(bounds.upperBound) { return percentText(bounds.upperBound, isExact) }
    return both.count <= columns.afterWidth ? both : bound(bounds, glyphs)
  }

  private func drawMark(
    _ word: String, short: String? = nil, _ style: Style, _ buffer: inout ScreenBuffer
  ) {
    let full = "\(glyphs.pointerLeft) \(word)"
    let text = CellWidth.width(of: full) < columns.marksWidth ? full : short ?? glyphs.pointerLeft
    put(text, at: columns.marks, style, &buffer)
  }

  /// Marks a token whose logit a penalty changed, between the bar and its probability.
  private func drawScoreChange(_ row: DistributionTableRow, _ buffer: inout ScreenBuffer) {
    let arrow = row.scoreChange < 0 ? glyphs.arrowDown : glyphs.arrowUp
    put(arrow, at: columns.afterPercent - (columns.afterBar == nil ? 0 : 1), theme[.removed], &buffer)
  }

  private func drawRemoval(_ row: DistributionTableRow, _ buffer: inout ScreenBuffer) {
    let style = theme[.removed]
    let room = columns.marks + columns.marksWidth - (columns.afterBar ?? columns.afterPercent)
    let start = columns.afterBar ?? columns.afterPercent + 1
    let words = [row.removedBy, row.scoreChange < 0 ? "lowered" : nil].compactMap { $0 }.filter {
      !$0.isEmpty
    }
    let reason = ([glyphs.removed] + words).joined(separator: " ")
    put(CellWidth.width(of: reason) + 2 <= room ? reason : glyphs.removed, at: start, style, &buffer)
    if row.marks.contains(.author) {
      drawMark("author", short: glyphs.authorMark, theme[.forced], &buffer)
    }
  }

  // MARK: - Text

  /// The selected row tells also a share below 0.01 %.
  private func percent(_ share: Double, _ isExact: Bool) -> String { padLeft(percentText(share, isExact)) }

  private func percentText(_ share: Double, _ isExact: Bool) -> String {
    isExact ? NumberFormat.exactPercent(share, digits: 1) : NumberFormat.percent(share)
  }

  private func padLeft(_ text: String, _ width: Int = DistributionColumns.percentWidth) -> String {
    TextFit.padLeft(text, columns: width, glyphs: glyphs)
  }

  private func put(_ text: String, at x: Int, _ style: Style, _ buffer: inout ScreenBuffer) {
    buffer.put(text, at: Point(area.x + x, area.y), style: style, in: area)
  }
}
