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

  /// Opens another overlay over a window, which comes back when that is closed.
  mutating func openOver(_ window: Overlay, _ other: Overlay) {
    (windowBehind, overlay, play.isRunning) = (window, other, false)
  }

  /// The keys of the window, for its help; nil where there is none.
  var windowHelp: (group: String, keys: [(shown: String, what: String)])? {
    switch searchWindow {
    case .beams: (KeyMap.beamWindowGroup, KeyMap.beamWindow(offeredTo: abilities))
    case .contrastive: (KeyMap.contrastiveWindowGroup, KeyMap.contrastiveWindow)
    default: nil
    }
  }
}
