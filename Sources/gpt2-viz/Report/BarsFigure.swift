import LMCore
import Visualizer

/// A decision as two columns of bars, before and after the sampler chain, with the cut between the rows.
///
/// Both columns have one scale. Across the bars before runs the running sum, from 0 at the left to 1 at the right.
struct BarsFigure {
  private let content: ReportContent
  private let lines: [Line]

  static let width = 920.0
  private static let rowHeight = 25.0
  private static let barHeight = 15.0
  private static let headHeight = 30.0
  private static let longest = 22

  // Where the columns begin.
  private static let label = 50.0
  private static let before = (x: 190.0, width: 250.0)
  private static let percent = 500.0
  private static let sum = 566.0
  private static let after = (x: 592.0, width: 190.0)
  private static let afterPercent = 842.0
  private static let mark = 852.0

  private enum Line {
    case row(TraceRow)
    case cut
    case gap(count: Int)
    case rest(count: Int, sum: Double, sumAfter: Double)
  }

  init(_ content: ReportContent) {
    self.content = content
    lines = Self.lines(content.decision, content.trace.start.model.vocabularySize)
  }

  /// The first ranks down to some below the cut; what else matters further down; the rest.
  private static func lines(_ decision: TraceDecision, _ vocabularySize: Int) -> [Line] {
    let known = decision.knownRanks
    let wanted = decision.cutRank < longest - 4 ? max(decision.cutRank + 4, 12) : longest
    let first = min(wanted, known)
    var lines: [Line] = []
    var (last, sumAfter) = (0, 0.0)
    func cut(before rank: Int) -> [Line] {
      decision.bindingFilter != nil && last <= decision.cutRank && decision.cutRank < rank ? [.cut] : []
    }
    for row in decision.rows where row.rank <= first || row.rank > known {
      let gap = row.rank - last - 1
      let isCutInGap = gap > 0 && decision.cutRank > last
      if gap > 0, !isCutInGap { lines += cut(before: row.rank) }
      if gap > 0 { lines.append(.gap(count: gap)) }
      if gap == 0 || isCutInGap { lines += cut(before: row.rank) }
      lines.append(.row(row))
      (last, sumAfter) = (row.rank, sumAfter + row.after)
    }
    let rest = vocabularySize - last
    let sum = decision.rows.last { $0.rank == last }?.cumulative ?? 0
    if rest > 0 {
      if decision.cutRank <= last { lines += cut(before: last + 1) }
      lines.append(.rest(count: rest, sum: sum, sumAfter: sumAfter))
    }
    if decision.cutRank > last { lines += cut(before: vocabularySize + 1) }
    return lines
  }

  var drawing: Drawing {
    var drawing = Drawing(width: Self.width)
    drawHead(&drawing)
    var y = Self.headHeight
    var staircase: [(y: Double, sum: Double)] = []
    for line in lines {
      switch line {
      case .row(let row):
        draw(row, y, &drawing)
        staircase.append((y, row.cumulative))
      case .cut: drawCut(y, &drawing)
      case .gap(let count):
        drawing.text("⋯", 34, y + 17, "muted small", .end)
        drawing.text(
          count == 1 ? "1 other" : "\(NumberFormat.grouped(count)) others", Self.label, y + 17, "muted small")
      case .rest(let count, let sum, let sumAfter):
        drawRest(count, sum, sumAfter, y, &drawing)
        staircase.append((y, 1))
      }
      y += Self.rowHeight
    }
    drawCurve(staircase, bottom: y, &drawing)
    drawing.height = y + 4
    return drawing
  }

  private var scale: Double {
    content.decision.rows.reduce(0) { max($0, $1.before, $1.after) }
  }

  private func drawHead(_ drawing: inout Drawing) {
    let decision = content.decision
    let kept = NumberFormat.grouped(decision.kept)
    let isWhole = decision.kept == content.trace.start.model.vocabularySize
    drawing.text("before: softmax(logits)", Self.before.x, 12, "muted small")
    drawing.text("p", Self.percent, 12, "muted small", .end)
    drawing.text("Σ", Self.sum, 12, "curvetext small", .end)
    drawing.text(
      isWhole ? "after: nothing removed" : "after: renormalised over \(kept) kept", Self.after.x, 12,
      "muted small")
    drawing.line(0, 22, Self.width, 22, "hair")
  }

