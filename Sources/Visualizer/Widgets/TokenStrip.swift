import Presentation

/// Tokens side by side, each above its id.
struct TokenStrip: Widget {
  struct Token: Hashable {
    /// See `PrintableToken.label`.
    var label: String
    var id: Int
  }

  var tokens: [Token]

  /// Draws two rows for each line of tokens; only the last lines where not all fit.
  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let lines = lines(columns: area.width)
    let visible = lines.suffix(max((area.height + 1) / 2, 1))
    for (row, line) in visible.enumerated() {
      let top = area.row(2 * row)
      let below = area.row(2 * row + 1)
      var x = area.x
      for index in line {
        let token = tokens[index]
        // Neighbours differ in style, so that boundaries are visible also without a blank.
        let style = index.isMultiple(of: 2) ? appearance.theme[.key] : appearance.theme[.title]
        let width = Self.width(of: token)
        let label = TextFit.fit(token.label, columns: area.width, glyphs: appearance.glyphs)
        buffer.put(label, at: Point(x, top.y), style: style.adding(.underline), in: top)
        buffer.put(String(token.id), at: Point(x, below.y), style: appearance.theme[.dim], in: below)
        x += width + 1
      }
    }
  }

  func rowCount(columns: Int) -> Int { 2 * lines(columns: columns).count }

  private static func width(of token: Token) -> Int {
    max(CellWidth.width(of: token.label), String(token.id).count)
  }

  /// The indices of the tokens on each line.
  private func lines(columns: Int) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    var used = 0
    for (index, token) in tokens.enumerated() {
      let width = Self.width(of: token)
      if used + width > columns, index > start {
        lines.append(start..<index)
        (start, used) = (index, 0)
      }
      used += width + 1
    }
    return start < tokens.count ? lines + [start..<tokens.count] : lines
  }
}
