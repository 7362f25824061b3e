import LMCore
import Presentation

/// The text in lines of a fixed pitch, each token on the colour of its rank, or of another measure in five bands, with the legend below.
struct TextFigure {
  let text: ReportText
  var labels = RankBands.labels

  private static let cell = 9.6
  private static let pitch = 32.0
  private static let legendPitch = 24.0
  private static let columns = Int(FigureSize.wide.width / cell)

  var drawing: Drawing {
    var drawing = Drawing(width: FigureSize.wide.width)
    var (row, column) = (0, 0)
    for (index, unit) in text.units.enumerated() {
      var shown = unit.text
      let isOver = column + CellWidth.width(of: shown) > Self.columns
      if column > 0, isOver || breaks(unit) && column + wordWidth(from: index) > Self.columns {
        (row, column) = (row + 1, 0)
        // The line break replaces the blank.
        if shown.first == " ", shown.count > 1 { shown.removeFirst() }
      }
      for piece in pieces(of: shown, room: Self.columns - column) {
        if piece.startsLine { (row, column) = (row + 1, 0) }
        draw(unit, piece.text, row, column, &drawing)
        column += CellWidth.width(of: piece.text)
      }
      if unit.endsLine { (row, column) = (row + 1, 0) }
    }
    let bottom = Self.pitch * Double(row + 1) + 14
    drawLegend(bottom, &drawing)
    drawing.height = bottom + 20 + (text.counts.count > labels.count ? Self.legendPitch : 0)
    return drawing
  }

  /// A line may end before a blank.
  private func breaks(_ unit: ReportText.Unit) -> Bool { unit.text.first == " " }

  /// The columns up to the next place where a line may end.
  private func wordWidth(from index: Int) -> Int {
    var width = CellWidth.width(of: text.units[index].text)
    for unit in text.units[(index + 1)...].prefix(20) {
      if breaks(unit) || text.units[index].endsLine { break }
      width += CellWidth.width(of: unit.text)
      if unit.endsLine { break }
    }
    return width
  }

  /// A text that is longer than a line, in pieces; the prompt is one such.
  private func pieces(of text: String, room: Int) -> [(text: String, startsLine: Bool)] {
    var pieces: [(text: String, startsLine: Bool)] = []
    var (rest, room, startsLine) = (text[...], room, false)
    while CellWidth.width(of: rest) > room {
      var used = 0
      var end = rest.startIndex
      var blank: String.Index?
      while end < rest.endIndex {
        let width = CellWidth.width(of: String(rest[end]))
        if used + width > room { break }
        if rest[end] == " " { blank = end }
        used += width
        end = rest.index(after: end)
      }
      if let blank, blank > rest.startIndex { end = blank }
      if end == rest.startIndex, room == Self.columns { end = rest.index(after: end) }
      if end > rest.startIndex { pieces.append((String(rest[..<end]), startsLine)) }
      (rest, room, startsLine) = (rest[end...], Self.columns, true)
    }
    if !rest.isEmpty { pieces.append((String(rest), startsLine)) }
    return pieces
  }

  private func draw(
    _ unit: ReportText.Unit, _ text: String, _ row: Int, _ column: Int, _ drawing: inout Drawing
  ) {
    let (x, y) = (Self.cell * Double(column), Self.pitch * Double(row))
    let width = Self.cell * Double(CellWidth.width(of: text))
    if let step = unit.rankStep {
      drawing.rect(x, y + 2, width, 23, "r\(step)", radius: 3, title: unit.hint)
      drawing.rect(x + 1, y + 25, width - 2, 2, "u\(step)")
      if unit.isChosen { drawing.rect(x - 2, y, width + 4, 29, "ring", radius: 4) }
    }
    guard text.contains(where: { $0 != " " }) else { return }
    drawing.text(text, x, y + 19, unit.rankStep == nil ? "story muted" : "story ink", length: width)
  }

  private func drawLegend(_ y: Double, _ drawing: inout Drawing) {
    let total = max(text.counts.reduce(0, +), 1)
    for (step, label) in text.labels(labels).enumerated() {
      let x = 184 * Double(step % labels.count)
      let y = y + Self.legendPitch * Double(step / labels.count)
      drawing.rect(x, y, 26, 13, "r\(step)", radius: 3)
      drawing.rect(x, y + 13, 26, 2, "u\(step)")
      let share = NumberFormat.percent(Double(text.counts[step]) / Double(total))
      drawing.text(
        "\(label): \(NumberFormat.grouped(text.counts[step])) · \(share)", x + 34, y + 12, "muted small")
    }
  }
}
