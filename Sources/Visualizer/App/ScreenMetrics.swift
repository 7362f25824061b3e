/// Measures of the picture on screen that keys depend on.
struct ScreenMetrics: Equatable, Sendable {
  /// The window size that it was drawn for.
  var size = Size(columns: 0, rows: 0)
  /// The number of tokens that the table of the focused lane has room for.
  var tableRows = 0
  /// The number of lines that the panel of the focused text has room for.
  var textLines = 0
  /// The top line of the focused text where its end is shown, from 0.
  var lastTextLine = 0
  /// The top line of the help where its end is shown, from 0.
  var lastHelpLine = 0
  /// The number of signs that the legend explains.
  var legendCount = 0
}

extension AppState {
  /// Stores the measures of this state's picture. Returns true where they changed what must be drawn.
  mutating func take(_ measured: ScreenMetrics) -> Bool {
    let isResized = metrics.size != measured.size
    metrics = measured
    if case .help(let scroll) = overlay, scroll > measured.lastHelpLine {
      // The picture was already drawn with the clamped value.
      overlay = .help(scroll: measured.lastHelpLine)
    }
    if case .legend(let number) = overlay {
      overlay = .legend(number: min(number, max(measured.legendCount - 1, 0)))
    }
    guard isResized else { return false }
    let first = table.firstRank
    showChosenRow()
    return table.firstRank != first
  }
}
