/// How the picture that the user sees was laid out, as far as keys depend on it.
struct ScreenMetrics: Equatable, Sendable {
  /// The window that it was drawn for.
  var size = Size(columns: 0, rows: 0)
  /// How many tokens the table of the focused lane shows.
  var tableRows = 0
  /// The top line of the focused text where its end is shown, from 0.
  var lastTextLine = 0
  /// The top line of the help where its end is shown, from 0.
  var lastHelpLine = 0
}

extension AppState {
  /// Takes over what the picture of this state measured. True where the state changed by it: draw it again.
  mutating func take(_ measured: ScreenMetrics) -> Bool {
    let isResized = metrics.size != measured.size
    metrics = measured
    if case .help(let scroll) = overlay, scroll > measured.lastHelpLine {
      // The picture has clamped it already.
      overlay = .help(scroll: measured.lastHelpLine)
    }
    guard isResized else { return false }
    let first = firstRank
    showChosenRow()
    return firstRank != first
  }
}
