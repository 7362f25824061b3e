import Glibc
import LMCore
import Presentation

/// The tree of a beam search: a column a step, a row for each text that lives, ended or died.
struct BeamTreeFigure {
  let content: BeamReportContent
  /// How many of the last steps are shown.
  let steps: Int

  private static let column = 92.0
  private static let letters = 9
  private static let letter = 7.9
  private static let figures = 176.0
  private static let row = 22.0
  /// More rows than these would hide the beams among what died.
  private static let mostRows = 60

  /// As many of the last steps as a figure of this width has room for.
  init(_ content: BeamReportContent, within width: Double? = nil) {
    self.content = content
    let all = content.trace.steps.count
    steps = width.map { min(all, max(Int(($0 - Self.figures) / Self.column), 1)) } ?? all
  }

  var title: String {
    let all = content.trace.steps.count
    return "The tree: " + (steps == all ? "all \(counted(all, "step"))" : "the last \(steps) of \(all) steps")
  }

  static let note =
    "Numbers: beam, sum of ln p, score. ✓ finished; ✕ died: no continuation was among the best. What died last is shown, in at most \(mostRows) rows."

  var drawing: Drawing {
    let search = content.search
    let tree = BeamTree(search, content.trace.steps, columns: steps, limit: Self.mostRows)
    var drawing = Drawing(width: Self.figures + Self.column * Double(steps))
    let first = content.trace.steps.count - steps
    for step in 0..<steps {
      drawing.text(String(first + step + 1), x(step) + 12, 12, "muted small")
    }
    for (index, row) in tree.rows.enumerated() {
      draw(row, y: 20 + Self.row * Double(index), &drawing)
    }
    drawing.height = 24 + Self.row * Double(tree.rows.count)
    return drawing
  }

  private func x(_ step: Int) -> Double { Self.figures + Self.column * Double(step) }

  private func draw(_ row: BeamTree.Row, y: Double, _ drawing: inout Drawing) {
    let style: String
    let words: String
    switch row.leaf {
    case .live(let place):
      let beam = content.search.live[place]
      let score = content.settings.score(sum: beam.sum, count: max(beam.ids.count, 1))
      let group = content.hasGroups ? "g\(beam.group + 1)  " : ""
      (style, words) = (
        "ink", "\(place + 1)  \(group)\(BeamDescription.number(beam.sum))  \(BeamDescription.number(score))"
      )
    case .finished: (style, words) = ("beforefill", "✓ finished")
    case .dead: (style, words) = ("muted", "✕ died")
    }
    drawing.text(words, 0, y + 15, "small \(style)")
    for (step, cell) in row.cells.enumerated() {
      connect(cell.line, x(step), y, &drawing)
      guard let id = cell.id else { continue }
      let text = TextFit.fit(content.label([id]), columns: Self.letters, glyphs: .blocks)
      let width = Self.letter * Double(CellWidth.width(of: text))
      drawing.text(text, x(step) + 12, y + 15, "mono \(style)", length: width)
      guard step + 1 < row.cells.count, row.cells[step + 1].id != nil else { continue }
      drawing.line(x(step) + 15 + width, y + 11, x(step + 1), y + 11, "hair")
    }
  }

  /// The line before a token.
  private func connect(_ line: Character, _ x: Double, _ y: Double, _ drawing: inout Drawing) {
    let (middle, end) = (x + 4, x + 10)
    if "┬├└─".contains(line) {
      drawing.line(line == "┬" || line == "─" ? x : middle, y + 11, end, y + 11, "hair")
    }
    if "├│└".contains(line) { drawing.line(middle, y, middle, y + 11, "hair") }
    if "├│┬".contains(line) { drawing.line(middle, y + 11, middle, y + Self.row, "hair") }
  }
}

/// The continuations of one step: each with its beam, its probability, the sum, and what becomes of it.
struct BeamStepFigure {
  let content: BeamReportContent
  var size = FigureSize.wide

  private static let barHeight = 13.0

