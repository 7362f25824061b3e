import Presentation

/// A token as the text panel shows it.
struct TextPanelToken: Hashable {
  enum Origin: Hashable { case prompt, generated }

  struct Marks: OptionSet, Hashable {
    let rawValue: Int
    /// The token of the shown step.
    static let newest = Marks(rawValue: 1)
    static let forced = Marks(rawValue: 2)
    /// Part of a repeated phrase.
    static let loop = Marks(rawValue: 4)
    /// The first token at which two lanes differ.
    static let divergence = Marks(rawValue: 8)
    /// The first and the last token of one copy of the phrase, drawn with brackets.
    static let copyStart = Marks(rawValue: 16)
    static let copyEnd = Marks(rawValue: 32)
    /// Part of a run of tokens that DRY found twice.
    static let match = Marks(rawValue: 64)
    /// No text but a mark, such as the end of a turn.
    static let special = Marks(rawValue: 128)
  }

  var bytes: [UInt8]
  var origin: Origin
  /// The colour of the chosen scale, if one is on.
  var tint: Style?
  var marks: Marks

  init(bytes: [UInt8], origin: Origin, tint: Style? = nil, marks: Marks = []) {
    self.bytes = bytes
    self.origin = origin
    self.tint = tint
    self.marks = marks
  }
}

/// The text of a lane: wrapped and scrolled, each token in the style of its marks.
struct TextPanel: Widget {
  enum Scroll: Hashable {
    case end
    /// This line is the first one shown.
    case line(Int)
    /// The line on which this token begins is in the middle.
    case token(Int)
  }

  var tokens: [TextPanelToken]
  var scroll: Scroll
  /// A cursor at the position of the next token.
  var showsCursor: Bool

  init(tokens: [TextPanelToken], scroll: Scroll = .end, showsCursor: Bool = true) {
    self.tokens = tokens
    self.scroll = scroll
    self.showsCursor = showsCursor
  }

  /// The areas of a drawn text.
  struct Placement {
    /// The areas of the tokens on screen; a token that continues on the next line has one on each.
    var tokens: [(area: Rect, index: Int)] = []
    /// The first line with which the end of the text is shown, from 0.
    var lastLine = 0
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    _ = place(into: &buffer, in: area, with: appearance)
  }

  /// Draws the text, and returns the areas of its tokens.
  func place(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) -> Placement {
    var placement = Placement()
    guard !area.isEmpty else { return placement }
    let layout = layout(width: area.width, appearance)
    let first = firstLine(layout, height: area.height)
    placement.lastLine = max(layout.lines.count - area.height, 0)
    for (row, line) in layout.lines.dropFirst(first).prefix(area.height).enumerated() {
      var (x, start) = (area.x, area.x)
      for (index, piece) in line.enumerated() {
        var cell = piece.cell
        cell.style = style(of: piece, appearance.theme)
        buffer.set(cell, at: Point(x, area.y + row), clip: area)
        x += piece.width
        guard index + 1 == line.count || line[index + 1].owner != piece.owner else { continue }
        let place = Rect(x: start, y: area.y + row, width: x - start, height: 1)
        placement.tokens.append((place.intersection(area), piece.owner))
        start = x
      }
    }
    if showsCursor { drawCursor(layout, first, &buffer, area, appearance) }
    return placement
  }

  /// How many lines of so many columns the text fills.
  func lineCount(columns: Int, with appearance: Appearance) -> Int {
    columns > 0 ? layout(width: columns, appearance).lines.count : 0
  }

  private func drawCursor(
    _ layout: TextLayout, _ first: Int, _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance
  ) {
    let used = layout.lines.last?.reduce(0) { $0 + $1.width } ?? 0
    // In a full line the cursor would be in the last column.
    let point = Point(area.x + min(used, area.width - 1), area.y + layout.lines.count - 1 - first)
    guard area.contains(point), used < area.width else { return }
    buffer.set(Cell(appearance.glyphs.cursor, style: appearance.theme[.cursor]), at: point, clip: area)
  }

  private func layout(width: Int, _ appearance: Appearance) -> TextLayout {
    // Without colours, prompt and generated text may look the same, so a line separates them.
    let hasBoundary = !appearance.theme.hasTextColors && tokens.first?.origin == .prompt
    let boundary = hasBoundary ? tokens.firstIndex { $0.origin == .generated } : nil
    return TextLayout(
      tokens: tokens.map(\.bytes), width: width, glyphs: appearance.glyphs, boundary: boundary,
      signs: signs(appearance))
  }

  private func signs(_ appearance: Appearance) -> [Int: (before: [Unicode.Scalar], behind: [Unicode.Scalar])]
  {
    var signs: [Int: (before: [Unicode.Scalar], behind: [Unicode.Scalar])] = [:]
    for (index, token) in tokens.enumerated() {
      var before: [Unicode.Scalar] = token.marks.contains(.copyStart) ? ["["] : []
      // Without colours a scale uses all attributes, so a sign marks a forced token.
      if !appearance.theme.hasTextColors, token.tint != nil, token.marks.contains(.forced) {
        before.append("*")
      }
      let behind: [Unicode.Scalar] = token.marks.contains(.copyEnd) ? ["]"] : []
      if !before.isEmpty || !behind.isEmpty { signs[index] = (before, behind) }
    }
    return signs
  }

  private func firstLine(_ layout: TextLayout, height: Int) -> Int {
    let end = max(layout.lines.count - height, 0)
    switch scroll {
    case .end: return end
    case .line(let line): return min(max(line, 0), end)
    case .token(let index):
      let line = layout.lines.firstIndex { $0.contains { $0.owner == index } } ?? end
      return min(max(line - height / 2, 0), end)
    }
  }

  private func style(of piece: TextLayout.Piece, _ theme: Theme) -> Style {
    if piece.kind == .boundary { return theme[.dim] }
    let token = tokens[piece.owner]
    if piece.kind == .sign { return theme[piece.cell.scalar == "*" ? .forced : .loop] }
    var style = token.origin == .prompt ? theme[.prompt] : token.tint ?? theme[.generated]
    let isSign = piece.kind == .escape || piece.kind == .newline || token.marks.contains(.special)
    let isTinted = token.tint != nil && token.origin == .generated
    if isTinted {
      style = tinted(style, token.marks, theme)
    } else {
      if isSign { style = theme[.dim].merged(over: style) }
      if token.marks.contains(.loop) { style = theme[.loop].merged(over: style) }
      if token.marks.contains(.match) { style = theme[.match].merged(over: style) }
      if token.marks.contains(.forced) { style = theme[.forced].merged(over: style) }
      if token.marks.contains(.newest) { style = theme[.newest].merged(over: style) }
    }
    if token.marks.contains(.divergence) { style = theme[.divergence].merged(over: style) }
    return style
  }

  /// Adds the attributes of the marks, but not their colours: the colour is that of the scale.
  private func tinted(_ style: Style, _ marks: TextPanelToken.Marks, _ theme: Theme) -> Style {
    var style = style
    if marks.contains(.match) { style = style.adding(theme[.match].attributes) }
    if marks.contains(.forced), theme.hasTextColors { style = style.adding(theme[.forced].attributes) }
    if marks.contains(.newest) { style = style.adding(theme[.newest].attributes) }
    return style
  }
}
