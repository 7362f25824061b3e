/// The window of beam search or of contrastive search, which lies over all of the screen but title and last line.
extension AppState {
  /// Such a window is open, and no other overlay lies over it.
  var hasWindow: Bool {
    switch overlay {
    case .beams, .contrastive: true
    default: false
    }
  }

  /// The window, also where another overlay is open over it; nil where there is none.
  var searchWindow: Overlay? { hasWindow ? overlay : windowBehind }

  /// Replaces the window where it is; nil closes it.
  mutating func setSearchWindow(_ window: Overlay?) {
    if hasWindow { overlay = window } else { windowBehind = window }
  }

  /// Why a replay cannot do what a key means in the window of a search; nil where it can.
  ///
  /// - Parameter letters: the keys that change how the search runs.
  func refusal(ofSearch key: Key, turning letters: String) -> String? {
    let need: LaneAbility
    switch key {
    case .enter: need = .beamText
    case .character("c") where hasBeams: need = .beamComparison
    case .character("w") where hasBeams: need = .trace
    case .escape, .character("A"), .character("B"):
      return isReplay ? "nothing lies behind the window of a recorded search; q quits" : nil
    case .character(let letter) where letters.unicodeScalars.contains(letter): need = .beamSettings
    default: return nil
    }
    return abilities.contains(need) ? nil : need.refusal
  }

  /// Why no search can go on behind the focused text, whose table tells that the context is full; nil where one can.
  var refusalOfSearch: String? {
    guard !isReplay, let lane = focusedLane, lane.decision == nil, let card, card.tellsContextLength,
      lane.promptIDs.count + lane.depth > card.contextLength
    else { return nil }
    return
      "the context is full, so no search can go on with this text; \(appearance.glyphs.arrowLeft) steps back"
  }

  /// A step of the search is under way.
  var searches: Bool {
    switch requests.current {
    case .beams, .contrastive: true
    default: false
    }
  }

  /// Opens another overlay over a window, which comes back when that is closed.
  mutating func openOver(_ window: Overlay, _ other: Overlay) {
    (windowBehind, overlay, play.isRunning) = (window, other, false)
  }

  /// The keys of the window, for its help; nil where there is none.
  var windowHelp: (group: String, keys: [(shown: String, what: String)], wheel: String)? {
    switch searchWindow {
    case .beams:
      (KeyMap.beamWindowGroup, KeyMap.beamWindow(offeredTo: abilities), "scrolls the continuations")
    case .contrastive:
      (
        KeyMap.contrastiveWindowGroup, KeyMap.contrastiveWindow(offeredTo: abilities),
        "looks at another candidate"
      )
    default: nil
    }
  }
}