  var drawing: Drawing {
    let step = content.shownStep
    let largest = step.candidates.map { exp($0.token.ownLogProbability) }.max() ?? 1
    var drawing = Drawing(width: size.width)
    var heads = [("rank", rank, Drawing.Anchor.end), ("beam", beam, .end), ("p", percent, .end)]
    if size == .wide { heads.append(("sum of ln p", sum, .end)) }
    for (text, x, anchor) in heads { drawing.text(text, x, 12, "muted small", anchor) }
    var y = 18.0
    for candidate in step.candidates {
      draw(candidate, largest, y, &drawing)
      y += height
    }
    drawing.height = y
    return drawing
  }

  private var rank: Double { 34 }
  private var beam: Double { size == .wide ? 84 : 70 }
  private var label: Double { size == .wide ? 104 : 84 }
  private var bar: Double { size == .wide ? 236 : 176 }
  private var barWidth: Double { size == .wide ? 260 : 110 }
  private var percent: Double { size == .wide ? 556 : 344 }
  private var sum: Double { 640 }
  private var fate: Double { size == .wide ? 662 : 84 }
  /// The narrow figure has the sum and the fate below.
  private var height: Double { size == .wide ? 25 : 42 }

  private func draw(
    _ candidate: BeamCandidate, _ largest: Double, _ y: Double, _ drawing: inout Drawing
  ) {
    let (step, settings) = (content.shownStep, content.settings)
    let p = exp(candidate.token.ownLogProbability)
    let isKept: Bool
    switch candidate.fate {
    case .lives, .finished: isKept = true
    case .finishedBelowOthers, .endedTooLow, .cut, .groupEnded: isKept = false
    }
    let (style, text) = (isKept ? "ink" : "muted", y + 17)
    let group = content.hasGroups ? "g\(step.parents[candidate.parent].group + 1) " : ""
    drawing.text(String(candidate.rank), rank, text, "muted small", .end)
    drawing.text("\(group)\(candidate.parent + 1)", beam, text, style, .end)
    let columns = size == .wide ? 15 : 10
    drawing.text(
      TextFit.fit(content.label([candidate.id]), columns: columns, glyphs: .blocks), label, text,
      "mono \(style)")
    drawing.rect(bar, y + 6, barWidth, Self.barHeight, "track", radius: 3)
    let share = largest > 0 ? p / largest : 0
    drawing.rect(
      bar, y + 6, max(barWidth * share, 1), Self.barHeight, isKept ? "before" : "removed", radius: 3)
    drawing.text(NumberFormat.percent(p), percent, text, style, .end)
    var words = BeamDescription.fate(of: candidate, width: settings.groupWidth, glyphs: .blocks)
    let first = step.candidates.first { $0.parent == candidate.parent }
    if candidate.fate == .cut, first == candidate, step.survivors(of: candidate.parent) == 0 {
      words += ": beam \(candidate.parent + 1) dies"
    }
    let number = BeamDescription.number(candidate.sum)
    if size == .wide {
      drawing.text(number, sum, text, style, .end)
      drawing.text(words, fate, text, isKept ? "ink" : "muted small")
    } else {
      drawing.text("sum \(number)  \(words)", fate, text + 17, "muted small")
    }
  }
}

/// A table as lines of one pitch, for a picture.
struct TableFigure {
  let head: [String]
  let rows: [[String]]

  private static let letter = 7.9
  private static let row = 20.0

  var drawing: Drawing {
    var drawing = Drawing(width: FigureSize.wide.width)
    let all = [head] + rows
    let widths = head.indices.map { column in all.map { CellWidth.width(of: $0[column]) }.max() ?? 0 }
    var room = Int(FigureSize.wide.width / Self.letter)
    var x = 0.0
    for (column, width) in widths.enumerated() {
      // The last column takes what is left.
      let columns = min(width, max(room, 0))
      for (index, row) in all.enumerated() where columns > 0 {
        let text = TextFit.fit(row[column], columns: columns, glyphs: .blocks)
        guard !text.isEmpty else { continue }
        drawing.text(
          text, x, 12 + Self.row * Double(index), index == 0 ? "mono muted" : "mono ink",
          length: Self.letter * Double(CellWidth.width(of: text)))
      }
      x += Self.letter * Double(width + 2)
      room -= width + 2
    }
    drawing.height = Self.row * Double(all.count)
    return drawing
  }
}
