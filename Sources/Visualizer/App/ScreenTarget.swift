/// What lies at a point of the screen.
enum ScreenTarget: Equatable {
  /// A token of a lane's text, counted from the first of the prompt.
  case token(Int, lane: Int)
  /// A row of a lane's table.
  case rank(Int, lane: Int)
  /// The line between the kept and the removed rows of a lane's table.
  case cut(lane: Int)
  /// A step in a lane's history.
  case step(Int, lane: Int)
  /// Somewhere else in a lane's text, its table, or its other panels.
  case text(lane: Int)
  case table(lane: Int)
  case lane(Int)

  var lane: Int {
    switch self {
    case .token(_, let lane), .rank(_, let lane), .step(_, let lane), .text(let lane), .table(let lane),
      .cut(let lane),
      .lane(let lane):
      lane
    }
  }
}

extension RootView {
  /// What the mouse points at; nil outside all lanes.
  func target(at point: Point) -> ScreenTarget? {
    let layout = state.layout
    guard layout.fits, state.phase == .ready else { return nil }
    for (index, lane) in layout.lanes.enumerated() where state.lanes.indices.contains(index) {
      let view = LaneView(state: state, index: index, appearance: appearance)
      if let target = view.target(at: point, layout: lane) { return target }
    }
    return nil
  }

  /// The first line of a lane's text on screen, and the one that shows its end.
  func textLines(lane: Int) -> (first: Int, last: Int) {
    LaneView(state: state, index: lane, appearance: appearance).textLines(state.layout.lanes[lane])
  }
}
