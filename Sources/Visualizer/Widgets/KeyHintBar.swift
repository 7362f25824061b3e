import Presentation

/// A key, or a few of one kind, and what it does.
struct KeyHint: Hashable {
  var keys: String
  var what: String
  /// Where it gets narrow, the lowest goes first.
  var priority: Int

  init(keys: String, what: String, priority: Int = 0) {
    self.keys = keys
    self.what = what
    self.priority = priority
  }
}

/// One row that names the keys that matter now.
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
