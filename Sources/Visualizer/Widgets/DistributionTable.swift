import LMCore
import Presentation

/// The next token's distribution before and after the sampler chain, on the same rows, with the cut line.
///
/// Both columns of bars have one scale, which their titles tell, so equal lengths are equal probabilities. The
/// cumulative curve is drawn over the left bars on its own scale, from 0 at the left edge to 1 at the right; with top-p it
/// crosses the vertical line of p at the cut.
///
/// The cut line stands only where every token below it is removed. What the rows leave out is one row, or one on each
/// side of the cut.
struct DistributionTable: Widget {
  enum CutDisplay: Hashable { case shown, dimmed, hidden }

  /// The rows by rank, from the first one shown; those that do not fit are not drawn.
  var rows: [DistributionTableRow]
  var vocabularySize: Int
  /// The tokens below these ranks were not told.
  var toldRanks: Int
  var cutoff: DistributionCutoff?
  var scale: BarScale
  var cutDisplay: CutDisplay
  /// The titles of the two halves, on the frame line above; where it is narrow, only the part before a colon.
  var beforeTitle: String
  var afterTitle: String
  /// The width of the narrowest table on screen, so that equal probabilities are equally long in all of them; nil for
  /// the table's own.
  var narrowestWidth: Int?
  /// The distribution of the rows, for what they leave out; nil where it is not known.
  var distribution: Distribution?
  /// The rank of the followed text's token, which is marked also where its row is not shown.
  var authorRank: Int?
  /// Whether a server left a probability after the chain open, in this table or in one beside it: then its column has room
  /// for bounds.
  var hasBounds = false
  /// Why the chain did not run to its end, as a sentence: then it stands in place of what the chain leaves.
  var problem: String?

  init(
    rows: [DistributionTableRow], vocabularySize: Int, cutoff: DistributionCutoff? = nil,
    toldRanks: Int? = nil,
    scale: BarScale, cutDisplay: CutDisplay = .dimmed, beforeTitle: String = "", afterTitle: String = "",
    narrowestWidth: Int? = nil, distribution: Distribution? = nil, authorRank: Int? = nil
  ) {
    self.rows = rows
    self.vocabularySize = vocabularySize
    self.toldRanks = toldRanks ?? vocabularySize
    self.cutoff = cutoff
    self.scale = scale
    self.cutDisplay = cutDisplay
    self.beforeTitle = beforeTitle
    self.afterTitle = afterTitle
    (self.narrowestWidth, self.authorRank) = (narrowestWidth, authorRank)
    self.distribution = distribution
  }

  /// The number of token rows in a table of this height, without the cut line and the rest of the vocabulary.
  ///
  /// - Parameter isCutBelow: whether the cut is below so many rows; nil without a cut.
  static func rowCapacity(height: Int, isCutBelow: ((_ rows: Int) -> Bool)?) -> Int {
    guard let isCutBelow, height > 1 else { return max(height - (hasRest(height) ? 1 : 0), 0) }
    let rows = height - 1 - (hasRest(height) ? 1 : 0)
    // With the cut below the rows, the rest takes a line on each side of it.
    return height > 3 && isCutBelow(rows) ? rows - 1 : rows
  }

  private static func hasRest(_ height: Int) -> Bool { height > 2 }

  /// One line of the table.
  private enum Line {
    case token(DistributionTableRow)
    case cut(DistributionCutoff)
    case rest(DistributionRest)
  }

  private func lines(height: Int) -> [Line] {
    let rows = rows.filter { cutDisplay != .hidden || $0.after != nil }
    let capacity = Self.rowCapacity(
      height: height, isCutBelow: cutoff.map { cut in { (rows.prefix($0).last?.rank ?? 0) < cut.rank } })
    let shown = rows.prefix(capacity)
    var lines = shown.map { Line.token($0) }
    let rest = Self.hasRest(height) ? rest(below: shown.last) : []
    guard let cutoff, height > 1, let first = shown.first, let last = shown.last else {
      return lines + rest.map { .rest($0) }
    }
    if cutoff.rank < first.rank {
      lines.insert(.cut(cutoff), at: 0)
    } else if cutoff.rank <= last.rank {
      lines.insert(.cut(cutoff), at: shown.prefix { $0.rank <= cutoff.rank }.count)
    } else {
      return lines + rest.prefix(1).map { .rest($0) } + [.cut(cutoff)] + rest.dropFirst().map { .rest($0) }
    }
    return lines + rest.map { .rest($0) }
  }

  /// What the rows leave out: one part, or two with the cut between them.
  private func rest(below last: DistributionTableRow?) -> [DistributionRest] {
    guard let last, last.rank < vocabularySize else { return [] }
    func part(
      _ ranks: ClosedRange<Int>, from start: Double, to end: Double, isKept: Bool
    ) -> DistributionRest {
      let before = RestMass.below(start, of: end, last: last.before) {
        distribution?.massBefore(ofRanks: ranks)
      }
      var after: ClosedRange<Double>?
      if isKept {
        let most = RestMass.below(last.cumulativeAfter, last: last.after ?? 0) {
          distribution?.massAfter(ofRanks: ranks)
        }
        after = openness == 1 ? most...most : min(max(1 - last.cumulativeAfter * openness, 0), most)...most
      }
      return DistributionRest(
        count: ranks.count, before: before, cumulative: end, after: after,
        isUntold: ranks.lowerBound > toldRanks,
        holdsAuthor: authorRank.map(ranks.contains) ?? false)
    }
    let (first, end) = (last.rank + 1, vocabularySize)
    guard let cutoff, last.rank < cutoff.rank else {
      let mayBeKept = first <= toldRanks || distribution?.mayKeepUntold ?? true
      return [part(first...end, from: last.cumulative, to: 1, isKept: cutoff == nil && mayBeKept)]
    }
    return [
      part(first...cutoff.rank, from: last.cumulative, to: cutoff.cumulative, isKept: true),
      part(cutoff.rank + 1...end, from: cutoff.cumulative, to: 1, isKept: false),
    ]
  }

