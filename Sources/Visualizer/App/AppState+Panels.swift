extension AppState {
  /// The state of the focused lane's table of next tokens.
  struct Table: Equatable, Sendable {
    /// The way in which removed rows are shown.
    enum RemovedRows: CaseIterable, Sendable { case shown, dimmed, hidden }

    /// The rank of the chosen row, from 1; nil where none is chosen, and the drawn token is marked.
    var chosenRank: Int?
    /// The rank of the first row on screen.
    var firstRank = 1
    var removedRows = RemovedRows.shown
    /// The mouse button was pressed on the cut line, and not released yet.
    var isDraggingCut = false

    /// Scrolls to the first rank, with no row chosen.
    mutating func showTop() { (chosenRank, firstRank) = (nil, 1) }
  }

  /// The view of the text.
  struct Text: Equatable, Sendable {
    /// The quantity that colours the tokens.
    var scale = TextScale.rank
    /// The first line of the focused text on screen; nil shows its end.
    var scroll: Int?
  }

  /// Play mode.
  struct Play: Equatable, Sendable {
    var isRunning = false
    /// Tokens a second.
    private(set) var speed = 4.0

    mutating func faster() { speed = min(speed * 2, 64) }
    mutating func slower() { speed = max(speed / 2, 0.25) }
  }
}
