import Presentation

/// A segment of a status bar.
struct StatusSegment: Hashable {
  enum Side: Hashable { case left, right }

  var text: String
  var role: ThemeRole
  /// The importance: in a narrow bar the lowest is dropped first.
  var priority: Int
  var side: Side

  init(_ text: String, role: ThemeRole = .status, priority: Int = 0, side: Side = .left) {
    self.text = text
    self.role = role
    self.priority = priority
    self.side = side
  }
}

/// One row of segments, aligned at the left and at the right.
struct StatusBar: Widget {
  var segments: [StatusSegment]
  /// Columns between two segments.
  var gap: Int

  init(segments: [StatusSegment], gap: Int = 2) {
    self.segments = segments
    self.gap = gap
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    var shown = segments.filter { !$0.text.isEmpty }
    while shown.count > 1, width(shown) > area.width - 2 {
      // Of equal priorities the last one is dropped.
      let lowest = shown.map(\.priority).min() ?? 0
      guard let index = shown.lastIndex(where: { $0.priority == lowest }) else { break }
      shown.remove(at: index)
    }
    var x = area.x + 1
    for segment in shown where segment.side == .left {
      let text = TextFit.fit(segment.text, columns: area.maxX - x, glyphs: appearance.glyphs)
      x = buffer.put(text, at: Point(x, area.y), style: appearance.theme[segment.role], in: area) + gap
    }
    let right = shown.filter { $0.side == .right }
    x = max(area.maxX - 1 - width(right), shown.count == right.count ? area.x : x)
    for segment in right {
      let text = TextFit.fit(segment.text, columns: area.maxX - x, glyphs: appearance.glyphs)
      x = buffer.put(text, at: Point(x, area.y), style: appearance.theme[segment.role], in: area) + gap
    }
  }

  private func width(_ segments: [StatusSegment]) -> Int {
    segments.reduce(0) { $0 + CellWidth.width(of: $1.text) } + gap * max(segments.count - 1, 0)
  }
}
