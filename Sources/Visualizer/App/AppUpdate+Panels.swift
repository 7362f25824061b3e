import LMCore
import Presentation

/// Keys that open a panel, or act on its result.
extension AppState {
  mutating func performPanel(_ action: Action) -> [AppEffect] {
    switch action {
    case .search: openSearch()
    case .nextMatch: nextMatch()
    case .presets: openPresets()
    case .branches: return openBranches()
    case .keptSessions: return [.listKeptSessions]
    case .textScale: text.scale = text.scale.next
    case .textUp: scrollText(by: -max(metrics.textLines - 1, 1))
    case .textDown: scrollText(by: max(metrics.textLines - 1, 1))
    case .loopStart: return goToLoopStart()
    case .writeTrace: openTraceLine()
    case .history: openHistory()
    case .beams: return openBeams()
    case .contrastive: return openContrastive()
    case .chain: toggleChainPanel()
    case .nextStage: return stepStage(forward: true)
    case .stageBefore: return stepStage(forward: false)
    default: break
    }
    return []
  }

  /// Scrolls the text of the focused lane.
  mutating func scrollText(by lines: Int) {
    let last = metrics.lastTextLine
    let first = max(min(text.scroll ?? last, last) + lines, 0)
    // Scrolled to its end, the text follows new tokens again.
    text.scroll = first >= last ? nil : first
  }

  /// Goes to the decision that chose the first token of the repeated phrase at the end of the text; without one
  /// there, of the phrase at the end of all steps, including those ahead of the cursor.
  private mutating func goToLoopStart() -> [AppEffect] {
    guard let lane = focusedLane else { return [] }
    guard let loop = LoopSummary(lane).loop ?? LoopSummary(lane.atItsEnd).loop else {
      message = "no phrase repeats three times at the end of this text"
      return []
    }
    let depth = loop.start - lane.promptIDs.count
    notice =
      depth >= 0
      ? "here the loop of \(loop.period) tokens began: \(appearance.glyphs.arrowRight) enters it, End is its end"
      : "the loop of \(loop.period) tokens began in the prompt"
    return ask(.jump(depth: max(depth, 0), isComparing ? .only(focus) : .all))
  }
}
