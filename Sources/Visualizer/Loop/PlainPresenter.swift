import Presentation

/// The output of plain mode: reports the changes once all requests of a key are answered, then accepts the next key.
@MainActor
final class PlainPresenter {
  /// The window size that pages of the table are computed with; plain mode has no window.
  static let pageSize = Size(columns: 80, rows: 24)

  private let terminal: PlainTerminal
  private let speech: SpokenText
  private var reported: AppState?
  private var isWaiting = false

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
    if let sentence = state.waitingSentence {
      if !isWaiting { terminal.write([SpokenText.capitalized(sentence) + "."]) }
      isWaiting = true
    } else {
      isWaiting = false
    }
    // While the model loads, only that is reported.
    guard !state.isBusy || reported == nil else { return }
    // Set before the question is written, so that no answer is read as keys.
    terminal.wantsText = PlainPanel(state, speech)?.wantsText ?? false
    terminal.write(PlainReport(before: reported, after: state, key: terminal.lastKey, speech: speech).lines)
    reported = state
    guard !state.isBusy else { return }
    terminal.forgetKey()
    terminal.takesKeys = true
  }
}
