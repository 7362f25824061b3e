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

  /// The window of the search, also where another overlay is open over it; nil where there is none.
  var beamWindow: BeamWindow? { if case .beams(let window) = searchWindow { window } else { nil } }

  mutating func openBeams() -> [AppEffect] {
    if let refusal = refusalOfSearch {
      message = refusal
      return []
    }
    if beamSettings.draws, let refusal = refusalOfDraws {
      (beamSettings.choice, message) = (.best, refusal)
    }
    overlay = .beams(BeamWindow())
    play.isRunning = false
    return ask(.beams(.open(fullBeamSettings, lane: focus)))
  }

  /// Beam search is open, and no other overlay lies over it.
  var hasBeams: Bool { if case .beams = overlay { true } else { false } }

  /// Opens the search of a resumed session at its step, once its lanes are there.
  mutating func reopenBeams() -> [AppEffect] {
    guard let search = searchToReopen, resumed == nil, requests.isIdle, lanes.indices.contains(search.lane)
    else { return [] }
    searchToReopen = nil
    guard overlay == nil, BeamWindow.widths.contains(search.settings.width) else { return [] }
    (beamSettings, focus) = (search.settings, search.lane)
    return openBeams() + ask(.beams(.goOn(to: search.depth)))
  }

  /// Takes the engine's answer.
  mutating func show(_ beams: BeamSnapshot?) {
    self.beams = beams
    guard var window = beamWindow else { return }
    guard let beams else {
      // A search that could not be opened; the problem is told with the answer.
      return setSearchWindow(nil)
    }
    window.chosen = min(window.chosen, max(beams.texts.count - 1, 0))
    window.firstCandidate = 0
    setSearchWindow(.beams(window))
    if beams.next == nil { play.isRunning = false }
    if let problem = beams.problem { message = problem }
  }

  mutating func updateBeams(_ key: Key, _ window: BeamWindow) -> [AppEffect] {
    var window = window
    let count = beams?.texts.count ?? 1
    if let refusal = refusal(ofSearch: key, turning: "[],.pPosgGdD") {
      message = refusal
      return []
    }
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
    case .character("c"): return ask(.beams(comparison))
    case .character("w"):
      guard beams != nil else { return [] }
      openOver(.beams(window), .trace(TextInput(beamTraceName, isSelected: true), isTaken: false))
      return []
    case .character("?"), .function(1):
      openOver(.beams(window), .help(scroll: 0))
      return []
    case .character("q") where isReplay: return [.quit]
    case .escape where beams?.rivals != nil: return ask(.beams(.endComparison))
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

  /// Puts greedy decoding and sampling beside the beams, or takes both away. The sampling is the user's own, where that
  /// is a chain that draws; else nucleus sampling.
  private var comparison: BeamRequest {
    guard beams?.rivals == nil else { return .endComparison }
    let own = settings.indices.contains(focus) ? settings[focus] : SamplingSettings()
    let draws = !own.isGreedy && own != inChosenOrder(.pure)
    return .compare([inChosenOrder(.greedy), draws ? own : inChosenOrder(.nucleus95)], seed: seed)
  }

  /// Why no beams can be drawn with the settings of the focused text; nil where they can.
  var refusalOfDraws: String? {
    guard settings.indices.contains(focus), settings[focus].isGreedy else { return nil }
    return "\(SamplingError.drawnBeamsNeedTemperature)"
  }

  /// Asks for what makes the search under way superfluous: it is given up.
  mutating func askBeamsAnew(_ request: BeamRequest) -> [AppEffect] {
    guard case .beams? = requests.current else { return ask(.beams(request)) }
    return ask(.beams(request)) + [.interruptEngine]
  }

  private mutating func step(_ request: BeamRequest) -> [AppEffect] {
    if request == .advance, let beams, beams.next == nil, beams.problem == nil,
      isReplay || beams.search.stop != nil
    {
      notice =
        isReplay && beams.search.stop == nil
        ? "\(LaneError.traceEnded)" : "the search has ended; \(appearance.glyphs.arrowLeft) steps back"
      return []
    }
    return ask(.beams(request))
  }
}
