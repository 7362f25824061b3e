import Presentation

/// A line of the key table.
struct HelpEntry: Hashable {
  var keys: String
  var what: String
  var group: String

  init(keys: String, what: String, group: String) {
    self.keys = keys
    self.what = what
    self.group = group
  }
}

/// The key table as an overlay: in two columns where there is room, scrollable where it is too high.
struct HelpOverlay: Widget {
  /// The entries in order, those of a group together.
  var entries: [HelpEntry]
  /// The first line shown.
  var scroll: Int
  var title: String
  /// Free text below the keys.
  var footer: String
  /// Another key than those that scroll and close.
  var hint: String

  init(entries: [HelpEntry], scroll: Int = 0, title: String = "Keys", footer: String = "", hint: String = "")
  {
    self.entries = entries
    self.scroll = scroll
    self.title = title
    self.footer = footer
    self.hint = hint
  }

  private enum Line: Hashable {
    case heading(String)
    case entry(HelpEntry)
    case text(String)
    case blank
  }

  private static let columnGap = 3

  /// The largest useful value of `scroll` in an area.
  func maximumScroll(in area: Rect) -> Int {
    let layout = layout(area)
    return max(layout.rows - Frame.inner(layout.box).height, 0)
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    let layout = layout(area)
    buffer.fill(layout.box, style: appearance.theme[.overlay])
    let hidden = layout.rows - Frame.inner(layout.box).height
    let scroll = min(max(scroll, 0), max(hidden, 0))
    let glyphs = appearance.glyphs
    let scrolling = hidden <= 0 ? "" : "\(glyphs.arrowUp)\(glyphs.arrowDown) scroll"
    let more = [hint, scrolling, "Esc closes"].filter { !$0.isEmpty }.joined(separator: ", ")
    Frame(title: title, rightTitle: more, isFocused: true).draw(
      into: &buffer, in: layout.box, with: appearance)
    let inside = Frame.inner(layout.box).inset(horizontally: 1)
    for (index, column) in layout.columns.enumerated() {
      let x = inside.x + index * (layout.columnWidth + Self.columnGap)
      let place = Rect(x: x, y: inside.y, width: layout.columnWidth, height: inside.height).intersection(
        inside)
      for (row, line) in column.dropFirst(scroll).prefix(place.height).enumerated() {
        // Free text uses the width of both columns.
        let isText = if case .text = line { true } else { false }
        let area = isText ? inside.row(row) : place.row(row)
        draw(line, keysWidth: layout.keysWidth, &buffer, area, appearance)
      }
    }
  }

  private func draw(
    _ line: Line, keysWidth: Int, _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance
  ) {
    let theme = appearance.theme
    switch line {
    case .blank: break
    case .heading(let text): buffer.put(text, at: area.origin, style: theme[.title], in: area)
    case .text(let text): buffer.put(text, at: area.origin, style: theme[.dim], in: area)
    case .entry(let entry):
      let keys = TextFit.padLeft(entry.keys, columns: min(keysWidth, area.width), glyphs: appearance.glyphs)
      let x = buffer.put(keys, at: area.origin, style: theme[.key], in: area) + 2
      let what = TextFit.fit(entry.what, columns: area.maxX - x, glyphs: appearance.glyphs)
      buffer.put(what, at: Point(x, area.y), style: theme[.text], in: area)
    }
  }

  private struct Layout {
    var box: Rect
    var columns: [[Line]]
    var columnWidth: Int
    var keysWidth: Int
    var rows: Int
  }

  private func layout(_ area: Rect) -> Layout {
    let keysWidth = entries.map { CellWidth.width(of: $0.keys) }.max() ?? 0
    let whatWidth = entries.map { CellWidth.width(of: $0.what) }.max() ?? 0
    let natural = max(keysWidth + 2 + whatWidth, CellWidth.width(of: title) + 24)
    // Four columns for the frame and a blank on each side.
    let isWide = 2 * natural + Self.columnGap + 4 <= area.width
    let columnWidth = isWide ? natural : max(min(natural, area.width - 4), 0)
    var columns = isWide ? halves() : [groups().flatMap { $0 + [.blank] }.dropLast()]
    if !footer.isEmpty {
      let width = isWide ? 2 * natural + Self.columnGap : columnWidth
      let text = TextFit.wrap(footer, columns: width).map(Line.text)
      let rows = columns.map(\.count).max() ?? 0
      columns[0] += Array(repeating: .blank, count: rows - columns[0].count + 1)
      columns[0] += text
    }
    let rows = columns.map(\.count).max() ?? 0
    let width = isWide ? 2 * natural + Self.columnGap : columnWidth
    let size = Size(columns: width + 4, rows: rows + 2)
    return Layout(
      box: area.centered(size), columns: columns, columnWidth: columnWidth, keysWidth: keysWidth, rows: rows)
  }

  private func groups() -> [[Line]] {
    var groups: [[Line]] = []
    var name: String?
    for entry in entries {
      if entry.group != name { groups.append([.heading(entry.group)]) }
      name = entry.group
      groups[groups.count - 1].append(.entry(entry))
    }
    return groups
  }

  /// The groups in two columns of nearly equal height.
  private func halves() -> [[Line]] {
    let groups = groups()
    func column(_ groups: ArraySlice<[Line]>) -> [Line] { groups.flatMap { $0 + [.blank] }.dropLast() }
    let best = (0...groups.count).min { left, right in
      let height = { (split: Int) in max(column(groups[..<split]).count, column(groups[split...]).count) }
      return height(left) < height(right)
    }
    let split = best ?? 0
    return [column(groups[..<split]), column(groups[split...])]
  }
}
