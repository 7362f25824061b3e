import LMCore
import Presentation

/// Sessions of earlier runs: the offer of the newest at the start, and the list of all.
extension AppState {
  /// The offer as a sentence that fits the last line.
  func offerSentence(_ entry: KeptEntry) -> String {
    let about = [entry.steps, entry.when, entry.isOfThisModel ? "" : "of another model"]
      .filter { !$0.isEmpty }.joined(separator: ", ")
    let keys = (entry.isOfThisModel ? ["Enter resumes"] : []) + ["R lists all", "D discards"]
    let end = ", \(about): \(keys.joined(separator: ", "))"
    let room = size.columns - end.count - 3
    return entry.prompt(columns: max(room, 6), glyphs: appearance.glyphs) + end
  }

  /// Handles the first key: Enter resumes, D discards. Any other key keeps its meaning, and the offer is made again
  /// at the next start.
  mutating func updateOffer(_ key: Key, _ entry: KeptEntry, on target: ScreenTarget?) -> [AppEffect] {
    overlay = nil
    switch key {
    case .enter where entry.isOfThisModel: return resume(entry.kept)
    case .character("D"):
      notice = "the session was discarded"
      return [.discard(entry.kept)]
    default: return updateKey(key, on: target)
    }
  }

  /// Opens the list when it has arrived.
  mutating func showKeptSessions(_ entries: [KeptEntry]?) {
    guard overlay == nil else { return }
    notice = nil
    guard let entries else {
      message = "sessions are not saved in this run"
      return
    }
    guard !entries.isEmpty else {
      message = "no session is kept; a text of at least one step is kept when you quit"
      return
    }
    play.isRunning = false
    overlay = .kept(KeptSessions(entries: entries))
  }

  mutating func updateKept(_ key: Key, _ list: KeptSessions) -> [AppEffect] {
    var list = list
    let entry = list.entries[list.chosen]
    if list.isConfirmingDeletion {
      list.isConfirmingDeletion = false
      overlay = .kept(list)
      guard key == .character("y") else { return [] }
      list.entries.remove(at: list.chosen)
      list.chosen = min(list.chosen, list.entries.count - 1)
      overlay = list.entries.isEmpty ? nil : .kept(list)
      return [.discard(entry.kept)]
    }
    switch key {
    case .character("d"): list.isConfirmingDeletion = true
    case .enter:
      guard entry.isOfThisModel else {
        message = "this session is of another model: gpt2-viz --resume -m \(entry.session.model) opens it"
        return []
      }
      overlay = nil
      return resume(entry.kept)
    case .escape, .character("R"), .character("q"):
      overlay = nil
      return []
    default: list.chosen = key.listEntry(from: list.chosen, of: list.entries.count) ?? list.chosen
    }
    overlay = .kept(list)
    return []
  }

  private mutating func resume(_ kept: KeptSession) -> [AppEffect] {
    (resumed, searchToReopen) = (kept, kept.session.search)
    return ask(.resume(kept))
  }
}

extension SavedSession {
  /// True for the lanes that come of it. What was on screen before may come once more, and must not be taken for it.
  func hasShape(of lanes: [LaneSnapshot]) -> Bool {
    lanes.count == self.lanes.count && lanes.allSatisfy { $0.promptIDs == promptIDs }
  }
}
