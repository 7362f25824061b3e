import LMCore
import Presentation

/// A token's interval on the cumulative line of the kept tokens.
struct DrawInterval: Hashable {
  /// See `PrintableToken.label`.
  var label: String
  /// In 0...1.
  var lower: Double
  var upper: Double
  var isChosen: Bool

  init(label: String, lower: Double, upper: Double, isChosen: Bool = false) {
    self.label = label
    self.lower = lower
    self.upper = upper
    self.isChosen = isChosen
  }
}

/// The draw: u on the line from 0 to 1 that the kept tokens divide by their probabilities.
///
/// With one row the arrow is on the line; with two it is below, with the token's name.
struct DrawStrip: Widget {
  /// The intervals from 0 on, in the order of ranks; narrow ones at the end may be left out.
  var intervals: [DrawInterval]
  /// Where the part of the tokens begins that a server did not tell, up to 1; nil where it told all.
  var untoldFrom: Double?
  /// The random number; nil where nothing was drawn.
  var u: Double?
  /// The reason why nothing was drawn: "greedy: the most probable token, no draw".
  var note: String
  /// The note tells a problem.
  var isWarning: Bool

  init(intervals: [DrawInterval], u: Double?, note: String = "", isWarning: Bool = false) {
    self.intervals = intervals
    self.isWarning = isWarning
    self.u = u
    self.note = note
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let theme = appearance.theme
    guard let u else {
      let wrapped = TextFit.wrap(note, columns: area.width - 2)
      let lines =
        wrapped.prefix(area.height - 1) + [wrapped.dropFirst(area.height - 1).joined(separator: " ")]
      for (row, line) in lines.enumerated() {
        let text = TextFit.fit(line, columns: area.width - 1, glyphs: appearance.glyphs)
        buffer.put(
          text, at: Point(area.x + 1, area.y + row), style: theme[isWarning ? .warn : .dim], in: area)
      }
      return
    }
    var strip = area.row(0).inset(horizontally: area.width >= 24 ? 1 : 0)
    let value = NumberFormat.fixed(u, decimals: 4)
    let label = strip.takeLeft(strip.width >= 50 ? 14 : strip.width >= 24 ? 7 : 0)
    let text = label.width >= 14 ? "u = \(value)" : value
    buffer.put(text, at: label.origin, style: theme[.chosenRow], in: label)
    if strip.width > 12 {
      buffer.put("0", at: strip.takeLeft(2).origin, style: theme[.dim])
      buffer.put("1", at: Point(strip.takeRight(2).x + 1, strip.y), style: theme[.dim])
    }
    guard strip.width > 0 else { return }
    drawLine(&buffer, strip, arrow: area.height == 1 ? strip.x + column(u, strip.width) : nil, appearance)
    let x = strip.x + column(u, strip.width)
    let arrow = Cell(appearance.glyphs.pointerUp, style: theme[.cursor])
    if area.height == 1 {
      buffer.set(arrow, at: Point(x, area.y), clip: area)
    } else {
      buffer.set(arrow, at: Point(x, area.y + 1), clip: area)
      drawName(at: x, &buffer, area.row(1), strip, appearance)
    }
  }

  private func column(_ value: Double, _ width: Int) -> Int {
    min(Int(max(value, 0) * Double(width)), width - 1)
  }

  /// - Parameter arrow: the column of the arrow, where it will lie on the line.
  private func drawLine(
    _ buffer: inout ScreenBuffer, _ strip: Rect, arrow: Int?, _ appearance: Appearance
  ) {
    let glyphs = appearance.glyphs
    let theme = appearance.theme
    // Intervals narrower than a column are one dotted line.
    buffer.fill(strip, with: glyphs.cutLine, style: theme[.dim])
    if let untoldFrom { drawUntold(from: untoldFrom, &buffer, strip, arrow: arrow, appearance) }
    for interval in intervals {
      let start = column(interval.lower, strip.width)
      let end = interval.upper >= 1 - 1e-12 ? strip.width : column(interval.upper, strip.width)
      guard end > start || interval.isChosen else { continue }
      let style = theme[interval.isChosen ? .chosenRow : .frame]
      let line = interval.isChosen ? glyphs.heavyLine : glyphs.curveHorizontal
      let place = Rect(x: strip.x + start, y: strip.y, width: max(end - start, 1), height: 1)
      buffer.fill(place.intersection(strip), with: line, style: style)
      if place.width > 1 { buffer.set(Cell(glyphs.intervalStart, style: theme[.frame]), at: place.origin) }
      let room = place.width - 3
      guard room >= min(CellWidth.width(of: interval.label), 3), room > 0 else { continue }
      let text = TextFit.fit(interval.label, columns: room, glyphs: glyphs)
      let indent = 1 + (place.width - 1 - CellWidth.width(of: text)) / 2
      buffer.put(
        text, at: Point(place.x + indent, place.y), style: theme[interval.isChosen ? .chosenRow : .text],
        in: strip)
    }
    buffer.set(Cell(glyphs.intervalStart, style: theme[.frame]), at: strip.origin)
    buffer.set(Cell(glyphs.intervalEnd, style: theme[.frame]), at: Point(strip.maxX - 1, strip.y))
  }

  private func drawUntold(
    from start: Double, _ buffer: inout ScreenBuffer, _ strip: Rect, arrow: Int?, _ appearance: Appearance
  ) {
    var place = strip
    _ = place.takeLeft(column(start, strip.width))
    buffer.fill(place, with: appearance.glyphs.untold, style: appearance.theme[.dim])
    let text = " not told "
    guard place.width >= text.count + 4 else { return }
    var x = place.x + (place.width - text.count) / 2
    // The arrow would lie on the words: they stand at its other side.
    if let arrow, (x..<x + text.count).contains(arrow) {
      x = arrow - place.x > place.width / 2 ? arrow - text.count : arrow + 1
      guard x > place.x, x + text.count < place.maxX else { return }
    }
    buffer.put(text, at: Point(x, place.y), style: appearance.theme[.dim], in: place)
  }

  private func drawName(
    at x: Int, _ buffer: inout ScreenBuffer, _ row: Rect, _ strip: Rect, _ appearance: Appearance
  ) {
    guard let chosen = intervals.first(where: \.isChosen) else { return }
    let name = "\(chosen.label)  \(NumberFormat.percent(chosen.upper - chosen.lower))"
    let width = CellWidth.width(of: name)
    // To the right of the arrow, or to the left where there is no room.
    let start = x + 2 + width <= row.maxX ? x + 2 : x - 1 - width
    guard start >= row.x else { return }
    buffer.put(name, at: Point(start, row.y), style: appearance.theme[.chosenRow], in: row)
  }
}