  private func draw(_ row: TraceRow, _ y: Double, _ drawing: inout Drawing) {
    let (text, bar) = (y + 17, y + (Self.rowHeight - Self.barHeight) / 2)
    let isChosen = row.token.id == content.chosen?.token.id
    if isChosen { drawing.rect(0, y, Self.width, Self.rowHeight, "track", radius: 5) }
    let style = isChosen ? "ink strong" : row.isKept ? "ink" : "muted"
    drawing.text(NumberFormat.grouped(row.rank), 34, text, "muted small", .end)
    let label = TextFit.fit(content.label(row.token), columns: 16, glyphs: .blocks)
    drawing.text(label, Self.label, text, "mono \(style)")
    drawing.rect(
      Self.before.x, bar, Self.before.width * row.before / scale, Self.barHeight,
      row.isKept ? "before" : "removed", radius: 3)
    drawing.text(NumberFormat.percent(row.before), Self.percent, text, style, .end)
    drawing.text(NumberFormat.percent(row.cumulative), Self.sum, text, "muted small", .end)
    if row.isKept {
      drawing.rect(
        Self.after.x, bar, Self.after.width * row.after / scale, Self.barHeight, "after", radius: 3)
      drawing.text(NumberFormat.percent(row.after), Self.afterPercent, text, style, .end)
    } else {
      let filter = row.removedBy.map { $0 == .temperature ? "" : " \($0.title)" } ?? ""
      drawing.text("✕\(filter)", Self.after.x, text, "muted small")
    }
    if let mark = mark(of: row.token.id) { drawing.text(mark, Self.mark, text, "ink small strong") }
  }

  private func mark(of id: Int) -> String? {
    let isDrawn = id == content.decision.drawnID
    guard let chosen = content.chosen, chosen.token.id == id else {
      return isDrawn ? "◁ draw" : nil
    }
    return chosen.isForced ? "◀ forced" : content.decision.settings.isGreedy ? "◀ taken" : "◀ drawn"
  }

  private func drawCut(_ y: Double, _ drawing: inout Drawing) {
    let decision = content.decision
    let filter = decision.bindingFilter.map { ChainDescription.name(of: $0, in: decision.settings) } ?? ""
    let all = NumberFormat.grouped(content.trace.start.model.vocabularySize)
    let mass = NumberFormat.percent(decision.keptMass)
    let text =
      "\(filter) cut: kept \(NumberFormat.grouped(decision.kept)) of \(all) · \(mass) of the probability"
    let middle = y + Self.rowHeight / 2
    // Wide enough for the text in any font.
    let half = Double(text.count) * 3.9 + 14
    drawing.line(0, middle, Self.width / 2 - half, middle, "cutline")
    drawing.line(Self.width / 2 + half, middle, Self.width, middle, "cutline")
    drawing.text(text, Self.width / 2, middle + 4.5, "cut small strong", .middle)
  }

  private func drawRest(
    _ count: Int, _ sum: Double, _ sumAfter: Double, _ y: Double, _ drawing: inout Drawing
  ) {
    let (text, bar) = (y + 17, y + (Self.rowHeight - Self.barHeight) / 2)
    drawing.text("…", 34, text, "muted small", .end)
    drawing.text("\(NumberFormat.grouped(count)) more", Self.label, text, "muted")
    let share = max(1 - sum, 0)
    drawing.rect(
      Self.before.x, bar, Self.before.width * min(share / scale, 1), Self.barHeight, "removed", radius: 3)
    drawing.text(NumberFormat.percent(share), Self.percent, text, "muted", .end)
    drawing.text("100%", Self.sum, text, "muted small", .end)
    // What the rows do not show of the kept ones lies here.
    let shown = lines.reduce(0) { if case .row(let row) = $1, row.isKept { $0 + 1 } else { $0 } }
    guard content.decision.kept > shown else {
      return drawing.text("✕", Self.after.x, text, "muted small")
    }
    let left = max(1 - sumAfter, 0)
    drawing.rect(
      Self.after.x, bar, Self.after.width * min(left / scale, 1), Self.barHeight, "removed", radius: 3)
    drawing.text(NumberFormat.percent(left), Self.afterPercent, text, "muted", .end)
  }

  /// The running sum as a staircase, and the p that it has to reach where a nucleus alone was cut.
  private func drawCurve(
    _ steps: [(y: Double, sum: Double)], bottom: Double, _ drawing: inout Drawing
  ) {
    func x(_ sum: Double) -> Double { Self.before.x + Self.before.width * sum }
    var path = "M\(number(x(0))) \(number(Self.headHeight))"
    for step in steps {
      path += "V\(number(step.y + Self.rowHeight / 2))H\(number(x(step.sum)))"
    }
    drawing.path(path, "curve")
    var plain = SamplingSettings()
    plain.topP = content.decision.settings.topP
    plain.order = content.decision.settings.order
    guard plain == content.decision.settings, plain.topP < 1 else { return }
    drawing.line(x(plain.topP), Self.headHeight, x(plain.topP), bottom, "threshold")
  }
}