  /// How many times the least of a probability after the chain the most is: the same in every row.
  private var openness: Double {
    let row = rows.first { ($0.after ?? 0) > 0 }
    return row.flatMap { row in row.after.map { (row.mostAfter ?? $0) / $0 } } ?? 1
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
    let width = min(area.width, narrowestWidth ?? area.width)
    let columns =
      hasBounds
      ? DistributionColumns(width: width, highestRank: highestRank, boundsWith: appearance.glyphs)
      : DistributionColumns(width: width, highestRank: highestRank)
    drawSeparator(columns, &buffer, area, appearance)
    for (offset, line) in lines.enumerated() {
      let place = area.row(offset)
      switch line {
      case .token(let row):
        let painter = DistributionRowPainter(columns, area: place, appearance: appearance, table: self)
        painter.draw(row, into: &buffer)
        placement.rows.append((place, row.rank))
      case .rest(let part):
        let painter = DistributionRowPainter(columns, area: place, appearance: appearance, table: self)
        painter.drawRest(part, into: &buffer)
      case .cut(let cutoff):
        drawCut(cutoff, &buffer, place, appearance)
        placement.cut = place
      }
    }
    if let problem { drawProblem(problem, columns, &buffer, area, appearance) }
    return placement
  }

  /// Beside the rows, or over the last of them where the right half has no room.
  private func drawProblem(
    _ problem: String, _ columns: DistributionColumns, _ buffer: inout ScreenBuffer, _ area: Rect,
    _ appearance: Appearance
  ) {
    var place = area
    _ = place.takeLeft(columns.separator + 2)
    _ = place.takeRight(columns.marksWidth + 1)
    let isBeside = place.width >= 16
    if !isBeside { place = area.inset(horizontally: 1) }
    let lines = TextFit.wrap(appearance.glyphs.spelled(problem), columns: place.width)
    if !isBeside {
      place = place.takeBottom(min(lines.count, area.height))
      buffer.fill(place, style: appearance.theme[.overlay])
    }
    for (row, line) in lines.prefix(place.height).enumerated() {
      buffer.put(line, at: place.row(row).origin, style: appearance.theme[.warn], in: place)
    }
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
    let start = area.x + columns.beforeBar - 1
    drawTitle(
      beforeTitle, hasScale: true, hasSum: true, from: start, to: start + columns.barWidth + 2, until: x,
      y: above.y, &buffer, appearance)
    let afterEnd = columns.afterBar.map { area.x + $0 + columns.barWidth + 1 } ?? area.maxX
    drawTitle(
      afterTitle, hasScale: columns.afterBar != nil, hasSum: false, from: x + 1, to: afterEnd,
      until: area.maxX, y: above.y, &buffer, appearance)
  }

  /// Writes a title, or the part before its colon, and at the end of the bars the probability that fills one. Where the
  /// curve shares the column, the end of its scale follows in its own colour.
  private func drawTitle(
    _ title: String, hasScale: Bool, hasSum: Bool, from start: Int, to end: Int, until limit: Int, y: Int,
    _ buffer: inout ScreenBuffer, _ appearance: Appearance
  ) {
    let sum = hasSum ? "\(appearance.glyphs.sumName)100% " : ""
    let scaleText = " \(scale.label) "
    let short = String(title.prefix { $0 != ":" })
    // The scale ends where the bars end, or further to the right where the title needs the room.
    for (title, sum) in [(title, sum), (short, sum), (short, "")] where hasScale {
      let width = CellWidth.width(of: scaleText + sum)
      let x = max(end - width, start + CellWidth.width(of: title) + 3)
      guard x + width < limit else { continue }
      Frame.put(title, at: start, until: x, y: y, appearance.theme[.dim], &buffer, appearance)
      let next = buffer.put(
        scaleText, at: Point(x, y), style: appearance.theme[hasSum ? .barBefore : .barAfter])
      buffer.put(sum, at: Point(next, y), style: appearance.theme[.curve])
      return
    }
    Frame.put(short, at: start, until: limit, y: y, appearance.theme[.dim], &buffer, appearance)
  }

  private func isLine(_ cell: Cell, _ appearance: Appearance) -> Bool {
    !LineArms(of: cell.scalar, glyphs: appearance.glyphs).isDisjoint(with: .horizontal)
  }

  private func drawCut(
    _ cutoff: DistributionCutoff, _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance
  ) {
    let glyphs = appearance.glyphs
    let style = appearance.theme[.cutoff]
    buffer.fill(area, with: glyphs.cutLine, style: style)
    let kept = NumberFormat.grouped(cutoff.kept)
    let all = NumberFormat.grouped(vocabularySize)
    let mass = Self.mass(cutoff.mass)
    // Another stage has removed tokens above the cut.
    let others = cutoff.kept < cutoff.rank ? " after all stages" : ""
    let texts = [
      "\(cutoff.filter) cut: kept \(kept) of \(all)\(others) \(glyphs.dot) mass \(mass)",
      "\(cutoff.filter): kept \(kept) of \(all)\(others) \(glyphs.dot) \(mass)",
      "\(cutoff.filter): kept \(kept) \(glyphs.dot) \(mass)",
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
