import Presentation

/// Says what has changed, once all that a key asked for is done, and lets the next key in.
@MainActor
final class PlainPresenter {
  /// There is no window. What a page of the table is measured by.
  static let pageSize = Size(columns: 80, rows: 24)

  private let terminal: PlainTerminal
  private let speech: SpokenText
  private var said: AppState?

  init(_ terminal: PlainTerminal) {
    self.terminal = terminal
    speech = SpokenText(glyphs: terminal.glyphs)
  }

  func present(_ state: inout AppState) {
    _ = state.take(ScreenMetrics(size: state.size, tableRows: state.tableRows))
    guard !terminal.isQuitting else {
      terminal.takesKeys = !state.isBusy
      return
    }
    // While the model loads, that alone is said.
    guard !state.isBusy || said == nil else { return }
    // Before anybody can answer the question.
    terminal.wantsText = PlainPanel(state, speech)?.wantsText ?? false
    terminal.write(PlainReport(before: said, after: state, key: terminal.lastKey, speech: speech).lines)
    said = state
    guard !state.isBusy else { return }
    terminal.forgetKey()
    terminal.takesKeys = true
  }
}
