import LMCore
import Presentation

/// A decision as two columns of bars, before and after the sampler chain, with the cut between the rows.
///
/// Both columns have the scale that the screen has, which the head tells. The cumulative probability is drawn over the left
/// column on its own scale, from 0 at the left to 1 at the right.
struct BarsFigure {
  private let content: ReportContent
  private let size: FigureSize
  private let columns: BarsColumns
  private let lines: [Line]
  private let distribution: Distribution

  private static let rowHeight = 25.0
  private static let barHeight = 15.0
  private static let headHeight = 30.0
  private static let longest = 22

  private enum Line {
    case row(TraceRow)
    case cut
    /// Ranks between two rows, and their share before.
    case gap(count: Int, before: Double)
    /// The ranks below the rows, or those of them on one side of the cut: their shares before and after. Below a gap the
    /// share after is not known, since the gap's own is not.
    case rest(count: Int, before: Double, after: Double?)
  }

  init(_ content: ReportContent, size: FigureSize = .wide) {
    (self.content, self.size, columns) = (content, size, BarsColumns(size))
    let vocabularySize = content.trace.start.model.vocabularySize
    lines = Self.lines(content.decision, vocabularySize, isDrawn: content.contrast == nil)
    distribution = Decision(content.decision, vocabularySize: vocabularySize).distribution
  }

  /// The first ranks and some below the cut, recorded rows further down, then the rest.
  private static func lines(_ decision: TraceDecision, _ vocabularySize: Int, isDrawn: Bool) -> [Line] {
    let known = decision.knownRanks
    // A ban of single tokens removes nothing below the last kept one.
    let hasCut =
      isDrawn && decision.bindingFilter != nil && decision.cutRank < vocabularySize
      && decision.head?.problem?.step == nil
    let wanted = decision.cutRank < longest - 4 ? max(decision.cutRank + 4, 12) : longest
    let first = min(wanted, known)
    var lines: [Line] = []
    var (last, sum, sumAfter, hasGap) = (0, 0.0, 0.0, false)
    func cut(before rank: Int) -> [Line] {
      hasCut && last <= decision.cutRank && decision.cutRank < rank ? [.cut] : []
    }
    for row in decision.rows where row.rank <= first || row.rank > known {
      let gap = row.rank - last - 1
      let isCutInGap = gap > 0 && decision.cutRank > last
      if gap > 0, !isCutInGap { lines += cut(before: row.rank) }
      if gap > 0 {
        hasGap = true
        lines.append(.gap(count: gap, before: max(row.cumulative - row.before - sum, 0)))
      }
      if gap == 0 || isCutInGap { lines += cut(before: row.rank) }
      lines.append(.row(row))
      (last, sum, sumAfter) = (row.rank, row.cumulative, sumAfter + row.after)
    }
    let rest = vocabularySize - last
    let lastRow = decision.rows.last { $0.rank == last }
    let before = RestMass.below(sum, last: lastRow?.before ?? 1) { nil }
    let after = hasGap ? nil : RestMass.below(sumAfter, last: lastRow?.after ?? 1) { nil }
    if hasCut, decision.kept == decision.cutRank, last < decision.cutRank {
      // Every rank above the cut is kept, so the mass on both sides of it is known.
      let removed = min(max(1 - decision.keptMass, 0), before)
      lines.append(.rest(count: decision.cutRank - last, before: before - removed, after: after))
      lines.append(.cut)
      lines.append(.rest(count: vocabularySize - decision.cutRank, before: removed, after: 0))
      return lines
    }
    if rest > 0 {
      if decision.cutRank <= last { lines += cut(before: last + 1) }
      let keptRows = decision.rows.count { $0.isKept && ($0.rank <= first || $0.rank > known) }
      lines.append(.rest(count: rest, before: before, after: decision.kept > keptRows ? after : 0))
    }
    if decision.cutRank > last { lines += cut(before: vocabularySize + 1) }
    return lines
  }

  var drawing: Drawing {
    var drawing = Drawing(width: size.width)
    drawHead(&drawing)
    var y = Self.headHeight
    var staircase: [(y: Double, sum: Double)] = []
    // The sum at the last line is 1 by definition; adding up rounded shares would not give exactly 1.
    let lastRest = lines.lastIndex { if case .rest = $0 { true } else { false } }
    for (index, line) in lines.enumerated() {
      switch line {
      case .row(let row):
        draw(row, y, &drawing)
        staircase.append((y, row.cumulative))
      case .cut: drawCut(y, &drawing)
      case .gap(let count, let before):
        drawing.text("⋯", columns.rank, y + 17, "muted small", .end)
        drawing.text(
          count == 1 ? "1 other" : "\(NumberFormat.grouped(count)) others", columns.label, y + 17,
          "muted small")
        drawShare(before, columns.before, columns.percent, "before", y, &drawing)
      case .rest(let count, let before, let after):
        let sum = index == lastRest ? 1 : min((staircase.last?.sum ?? 0) + before, 1)
        drawRest(
          restText(count, isLast: index == lastRest), before, after.map { ($0, index == lastRest) }, sum, y,
          &drawing)
        staircase.append((y, sum))
      }
      y += Self.rowHeight
    }
    drawCurve(staircase, bottom: y, &drawing)
    for note in notes {
      for line in TextFit.wrap(note, columns: size == .wide ? 110 : 54) {
        drawing.text(line, 0, y + 17, "muted small")
        y += 18
      }
    }
    drawing.height = y + 4
    return drawing
  }

