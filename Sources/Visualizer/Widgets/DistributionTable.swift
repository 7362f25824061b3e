import LMCore
import Presentation

/// The next token's distribution before and after the sampler chain, on the same rows, with the cut line.
///
/// Both columns of bars have one scale. The cumulative curve is drawn over the left bars on its own scale, from 0 at the
/// left edge to 1 at the right; with top-p it crosses the vertical line of p at the cut.
struct DistributionTable: Widget {
  enum CutDisplay: Hashable { case shown, dimmed, hidden }

  /// The rows by rank, from the first one shown; those that do not fit are not drawn.
  var rows: [DistributionTableRow]
  var vocabularySize: Int
  var cutoff: DistributionCutoff?
  /// The probability that fills a bar.
  var scaleMaximum: Double
  var cutDisplay: CutDisplay
  /// The titles of the two halves, on the frame line above; where it is narrow, only the part before a colon.
  var beforeTitle: String
  var afterTitle: String
  /// The rank of the followed text's token, which is marked also where its row is not shown.
  var authorRank: Int?

  init(
    rows: [DistributionTableRow], vocabularySize: Int, cutoff: DistributionCutoff? = nil,
    scaleMaximum: Double,
    cutDisplay: CutDisplay = .dimmed, beforeTitle: String = "",
    afterTitle: String = "", authorRank: Int? = nil
  ) {
    self.rows = rows
    self.vocabularySize = vocabularySize
    self.cutoff = cutoff
    self.scaleMaximum = scaleMaximum
    self.cutDisplay = cutDisplay
    self.beforeTitle = beforeTitle
    self.afterTitle = afterTitle
    self.authorRank = authorRank
  }

  /// The number of token rows in a table of this height, without the cut line and the rest of the vocabulary.
  static func rowCapacity(height: Int, hasCutoff: Bool) -> Int {
    max(height - (hasRest(height) ? 1 : 0) - (hasCutoff && height > 1 ? 1 : 0), 0)
  }

  private static func hasRest(_ height: Int) -> Bool { height > 2 }

  /// One line of the table.
  private enum Line {
    case token(DistributionTableRow)
    case cut(DistributionCutoff, direction: Int)
    case rest(after: DistributionTableRow?)
  }

  private func lines(height: Int) -> [Line] {
    let capacity = Self.rowCapacity(height: height, hasCutoff: cutoff != nil)
    let shown = rows.filter { cutDisplay != .hidden || $0.after != nil }.prefix(capacity)
    var lines = shown.map { Line.token($0) }
    if let cutoff, height > 1, let first = shown.first, let last = shown.last {
      if cutoff.rank < first.rank {
        lines.insert(.cut(cutoff, direction: -1), at: 0)
      } else {
        let place = shown.prefix { $0.rank <= cutoff.rank }.count
        lines.insert(.cut(cutoff, direction: cutoff.rank > last.rank ? 1 : 0), at: place)
      }
    }
    if Self.hasRest(height), let last = shown.last, last.rank < vocabularySize {
      lines.append(.rest(after: last))
    }
    return lines
  }

  /// The areas of a drawn table's rows.
  struct Placement {
    var rows: [(area: Rect, rank: Int)] = []
    var cut: Rect?
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    _ = place(into: &buffer, in: area, with: appearance)
  }

  /// Draws the table, and returns the areas of its rows.
  func place(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) -> Placement {
    var placement = Placement()
    guard !area.isEmpty else { return placement }
    let lines = lines(height: area.height)
    var highestRank = 0
    for case .token(let row) in lines { highestRank = max(highestRank, row.rank) }
    let columns = DistributionColumns(width: area.width, highestRank: highestRank)
    drawSeparator(columns, &buffer, area, appearance)
    for (offset, line) in lines.enumerated() {
      let place = area.row(offset)
      switch line {
      case .token(let row):
        let painter = DistributionRowPainter(columns, area: place, appearance: appearance, table: self)
        painter.draw(row, into: &buffer)
        placement.rows.append((place, row.rank))
      case .rest(let last):
        let painter = DistributionRowPainter(columns, area: place, appearance: appearance, table: self)
        painter.drawRest(after: last, into: &buffer)
      case .cut(let cutoff, let direction):
        drawCut(cutoff, direction, &buffer, place, appearance)
        placement.cut = place
      }
    }
    return placement
  }

