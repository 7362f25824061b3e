import Presentation

/// The line around a panel, with titles. Frames whose areas overlap by one row or column are joined there.
struct Frame: Widget {
  var title: String
  var rightTitle = ""
  var isFocused = false

  init(title: String, rightTitle: String = "", isFocused: Bool = false) {
    self.title = title
    self.rightTitle = rightTitle
    self.isFocused = isFocused
  }

  /// The area inside the line.
  static func inner(_ area: Rect) -> Rect { area.inset(horizontally: 1, vertically: 1) }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    Self.draw([(self, area)], into: &buffer, with: appearance)
  }

  /// Draws frames that share edges: the focused one last, and all titles after all lines.
  static func draw(
    _ frames: [(frame: Frame, area: Rect)], into buffer: inout ScreenBuffer, with appearance: Appearance
  ) {
    let drawn = frames.filter { $0.area.width >= 2 && $0.area.height >= 2 }
    for isFocused in [false, true] {
      let style = appearance.theme[isFocused ? .focusedFrame : .frame]
      for (frame, area) in drawn where frame.isFocused == isFocused {
        buffer.box(area, glyphs: appearance.glyphs, style: style)
      }
    }
    for (frame, area) in drawn { frame.drawTitles(&buffer, area, appearance) }
  }

  /// The part of the upper line between the two titles, free for other text.
  func freeLine(in area: Rect) -> Rect {
    let left = area.x + 2 + (title.isEmpty ? 0 : CellWidth.width(of: title) + 2)
    let right = area.maxX - 2 - (rightTitle.isEmpty ? 0 : CellWidth.width(of: rightTitle) + 2)
    // At least one cell of the line stays visible on both sides.
    return Rect(x: left + 1, y: area.y, width: right - left - (rightTitle.isEmpty ? 1 : 2), height: 1)
  }

  private func drawTitles(_ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance) {
    let style = appearance.theme[isFocused ? .focusedFrame : .title]
    let end = Self.put(title, at: area.x + 2, until: area.maxX - 2, y: area.y, style, &buffer, appearance)
    let width = CellWidth.width(of: rightTitle) + 2
    guard !rightTitle.isEmpty, area.maxX - 2 - width > end else { return }
    Self.put(
      rightTitle, at: area.maxX - 2 - width, until: area.maxX - 2, y: area.y, appearance.theme[.dim], &buffer,
      appearance)
  }

  /// Writes a title between two blanks onto a line, clipped before `limit`; returns the column behind it.
  @discardableResult
  static func put(
    _ title: String, at x: Int, until limit: Int, y: Int, _ style: Style, _ buffer: inout ScreenBuffer,
    _ appearance: Appearance
  ) -> Int {
    let room = limit - x - 2
    guard !title.isEmpty, room > 0 else { return x }
    let text = TextFit.fit(title, columns: room, glyphs: appearance.glyphs)
    return buffer.put(" \(text) ", at: Point(x, y), style: style)
  }
}