  /// What is not known of the decision, as sentences.
  private var notes: [String] {
    (distribution.untoldText.map { ["Not known: \($0)."] } ?? [])
      + (distribution.chainProblem.map { ["The sampler chain did not run. \($0)"] } ?? [])
  }

  private var isRefused: Bool { distribution.chainProblem != nil }

  /// No chain shapes a draw: contrastive search took the token.
  private var isContrastive: Bool { content.contrast != nil }

  /// Nothing is known of what the chain leaves, or nothing is drawn from it.
  private var hasNoAfter: Bool { isRefused || isContrastive }

  /// The chain left the token to draw from, or contrastive search tried it.
  private func isKept(_ row: TraceRow) -> Bool {
    content.contrast.map { $0.tokens.contains { $0.id == row.token.id } } ?? row.isKept
  }

  /// "50,237 not told" where a server told none of them, else "50,240 more".
  private func restText(_ count: Int, isLast: Bool) -> String {
    let all = NumberFormat.grouped(count)
    let told = content.decision.head?.knownRanks
    let untold = told.map { content.trace.start.model.vocabularySize - $0 } ?? 0
    return isLast && untold >= count ? "\(all) not told" : "\(all) more"
  }

  private var scale: BarScale { BarScale(covering: content.decision.rows.first?.before ?? 1) }

  /// Draws a bar; one that does not fit its scale is full, and tells how many times the scale it is.
  private func drawBar(_ share: Double, _ x: Double, _ y: Double, _ style: String, _ drawing: inout Drawing) {
    let length = scale.length(of: share)
    drawing.rect(x, y, columns.barWidth * (length ?? 1), Self.barHeight, style, radius: 3)
    guard length == nil else { return }
    drawing.text(
      "\(scale.multiple(of: share))×▸", x + columns.barWidth - 4, y + 12, "card small strong", .end)
  }

  private func drawHead(_ drawing: inout Drawing) {
    let decision = content.decision
    let kept = distribution.keptText
    let isWhole = decision.kept == content.trace.start.model.vocabularySize
    let isWide = size == .wide
    // A full bar is so much; in a wide figure that stands at the end of the bars.
    let full = isWide ? "" : ", \(scale.label)"
    drawing.text((isWide ? "before: softmax(logits)" : "before") + full, columns.before, 12, "muted small")
    drawing.text("p", columns.percent, 12, "muted small", .end)
    if let sum = columns.sum { drawing.text("Σ to 100%", sum, 12, "curvetext small", .end) }
    let after =
      isContrastive
      ? "nothing is drawn"
      : isRefused
        ? "after: not known"
        : isWide
          ? isWhole ? "after: nothing removed" : "after: renormalised over \(kept) kept" : "after" + full
    drawing.text(after, columns.after, 12, "muted small")
    if isWide {
      drawing.text(scale.label, columns.before + columns.barWidth, 12, "muted small", .end)
      drawing.text(scale.label, columns.after + columns.barWidth + 26, 12, "muted small", .end)
    }
    drawing.line(0, 22, size.width, 22, "hair")
  }

  private func draw(_ row: TraceRow, _ y: Double, _ drawing: inout Drawing) {
    let (text, bar) = (y + 17, y + (Self.rowHeight - Self.barHeight) / 2)
    let isChosen = row.token.id == content.chosen?.token.id
    if isChosen { drawing.rect(0, y, size.width, Self.rowHeight, "track", radius: 5) }
    let style = isChosen ? "ink strong" : isKept(row) ? "ink" : "muted"
    drawing.text(NumberFormat.grouped(row.rank), columns.rank, text, "muted small", .end)
    let label = TextFit.fit(content.label(row.token), columns: columns.labelColumns, glyphs: .blocks)
    drawing.text(label, columns.label, text, "mono \(style)")
    drawBar(row.before, columns.before, bar, isKept(row) ? "before" : "removed", &drawing)
    drawing.text(NumberFormat.percent(row.before), columns.percent, text, style, .end)
    if let sum = columns.sum {
      drawing.text(NumberFormat.percent(row.cumulative), sum, text, "muted small", .end)
    }
    if hasNoAfter {
      // No bar.
    } else if row.isKept {
      drawBar(row.after, columns.after, bar, "after", &drawing)
      let after = RangeText.leastPercent(row.after...max(row.after, row.mostAfter ?? 0), glyphs: .blocks)
      drawing.text(after, columns.afterPercent, text, style, .end)
    } else {
      let filter = row.removedBy.map { $0 == .temperature ? "" : " \($0.title)" } ?? ""
      drawing.text("✕\(filter)", columns.after, text, "muted small")
    }
    if let mark = mark(of: row.token.id) {
      drawing.text(size == .wide ? mark : String(mark.prefix(1)), columns.mark, text, "ink small strong")
    }
  }