  private func drawSeparator(
    _ columns: DistributionColumns, _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance
  ) {
    let x = area.x + columns.separator
    guard columns.separator < area.width else { return }
    let style = appearance.theme[.frame]
    // The separator joins a frame around the table, if there is one.
    let above = Point(x, area.y - 1)
    let below = Point(x, area.maxY)
    let joinsAbove = isLine(buffer[above], appearance)
    let joinsBelow = isLine(buffer[below], appearance)
    buffer.verticalLine(
      from: Point(x, area.y - (joinsAbove ? 1 : 0)),
      length: area.height + (joinsAbove ? 1 : 0) + (joinsBelow ? 1 : 0), glyphs: appearance.glyphs,
      style: style)
    guard joinsAbove, columns.barWidth > 0 else { return }
    let titleStyle = appearance.theme[.dim]
    let start = area.x + columns.beforeBar - 1
    let before = Self.shortened(beforeTitle, columns: x - start - 2)
    Frame.put(before, at: start, until: x, y: above.y, titleStyle, &buffer, appearance)
    let after = Self.shortened(afterTitle, columns: area.maxX - x - 3)
    Frame.put(after, at: x + 1, until: area.maxX, y: above.y, titleStyle, &buffer, appearance)
  }

  /// The title, or the part before its colon where it is too long.
  private static func shortened(_ title: String, columns: Int) -> String {
    if CellWidth.width(of: title) <= columns { return title }
    return String(title.prefix { $0 != ":" })
  }

  private func isLine(_ cell: Cell, _ appearance: Appearance) -> Bool {
    !LineArms(of: cell.scalar, glyphs: appearance.glyphs).isDisjoint(with: .horizontal)
  }

  private func drawCut(
    _ cutoff: DistributionCutoff, _ direction: Int, _ buffer: inout ScreenBuffer, _ area: Rect,
    _ appearance: Appearance
  ) {
    let glyphs = appearance.glyphs
    let style = appearance.theme[.cutoff]
    buffer.fill(area, with: glyphs.cutLine, style: style)
    let kept = NumberFormat.grouped(cutoff.kept)
    let all = NumberFormat.grouped(vocabularySize)
    let mass = Self.mass(cutoff.mass)
    let arrow = direction > 0 ? glyphs.arrowDown : glyphs.arrowUp
    let place = direction == 0 ? "" : " \(arrow) at rank \(NumberFormat.grouped(cutoff.rank))"
    let texts = [
      "\(cutoff.filter) cut: kept \(kept) of \(all) \(glyphs.dot) mass \(mass)\(place)",
      "\(cutoff.filter): kept \(kept) of \(all) \(glyphs.dot) \(mass)\(direction == 0 ? "" : " \(arrow)")",
      "\(cutoff.filter): kept \(kept) \(glyphs.dot) \(mass)\(direction == 0 ? "" : " \(arrow)")",
      "kept \(kept) \(glyphs.dot) \(mass)",
      "kept \(kept)",
    ]
    guard let text = texts.first(where: { CellWidth.width(of: $0) + 4 <= area.width }) else { return }
    let x = area.x + (area.width - CellWidth.width(of: text) - 2) / 2
    buffer.put(" \(text) ", at: Point(x, area.y), style: style, in: area)
  }

  /// A mass with three decimals; never "1.000" for less than 1.
  private static func mass(_ mass: Double) -> String {
    mass < 1 - 1e-12 && mass >= 0.9995 ? ">0.999" : NumberFormat.fixed(min(mass, 1), decimals: 3)
  }
}
