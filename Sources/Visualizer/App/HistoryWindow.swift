import LMCore

/// The history over the whole window: charts of all steps, with a cursor of its own.
struct HistoryWindow: Equatable, Sendable {
  /// The step under the cursor, from 0; nil is the step shown, also while it moves on.
  var cursor: Int?
  /// The uppermost chart.
  var quantity = HistoryQuantity.probability
  /// Each step has a column of its own, although not all steps fit.
  var showsSingleSteps = false

  static let pageSteps = 10
}

extension AppState {
  /// The number of steps in the longest lane.
  var historyLength: Int { lanes.map(\.steps.count).max() ?? 0 }

  /// The step under the window's cursor, from 0; it has one only where there are steps.
  func cursor(of window: HistoryWindow) -> Int {
    min(max(window.cursor ?? (focusedLane?.depth ?? 0) - 1, 0), max(historyLength - 1, 0))
  }

  /// What the charts can show: mu only where Mirostat had a part.
  var historyQuantities: [HistoryQuantity] {
    let hasMu = lanes.contains { $0.steps.contains { $0.mu != nil } }
    return HistoryQuantity.allCases.filter { $0 != .mu || hasMu }
  }

  mutating func openHistory() {
    guard historyLength > 0 else {
      message = "no step yet: \(appearance.glyphs.arrowRight) makes the first one"
      return
    }
    overlay = .history(HistoryWindow())
  }

  /// The cursor moves through all steps; the text stays where it was until Enter.
  mutating func updateHistory(_ key: Key, _ window: HistoryWindow, on target: ScreenTarget?) -> [AppEffect] {
    var window = window
    func move(by steps: Int) {
      window.cursor = min(max(cursor(of: window) + steps, 0), historyLength - 1)
    }
    switch key {
    case .left, .character("h"): move(by: -1)
    case .right, .character("l"): move(by: 1)
    case .pageUp, .mouse(.wheelUp, _): move(by: -HistoryWindow.pageSteps)
    case .pageDown, .mouse(.wheelDown, _): move(by: HistoryWindow.pageSteps)
    case .home: window.cursor = 0
    case .end: window.cursor = historyLength - 1
    case .up, .character("k"), .backTab:
      window.quantity = window.quantity.moved(by: -1, among: historyQuantities)
    case .down, .character("j"), .tab:
      window.quantity = window.quantity.moved(by: 1, among: historyQuantities)
    case .character("z"): window.showsSingleSteps.toggle()
    case .character(" "):
      play.isRunning.toggle()
      window.cursor = nil
    case .mouse(.press, _): if case .step(let step, _) = target { window.cursor = step }
    case .enter:
      overlay = nil
      play.isRunning = false
      return ask(.jump(depth: cursor(of: window) + 1, .all))
    case .escape, .character("H"), .character("q"):
      overlay = nil
      return []
    default: return []
    }
    overlay = .history(window)
    return []
  }
}