  private func mark(of id: Int) -> String? {
    let isDrawn = id == content.decision.drawnID && !isContrastive
    guard let chosen = content.chosen, chosen.token.id == id else {
      return isDrawn ? "◁ draw" : nil
    }
    return isContrastive
      ? "◀ taken" : chosen.isForced ? "◀ forced" : content.decision.settings.isGreedy ? "◀ taken" : "◀ drawn"
  }

  private func drawCut(_ y: Double, _ drawing: inout Drawing) {
    let decision = content.decision
    let filter = decision.bindingFilter.map { ChainDescription.name(of: $0, in: decision.settings) } ?? ""
    let all = NumberFormat.grouped(content.trace.start.model.vocabularySize)
    let mass = NumberFormat.percent(decision.keptMass)
    let kept = NumberFormat.grouped(decision.kept)
    let text =
      size == .wide
      ? "\(filter) cut: kept \(kept) of \(all) · \(mass) of the probability"
      : "\(filter): kept \(kept) · \(mass)"
    let middle = y + Self.rowHeight / 2
    // Wide enough for the text in any font.
    let half = Double(text.count) * 3.9 + 14
    drawing.line(0, middle, size.width / 2 - half, middle, "cutline")
    drawing.line(size.width / 2 + half, middle, size.width, middle, "cutline")
    drawing.text(text, size.width / 2, middle + 4.5, "cut small strong", .middle)
  }

  private func drawRest(
    _ label: String, _ before: Double, _ after: (share: Double, isLast: Bool)?, _ sum: Double, _ y: Double,
    _ drawing: inout Drawing
  ) {
    let text = y + 17
    if size == .wide { drawing.text("…", columns.rank, text, "muted small", .end) }
    // In a narrow figure a large number also needs the space of the rank column.
    drawing.text(label, size == .wide ? columns.label : 6, text, "muted")
    let isKept = isContrastive ? false : isRefused || after?.share != 0
    drawShare(before, columns.before, columns.percent, isKept ? "before" : "removed", y, &drawing)
    if let place = columns.sum { drawing.text(NumberFormat.percent(sum), place, text, "muted small", .end) }
    if hasNoAfter { return }
    guard isKept else { return drawing.text("✕", columns.after, text, "muted small") }
    guard let after else { return drawing.text("not recorded", columns.after, text, "muted small") }
    // The rows have the least that they can have, so the rest has the most.
    let isOpen = after.isLast && content.decision.head?.kept != nil && distribution.leavesSharesOpen
    drawShare(
      after.share, columns.after, columns.afterPercent, "after", y, &drawing,
      isOpen ? RangeText.mostPercent(0...after.share, glyphs: .blocks) : nil)
  }

  /// The bar and the number of several ranks.
  private func drawShare(
    _ share: Double, _ x: Double, _ number: Double, _ style: String, _ y: Double, _ drawing: inout Drawing,
    _ text: String? = nil
  ) {
    drawBar(share, x, y + (Self.rowHeight - Self.barHeight) / 2, style, &drawing)
    drawing.text(text ?? NumberFormat.percent(share), number, y + 17, "muted", .end)
  }

  /// The cumulative probability as a staircase, and the threshold p where top-p is the only active filter.
  private func drawCurve(
    _ steps: [(y: Double, sum: Double)], bottom: Double, _ drawing: inout Drawing
  ) {
    func x(_ sum: Double) -> Double { columns.before + columns.barWidth * sum }
    var path = "M\(decimal(x(0))) \(decimal(Self.headHeight))"
    for step in steps {
      path += "V\(decimal(step.y + Self.rowHeight / 2))H\(decimal(x(step.sum)))"
    }
    drawing.path(path, "curve")
    guard let threshold = content.decision.settings.topPAlone else { return }
    drawing.line(x(threshold), Self.headHeight, x(threshold), bottom, "threshold")
  }
}
