import LMCore
import Presentation

/// A message at the bottom of an area: one row, or more where it does not fit.
struct MessageBar: Widget {
  enum Kind: Hashable { case info, warning }

  var kind: Kind
  var text: String

  init(kind: Kind = .info, text: String) {
    self.kind = kind
    self.text = text
  }

  private static let largestHeight = 3

  private var mark: String { kind == .warning ? "! " : "" }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let style = appearance.theme[kind == .warning ? .warn : .text]
    let columns = area.width - 1 - mark.count
    let line = PrintableToken.line(text, glyphs: appearance.glyphs)
    let wrapped = TextFit.wrap(line, columns: columns)
    let count = min(wrapped.count, Self.largestHeight, area.height)
    guard count > 0 else { return }
    // Of a message that is longer still, the end is left out.
    let shown = wrapped.prefix(count - 1) + [wrapped.dropFirst(count - 1).joined(separator: " ")]
    var rest = area
    let place = rest.takeBottom(count)
    if count > 1 { buffer.fill(place, style: appearance.theme[.overlay]) }
    buffer.put(mark, at: Point(place.x + 1, place.y), style: style, in: place)
    for (row, text) in shown.enumerated() {
      buffer.put(
        TextFit.fit(text, columns: columns, glyphs: appearance.glyphs),
        at: Point(place.x + 1 + mark.count, place.y + row), style: style, in: place)
    }
  }
}

/// One row with the progress of a slow operation.
struct ProgressLine: Widget {
  var label: String
  /// The share that is done, in 0...1; nil where it is not known.
  var fraction: Double?
  var detail: String

  init(label: String, fraction: Double?, detail: String = "") {
    self.label = label
    self.fraction = fraction
    self.detail = detail
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let theme = appearance.theme
    let glyphs = appearance.glyphs
    let text = TextFit.fit(label, columns: area.width - 1, glyphs: glyphs)
    var x = buffer.put(text, at: Point(area.x + 1, area.y), style: theme[.text], in: area) + 2
    if let fraction {
      // The text behind the bar has priority over a long bar.
      let room = area.maxX - x - 8
      let width = min(max(room - CellWidth.width(of: detail), min(room, 10)), 40)
      if width >= 4 {
        buffer.fill(
          Rect(x: x, y: area.y, width: width, height: 1), with: glyphs.cutLine, style: theme[.frame])
        let bar = Bar.text(fraction, width: width, glyphs: glyphs)
        buffer.put(bar, at: Point(x, area.y), style: theme[.barBefore], in: area)
        x += width + 1
      }
      // Rounded down, so that 100% appears only at the end.
      let percent = "\(min(max(Int(fraction * 100), 0), 100))%"
      x = buffer.put(TextFit.padLeft(percent, columns: 4, glyphs: glyphs), at: Point(x, area.y), in: area) + 2
    }
    let rest = TextFit.fit(detail, columns: area.maxX - x, glyphs: glyphs)
    buffer.put(rest, at: Point(x, area.y), style: theme[.dim], in: area)
  }
}

/// The message in a window that is too small.
struct TooSmallNotice: Widget {
  var minimum: Size

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    let has = buffer.size
    let text =
      "gpt2-viz needs \(minimum.columns)x\(minimum.rows), this window has \(has.columns)x\(has.rows)\n"
      + "enlarge it, or press q to quit"
    let lines = TextFit.wrap(text, columns: area.width)
    let top = area.y + max((area.height - lines.count) / 2, 0)
    for (index, line) in lines.enumerated() {
      let x = area.x + (area.width - CellWidth.width(of: line)) / 2
      buffer.put(line, at: Point(x, top + index), style: appearance.theme[.text], in: area)
    }
  }
}
