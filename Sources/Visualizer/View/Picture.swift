/// A drawn screen, with its mouse targets and its measures.
struct Picture {
  /// An area with its mouse target.
  struct Hit {
    let area: Rect
    let target: ScreenTarget
  }

  var buffer: ScreenBuffer
  /// The targets; where areas overlap, the first one counts.
  var hits: [Hit] = []
  var metrics: ScreenMetrics

  /// The target at a point; nil outside all lanes.
  func target(at point: Point) -> ScreenTarget? { hits.first { $0.area.contains(point) }?.target }
}
