import Presentation

/// A key, or several related ones, with a short explanation.
struct KeyHint: Hashable {
  var keys: String
  var what: String
  /// The importance: in a narrow bar the lowest is dropped first.
  var priority: Int

  init(keys: String, what: String, priority: Int = 0) {
    self.keys = keys
    self.what = what
    self.priority = priority
  }
}

/// One row with the most important keys.
struct KeyHintBar: Widget {
  var hints: [KeyHint]

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    var shown = hints
    while !shown.isEmpty, width(shown) > area.width - 1 {
      let lowest = shown.map(\.priority).min() ?? 0
      guard let index = shown.lastIndex(where: { $0.priority == lowest }) else { break }
      shown.remove(at: index)
    }
    var x = area.x + 1
    for hint in shown {
      x = buffer.put(hint.keys, at: Point(x, area.y), style: appearance.theme[.key], in: area)
      x = buffer.put(" \(hint.what)", at: Point(x, area.y), style: appearance.theme[.dim], in: area) + 2
    }
  }

  private func width(_ hints: [KeyHint]) -> Int {
    hints.reduce(-2) { $0 + CellWidth.width(of: $1.keys) + 1 + CellWidth.width(of: $1.what) + 2 }
  }
}
