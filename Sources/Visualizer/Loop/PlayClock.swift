import LMCore

/// The timer of play mode.
struct PlayClock {
  private var last: MonotonicClock.Instant?

  /// The time until the next token is due, in milliseconds; nil without play mode or while the engine is busy.
  func pause(for state: AppState) -> Int? {
    guard state.play.isRunning, !state.isBusy else { return nil }
    guard let last else { return 0 }
    let left = 1 / state.play.speed - MonotonicClock.now.seconds(since: last)
    return max(Int((left * 1000).rounded(.up)), 0)
  }

  /// True once per token, when it is due.
  mutating func isDue(for state: AppState) -> Bool {
    guard state.play.isRunning else {
      last = nil
      return false
    }
    guard !state.isBusy, pause(for: state) == 0 else { return false }
    last = MonotonicClock.now
    return true
  }
}
