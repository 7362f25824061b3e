import LMCore
import Presentation

/// How a run of the visualizer ended.
public enum RunOutcome: Equatable, Sendable {
  case quit
  /// The model could not be shown, as a sentence.
  case failed(String)
  case interrupted(bySignal: Int32)
}

/// Turns keys and the engine's events into updates, and states into frames. Sleeps when nothing happens.
@MainActor
struct AppLoop {
  let terminal: any Terminal
  let engine: GenerationEngine
  let mailbox: Mailbox<EngineEvent>
  var state: AppState
  /// Shows a state; nil draws it on the terminal as a screen.
  private let show: (@MainActor (AppState) -> Void)?
  /// Keys are taken in bursts, so that pasted or repeated keys cost one frame.
  private let longestBurst = 256

  init(
    terminal: any Terminal, engine: GenerationEngine, mailbox: Mailbox<EngineEvent>, state: AppState,
    show: (@MainActor (AppState) -> Void)? = nil
  ) {
    self.show = show
    self.terminal = terminal
    self.engine = engine
    self.mailbox = mailbox
    self.state = state
  }

  mutating func run() -> RunOutcome {
    var clock = PlayClock()
    if let outcome = carryOut(state.begin()) { return outcome }
    while true {
      present()
      var key = terminal.nextKey(timeoutMilliseconds: clock.pause(for: state))
      var taken = 0
      while let pressed = key {
        if let outcome = handle(pressed) { return outcome }
        taken += 1
        key = taken < longestBurst ? terminal.nextKey(timeoutMilliseconds: 0) : nil
      }
      for event in mailbox.takeAll() {
        if let outcome = carryOut(state.update(.engine(event))) { return outcome }
      }
      if clock.isDue(for: state), let outcome = carryOut(state.update(.tick)) { return outcome }
    }
  }

  private mutating func handle(_ key: Key) -> RunOutcome? {
    switch key {
    case .resize: return carryOut(state.update(.resized(terminal.size)))
    case .terminate: return .interrupted(bySignal: 15)
    case .hangup: return .interrupted(bySignal: 1)
    case .interrupt:
      let effects = state.update(.key(key))
      return effects.contains(.quit) ? .interrupted(bySignal: 2) : carryOut(effects)
    default: return carryOut(state.update(.key(key)))
    }
  }

  private mutating func carryOut(_ effects: [AppEffect]) -> RunOutcome? {
    for effect in effects {
      switch effect {
      case .engine(let command, let request): engine.send(command, request: request)
      case .discardOffer: engine.discardOffer()
      case .redrawScreen: terminal.redrawEverything()
      case .suspend:
        terminal.suspend()
        _ = state.update(.resized(terminal.size))
      case .quit: return .quit
      case .fail(let sentence): return .failed(sentence)
      }
    }
    return nil
  }

  private func present() {
    if let show { return show(state) }
    let appearance = Appearance(
      depth: terminal.capabilities.colorDepth, glyphs: terminal.capabilities.glyphs)
    terminal.present(RootView(state: state, appearance: appearance).frame())
  }
}
