import LMCore
import Presentation

/// Contrastive search over the whole window.
struct ContrastiveWindow: Equatable, Sendable {
  /// The candidate that the user looks at, from 0; nil for the one that the step takes.
  var row: Int?

  /// The numbers of candidates that the screen offers.
  static let counts = 1...ContrastiveSettings.mostCandidates
  /// The weights that p and P step through.
  static let alphas = (0...10).map { Double($0) / 10 }
}

extension AppState {
  /// The window of the search, also where another overlay is open over it; nil where there is none.
  var contrastiveWindow: ContrastiveWindow? {
    if case .contrastive(let window) = searchWindow { window } else { nil }
  }

  mutating func openContrastive() -> [AppEffect] {
    if let refusal = refusalOfSearch {
      message = refusal
      return []
    }
    overlay = .contrastive(ContrastiveWindow())
    play.isRunning = false
    let sampling = settings.indices.contains(focus) ? settings[focus] : SamplingSettings()
    let settings = ContrastiveSettings(
      candidateCount: contrastiveSettings.candidateCount, alpha: contrastiveSettings.alpha,
      penaltiesOf: sampling)
    return ask(.contrastive(.open(settings, lane: focus)))
  }

  /// Takes the engine's answer.
  mutating func show(_ contrastive: ContrastiveSnapshot?) {
    let old = self.contrastive
    self.contrastive = contrastive
    guard var window = contrastiveWindow else { return }
    guard let contrastive else {
      // A search that could not be opened; the problem is told with the answer.
      return setSearchWindow(nil)
    }
    if old?.textIDs != contrastive.textIDs || old?.settings != contrastive.settings { window.row = nil }
    setSearchWindow(.contrastive(window))
    if contrastive.next == nil { play.isRunning = false }
    if let problem = contrastive.problem { message = problem }
    guard let last = contrastive.steps.last?.id, contrastive.depth > old?.depth ?? 0,
      card?.endOfText.contains(last) == true
    else { return }
    play.isRunning = false
    notice = endSentence(last, goesOn: contrastive.next != nil)
  }

  mutating func updateContrastive(_ key: Key, _ window: ContrastiveWindow) -> [AppEffect] {
    var window = window
    if let refusal = refusal(ofSearch: key, turning: "[],.pP") {
      message = refusal
      return []
    }
    switch key {
    case .right, .character("l"):
      guard let contrastive, contrastive.isContextFull || isReplay, contrastive.next == nil else {
        return ask(.contrastive(.advance))
      }
      notice =
        isReplay
        ? "\(LaneError.traceEnded)" : "the context is full; \(appearance.glyphs.arrowLeft) steps back"
      return []
    case .left, .character("h"): return ask(.contrastive(.back))
    case .home: return ask(.contrastive(.jump(depth: 0)))
    case .end: return ask(.contrastive(.jump(depth: .max)))
    case .character(" "): play.isRunning.toggle()
    case .character("+"), .character("="): play.faster()
    case .character("-"): play.slower()
    case .up, .character("k"), .mouse(.wheelUp, _): window.move(by: -1, in: contrastive?.next)
    case .down, .character("j"), .mouse(.wheelDown, _): window.move(by: 1, in: contrastive?.next)
    case .pageUp: window.move(by: -10, in: contrastive?.next)
    case .pageDown: window.move(by: 10, in: contrastive?.next)
    case .character("?"), .function(1):
      openOver(.contrastive(window), .help(scroll: 0))
      return []
    case .enter:
      (overlay, play.isRunning) = (nil, false)
      return ask(.contrastive(.take(lane: focus)))
    case .character("q") where isReplay: return [.quit]
    case .escape, .character("A"), .character("q"):
      (overlay, play.isRunning) = (nil, false)
      return askContrastiveAnew(.close)
    default:
      guard turnContrastive(key) else { return [] }
      return askContrastiveAnew(
        .set(candidateCount: contrastiveSettings.candidateCount, alpha: contrastiveSettings.alpha))
    }
    overlay = .contrastive(window)
    return []
  }

  /// Asks for what makes the step under way superfluous: it is given up.
  mutating func askContrastiveAnew(_ request: ContrastiveRequest) -> [AppEffect] {
    guard case .contrastive? = requests.current else { return ask(.contrastive(request)) }
    return ask(.contrastive(request)) + [.interruptEngine]
  }

  /// Changes the settings; false for a key that means nothing.
  private mutating func turnContrastive(_ key: Key) -> Bool {
    let alpha = contrastiveSettings.alpha
    switch key {
    case .character("["), .character(","): return turnCandidateCount(by: -1)
    case .character("]"), .character("."): return turnCandidateCount(by: 1)
    case .character("p"): return turnAlpha(to: ContrastiveWindow.alphas.last { $0 < alpha })
    case .character("P"): return turnAlpha(to: ContrastiveWindow.alphas.first { $0 > alpha })
    default: return false
    }
  }

  private mutating func turnCandidateCount(by side: Int) -> Bool {
    let count = contrastiveSettings.candidateCount + side
    guard ContrastiveWindow.counts.contains(count) else { return false }
    contrastiveSettings.candidateCount = count
    return true
  }

  private mutating func turnAlpha(to alpha: Double?) -> Bool {
    guard let alpha else { return false }
    contrastiveSettings.alpha = alpha
    return true
  }
}

extension ContrastiveWindow {
  /// Looks at another candidate.
  fileprivate mutating func move(by rows: Int, in step: ContrastiveStep?) {
    guard let step else { return }
    row = min(max((row ?? step.place) + rows, 0), step.candidates.count - 1)
  }
}
