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
  /// The diversity penalties that d and D step through.
  static let diversities: [Double] = [0.1, 0.2, 0.5, 0.8, 1, 1.5, 2, 5]
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
    case .character("+"), .character("="): play.faster()
    case .character("-"): play.slower()
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
      return askBeamsAnew(.close)
    default:
      guard turnBeams(key) else { return [] }
      overlay = .beams(window)
      return askBeamsAnew(.open(fullBeamSettings, lane: focus))
    }
    overlay = .beams(window)
    return []
  }

  /// Asks for what makes the search under way superfluous: it is given up.
  mutating func askBeamsAnew(_ request: BeamRequest) -> [AppEffect] {
    guard case .beams? = requests.current else { return ask(.beams(request)) }
    return ask(.beams(request)) + [.interruptEngine]
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
      return turnWidth(by: -1)
    case .character("]"), .character("."):
      return turnWidth(by: 1)
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
      guard beamSettings.choice == .diverse, !beamSettings.hasEqualGroups else { break }
      // One beam makes no groups.
      if beamSettings.width == 1 {
        beamSettings.choice = all[0]
      } else {
        beamSettings.groups = beamSettings.width
      }
    case .character("g"), .character("G"):
      guard beamSettings.choice == .diverse else { return false }
      let all = (2...beamSettings.width).filter { beamSettings.width.isMultiple(of: $0) }
      let next =
        key == .character("G")
        ? all.first { $0 > beamSettings.groups } : all.last { $0 < beamSettings.groups }
      guard let next else { return false }
      beamSettings.groups = next
    case .character("d"), .character("D"):
      guard beamSettings.choice == .diverse else { return false }
      let next =
        key == .character("D")
        ? BeamWindow.diversities.first { $0 > beamSettings.diversity }
        : BeamWindow.diversities.last { $0 < beamSettings.diversity }
      guard let next else { return false }
      beamSettings.diversity = next
    default: return false
    }
    return true
  }

  /// To the next number of beams on one side that the groups divide.
  private mutating func turnWidth(by side: Int) -> Bool {
    let width = beamSettings.width + side * (beamSettings.choice == .diverse ? beamSettings.groups : 1)
    guard BeamWindow.widths.contains(width) else { return false }
    beamSettings.width = width
    return true
  }
}
