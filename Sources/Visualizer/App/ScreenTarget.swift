/// A part of the screen that the mouse can point at.
enum ScreenTarget: Hashable, Sendable {
  /// A token of a lane's text, counted from the first of the prompt.
  case token(Int, lane: Int)
  /// A row of a lane's table.
  case rank(Int, lane: Int)
  /// The line between the kept and the removed rows of a lane's table.
  case cut(lane: Int)
  /// A step in a lane's history.
  case step(Int, lane: Int)
  /// The rest of a lane's text panel, of its table, of its other panels.
  case text(lane: Int)
  case table(lane: Int)
  case lane(Int)
  /// A row of the chain panel; `isMark`: the mark that says whether the step is on.
  case chainRow(Int, isMark: Bool)
  /// The rest of the chain panel.
  case chainPanel

  /// nil for what belongs to no lane alone.
  var lane: Int? {
    switch self {
    case .chainRow, .chainPanel: nil
    case .token(_, let lane), .rank(_, let lane), .step(_, let lane), .text(let lane), .table(let lane),
      .cut(let lane), .lane(let lane):
      lane
    }
  }
}
