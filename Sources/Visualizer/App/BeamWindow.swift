import LMCore
import Presentation

/// Beam search over the whole window.
struct BeamWindow: Equatable, Sendable {
  /// The chosen text, from 0: the live beams by rank, then the finished texts.
  var chosen = 0
  /// The first continuation on screen, from 0.
  var firstCandidate = 0

  /// The numbers of beams that the screen offers.
  static let widths = 1...16
  /// The length penalties that p and P step through.
  static let penalties: [Double] = [-1, -0.5, 0, 0.5, 0.6, 0.8, 1, 1.5, 2]
}

extension AppState {
  /// The settings of the search with the chain and the seed of the focused text.
  var fullBeamSettings: BeamSettings {
    var settings = beamSettings
    if self.settings.indices.contains(focus) { settings.sampling = self.settings[focus] }
    settings.seed = seed
    return settings
  }

  mutating func openBeams() -> [AppEffect] {
    overlay = .beams(BeamWindow())
    play.isRunning = false
    return ask(.beams(.open(fullBeamSettings, lane: focus)))
  }

  /// Takes the engine's answer.
  mutating func show(_ beams: BeamSnapshot?) {
    self.beams = beams
    guard case .beams(var window) = overlay else { return }
    guard let beams else {
      // A search that could not be opened; the problem is told with the answer.
      overlay = nil
      return
    }
    window.chosen = min(window.chosen, max(beams.texts.count - 1, 0))
    window.firstCandidate = 0
    overlay = .beams(window)
    if beams.next == nil { play.isRunning = false }
    if let problem = beams.problem { message = problem }
  }

  mutating func updateBeams(_ key: Key, _ window: BeamWindow) -> [AppEffect] {
    var window = window
    let count = beams?.texts.count ?? 1
    switch key {
    case .right, .character("l"): return step(.advance)
    case .left, .character("h"): return step(.back)
    case .home: return step(.jump(depth: 0))
    case .end: return step(.jump(depth: .max))
    case .character(" "): play.isRunning.toggle()
    case .character("+"), .character("="): play.speed = min(play.speed * 2, 64)
    case .character("-"): play.speed = max(play.speed / 2, 0.25)
    case .up, .character("k"): window.chosen = max(window.chosen - 1, 0)
    case .down, .character("j"): window.chosen = min(window.chosen + 1, max(count - 1, 0))
    case .pageDown, .mouse(.wheelDown, _):
      let last = max((beams?.shownStep?.candidates.count ?? 0) - 1, 0)
      window.firstCandidate = min(window.firstCandidate + 5, last)
    case .pageUp, .mouse(.wheelUp, _): window.firstCandidate = max(window.firstCandidate - 5, 0)
    case .enter:
      (overlay, play.isRunning) = (nil, false)
      return ask(.beams(.take(window.chosen, lane: focus)))
    case .escape, .character("B"), .character("q"):
      (overlay, play.isRunning) = (nil, false)
      return ask(.beams(.close))
    default:
      guard turnBeams(key) else { return [] }
      overlay = .beams(window)
      return ask(.beams(.open(fullBeamSettings, lane: focus)))
    }
    overlay = .beams(window)
    return []
  }

  private mutating func step(_ request: BeamRequest) -> [AppEffect] {
    if request == .advance, let beams, beams.next == nil, beams.problem == nil {
      notice = "the search has ended; \(appearance.glyphs.arrowLeft) steps back"
      return []
    }
    return ask(.beams(request))
  }

  /// Changes the settings; false for a key that means nothing.
  private mutating func turnBeams(_ key: Key) -> Bool {
    switch key {
    case .character("["), .character(","):
      guard beamSettings.width > BeamWindow.widths.lowerBound else { return false }
      beamSettings.width -= 1
    case .character("]"), .character("."):
      guard beamSettings.width < BeamWindow.widths.upperBound else { return false }
      beamSettings.width += 1
    case .character("p"):
      guard let next = BeamWindow.penalties.last(where: { $0 < beamSettings.lengthPenalty }) else {
        return false
      }
      beamSettings.lengthPenalty = next
    case .character("P"):
      guard let next = BeamWindow.penalties.first(where: { $0 > beamSettings.lengthPenalty }) else {
        return false
      }
      beamSettings.lengthPenalty = next
    case .character("o"):
      let all = BeamSettings.EarlyStopping.allCases
      let place = all.firstIndex(of: beamSettings.earlyStopping) ?? 0
      beamSettings.earlyStopping = all[(place + 1) % all.count]
    case .character("s"):
      let all = BeamSettings.Choice.allCases
      let place = all.firstIndex(of: beamSettings.choice) ?? 0
      beamSettings.choice = all[(place + 1) % all.count]
    default: return false
    }
    return true
  }
}
