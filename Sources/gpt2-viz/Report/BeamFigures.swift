import Glibc
import LMCore
import Presentation

/// The tree of a beam search in blocks of a few steps, one below the other as the lines of a text: a column a step, a row
/// for each text that lives at the end of the block, and for each that ended or died in it.
struct BeamTreeFigure {
  let content: BeamReportContent

  private static let column = 90.0
  private static let columns = 8
  private static let letters = 9
  private static let letter = 7.9
  private static let figures = 178.0
  private static let root = 20.0
  private static let row = 22.0
  /// More rows than these would hide the beams of a block among what died.
  private static let mostRows = 40

  static let title = "The tree of the beams"
  var note: String {
    let settings = content.settings
    let among = settings.draws ? "drawn" : "among the best"
    return
      "Numbers on the left: the beam at the end of the block, its \(BeamDescription.sumName(settings)), its score; before the first token: the beam that it continues. ✓ finished; ✕ died, since no continuation was \(among)."
  }

  var drawing: Drawing {
    var drawing = Drawing(width: FigureSize.wide.width)
    var y = 0.0
    for first in stride(from: 0, to: content.trace.steps.count, by: Self.columns) {
      let last = min(first + Self.columns, content.trace.steps.count)
      let before = content.trace.search(atDepth: first)
      let search = content.trace.search(atDepth: last)
      let tree = BeamTree(
        search, Array(content.trace.steps[..<last]), columns: last - first,
        limit: max(Self.mostRows, search.live.count))
      for step in first..<last {
        drawing.text(String(step + 1), x(step - first) + 12, y + 12, "muted small")
      }
      y += 20
      for row in tree.rows {
        if first > 0, let beginning = row.beginning {
          let beam = before.live.firstIndex { $0.ids == beginning }
          drawing.text(beam.map { "\($0 + 1)" } ?? "", Self.figures + 10, y + 15, "muted small", .end)
        }
        draw(row, of: search, y: y, &drawing)
        y += Self.row
      }
      y += 14
    }
    drawing.height = y
    return drawing
  }

  private func x(_ step: Int) -> Double { Self.figures + Self.root + Self.column * Double(step) }

  private func draw(_ row: BeamTree.Row, of search: BeamSearch, y: Double, _ drawing: inout Drawing) {
    let style: String
    let words: String
    switch row.leaf {
    case .live(let place):
      let beam = search.live[place]
      if row.cells.allSatisfy({ $0.id == nil }), let twin = BeamTree.twin(of: place, in: search) {
        drawing.text("the same text as beam \(twin + 1)", x(0) + 12, y + 15, "muted small")
      }
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
      drawing.line(x(step) + 15 + width, y + 11, x(step + 1), y + 11, "muteline")
    }
  }

  /// The line before a token.
  private func connect(_ line: Character, _ x: Double, _ y: Double, _ drawing: inout Drawing) {
    let (middle, end) = (x + 4, x + 10)
    if "┬├└─".contains(line) {
      drawing.line(line == "┬" || line == "─" ? x : middle, y + 11, end, y + 11, "muteline")
    }
    if "├│└".contains(line) { drawing.line(middle, y, middle, y + 11, "muteline") }
    if "├│┬".contains(line) { drawing.line(middle, y + 11, middle, y + Self.row, "muteline") }
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
    if size == .wide {
      for (name, x) in zip(numbers.names, numberPlaces) { heads.append((name, x, .end)) }
    }
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
  /// The numbers behind p take their room from the bars.
  private var barWidth: Double { size == .wide ? 260 - Double(numbers.names.count - 1) * 84 : 110 }
  private var percent: Double { size == .wide ? bar + barWidth + 60 : 344 }
  private var numberPlaces: [Double] {
    numbers.names.indices.map { 640 - 84 * Double(numbers.names.count - 1 - $0) }
  }

  /// What stands behind p.
  private var numbers: (names: [String], of: (BeamCandidate) -> [Double]) {
    let settings = content.settings
    let (isOther, isPerturbed) = (settings.hasSearchSums, settings.choice == .stochastic)
    let names =
      (isOther ? ["counted"] : []) + [BeamDescription.sumName(settings)] + (isPerturbed ? ["perturbed"] : [])
    return (
      names,
      { (isOther ? [$0.token.logProbability] : []) + [$0.sum] + (isPerturbed ? [$0.number] : []) }
    )
  }
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
    let shown = numbers.of(candidate).map(BeamDescription.number)
    if size == .wide {
      for (number, x) in zip(shown, numberPlaces) { drawing.text(number, x, text, style, .end) }
      drawing.text(words, fate, text, isKept ? "ink" : "muted small")
    } else {
      let figures = zip(numbers.names, shown).map { "\($0) \($1)" }.joined(separator: "  ")
      drawing.text("\(figures)  \(words)", fate, text + 17, "muted small")
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
      // The last columns take what is left.
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
