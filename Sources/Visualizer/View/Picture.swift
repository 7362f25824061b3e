/// A drawn screen, with what lies where on it and what it measured.
struct Picture {
  /// A piece of the screen that the mouse can point at.
  struct Hit {
    let area: Rect
    let target: ScreenTarget
  }

  var buffer: ScreenBuffer
  /// Where areas overlap, the first counts.
  var hits: [Hit] = []
  var metrics: ScreenMetrics

  /// What lies at a point; nil outside all lanes.
  func target(at point: Point) -> ScreenTarget? { hits.first { $0.area.contains(point) }?.target }
}
