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
    let isChosen = !row.marks.isDisjoint(with: [.drawn, .author])
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
      share: row.before, from: row.cumulative - row.before, to: row.cumulative, isDim: isDim, text, &buffer)
    if let after = row.after {
      drawAfter(share: after, text, &buffer)
      if row.marks.contains(.author) {
        drawMark("author", short: glyphs.authorMark, theme[.forced], &buffer)
      } else if row.marks.contains(.drawn) {
        drawMark("drawn", theme[.chosenRow], &buffer)
      }
    } else {
      drawRemoval(row, &buffer)
    }
  }

  /// Draws the rest of the vocabulary as one row, so that all rows together sum to 1.
  func drawRest(after last: DistributionTableRow?, into buffer: inout ScreenBuffer) {
    let count = table.vocabularySize - (last?.rank ?? 0)
    let sum = last?.cumulative ?? 0
    let kept = 1 - (last?.cumulativeAfter ?? 0)
    let style = theme[.dim]
    let label = "\(glyphs.ellipsis) \(NumberFormat.grouped(count))"
    let room = columns.label + columns.labelWidth - columns.rank
    put(CellWidth.width(of: label) + 5 <= room ? "\(label) more" : label, at: columns.rank, style, &buffer)
    drawBefore(share: max(1 - sum, 0), from: sum, to: 1, isDim: true, style, &buffer)
    if (table.cutoff?.rank ?? .max) > (last?.rank ?? 0) {
      drawAfter(share: max(kept, 0), style, &buffer)
    } else {
      put(glyphs.removed, at: columns.afterBar ?? columns.afterPercent + 1, theme[.removed], &buffer)
    }
    if let rank = table.authorRank, rank > last?.rank ?? 0 {
      drawMark("author", short: glyphs.authorMark, theme[.forced], &buffer)
    }
  }

  // MARK: - Before

  private func drawBefore(
    share: Double, from start: Double, to end: Double, isDim: Bool, _ text: Style,
    _ buffer: inout ScreenBuffer
  ) {
    if columns.barWidth > 0 {
      drawBar(share, at: columns.beforeBar, theme[isDim ? .removed : .barBefore], &buffer)
      drawThreshold(&buffer)
      drawCurve(from: start, to: end, &buffer)
    }
    put(padLeft(NumberFormat.percent(share)), at: columns.beforePercent, text, &buffer)
    if let sum = columns.sum {
      put(glyphs.sum, at: sum, theme[.dim], &buffer)
      put(padLeft(NumberFormat.percent(end)), at: sum + 2, theme[.dim], &buffer)
    }
  }

  private func drawBar(_ share: Double, at x: Int, _ style: Style, _ buffer: inout ScreenBuffer) {
    let scale = table.scaleMaximum > 0 ? table.scaleMaximum : 1
    put(Bar.text(share / scale, width: columns.barWidth, glyphs: glyphs), at: x, style, &buffer)
    // The rest of the vocabulary may exceed the scale: an arrow marks a clipped bar.
    if share > scale * (1 + 1e-9) {
      put(glyphs.pointerRight, at: x + columns.barWidth - 1, style, &buffer)
    }
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

  private func drawAfter(share: Double, _ text: Style, _ buffer: inout ScreenBuffer) {
    if let bar = columns.afterBar { drawBar(share, at: bar, theme[.barAfter], &buffer) }
    put(padLeft(NumberFormat.percent(share)), at: columns.afterPercent, text, &buffer)
  }

  private func drawMark(
    _ word: String, short: String? = nil, _ style: Style, _ buffer: inout ScreenBuffer
  ) {
    let full = "\(glyphs.pointerLeft) \(word)"
    let text = CellWidth.width(of: full) < columns.marksWidth ? full : short ?? glyphs.pointerLeft
    put(text, at: columns.marks, style, &buffer)
  }

  private func drawRemoval(_ row: DistributionTableRow, _ buffer: inout ScreenBuffer) {
    let style = theme[.removed]
    let room = columns.marks + columns.marksWidth - (columns.afterBar ?? columns.afterPercent)
    let start = columns.afterBar ?? columns.afterPercent + 1
    let reason = row.removedBy.map { "\(glyphs.removed) \($0)" } ?? glyphs.removed
    put(CellWidth.width(of: reason) + 2 <= room ? reason : glyphs.removed, at: start, style, &buffer)
    if row.marks.contains(.author) {
      drawMark("author", short: glyphs.authorMark, theme[.forced], &buffer)
    }
  }

  // MARK: - Text

  private func padLeft(_ text: String, _ width: Int = DistributionColumns.percentWidth) -> String {
    TextFit.padLeft(text, columns: width, glyphs: glyphs)
  }

  private func put(_ text: String, at x: Int, _ style: Style, _ buffer: inout ScreenBuffer) {
    buffer.put(text, at: Point(area.x + x, area.y), style: style, in: area)
  }
}
