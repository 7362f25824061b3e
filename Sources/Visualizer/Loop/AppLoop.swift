import LMCore

/// The way in which a run of the visualizer ended.
public enum RunOutcome: Equatable, Sendable {
  case quit
  /// The run failed, for the reason in this sentence.
  case failed(String)
  case interrupted(bySignal: Int32)
}

/// The event loop: turns keys and engine events into updates, and states into pictures or sentences. Sleeps while
/// nothing happens.
@MainActor
struct AppLoop {
  enum Output {
    case screen(any ScreenPresenter)
    /// Plain mode.
    case lines(PlainPresenter)
  }

  let keys: any KeySource
  let output: Output
  let engine: GenerationEngine
  let mailbox: Mailbox<EngineEvent>
  private(set) var state: AppState
  /// The picture on screen; nil in plain mode.
  private var picture: Picture?
  /// The number of keys that are handled before the next frame, so that pasted or repeated keys cost one frame.
  private let maximumBurst = 256

  init(
    keys: any KeySource, output: Output, engine: GenerationEngine, mailbox: Mailbox<EngineEvent>,
    state: AppState
  ) {
    self.keys = keys
    self.output = output
    self.engine = engine
    self.mailbox = mailbox
    self.state = state
  }

  mutating func run() -> RunOutcome {
    var clock = PlayClock()
    var wait = WaitClock()
    if let outcome = carryOut(state.begin()) { return outcome }
    while true {
      present()
      let pauses = [clock.pause(for: state), wait.pause(for: state)].compactMap(\.self)
      var key = keys.nextKey(timeoutMilliseconds: pauses.min())
      var taken = 0
      while let pressed = key {
        if let outcome = handle(pressed) { return outcome }
        taken += 1
        key = taken < maximumBurst ? keys.nextKey(timeoutMilliseconds: 0) : nil
      }
      for event in mailbox.takeAll() {
        if let outcome = carryOut(state.update(.engine(event))) { return outcome }
      }
      if wait.pause(for: state) == 0, let outcome = carryOut(state.update(.waits)) { return outcome }
      if clock.isDue(for: state), let outcome = carryOut(state.update(.tick)) { return outcome }
    }
  }

  private mutating func handle(_ key: Key) -> RunOutcome? {
    switch key {
    case .resize: return takeSize()
    case .background(let background): return carryOut(state.update(.background(background)))
    case .terminate: return .interrupted(bySignal: 15)
    case .hangup: return .interrupted(bySignal: 1)
    case .interrupt:
      let effects = state.update(.key(key))
      return effects.contains(.quit) ? .interrupted(bySignal: 2) : carryOut(effects)
    case .mouse(_, let point): return carryOut(state.update(.key(key, on: picture?.target(at: point))))
    default: return carryOut(state.update(.key(key)))
    }
  }

  private mutating func takeSize() -> RunOutcome? {
    guard case .screen(let screen) = output else { return nil }
    return carryOut(state.update(.resized(screen.size)))
  }

  private mutating func carryOut(_ effects: [AppEffect]) -> RunOutcome? {
    for effect in effects {
      switch effect {
      case .engine(let command, let request): engine.send(command, request: request)
      case .interruptEngine: engine.interrupt()
      case .discard(let kept): engine.discard(kept)
      case .listKeptSessions: engine.listKeptSessions()
      case .redrawScreen: if case .screen(let screen) = output { screen.redrawEverything() }
      case .suspend:
        keys.suspend()
        if let outcome = takeSize() { return outcome }
      case .quit: return .quit
      case .fail(let sentence): return .failed(sentence)
      }
    }
    return nil
  }

  private mutating func present() {
    switch output {
    case .lines(let presenter): presenter.present(&state)
    case .screen(let screen):
      let shown = RootView.present(&state)
      picture = shown
      screen.present(shown.buffer)
    }
  }
}
