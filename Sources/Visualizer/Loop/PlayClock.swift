/// When the next token of play mode is due.
struct PlayClock {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant?

  /// How long the loop may sleep, in milliseconds; nil without play mode: until something happens.
  func pause(for state: AppState) -> Int? {
    guard state.isPlaying, !state.isBusy else { return nil }
    guard let last else { return 0 }
    let left = Duration.seconds(1 / state.speed) - (clock.now - last)
    return max(Int((left / .milliseconds(1)).rounded(.up)), 0)
  }

  /// True once per token, when its time has come.
  mutating func isDue(for state: AppState) -> Bool {
    guard state.isPlaying else {
      last = nil
      return false
    }
    guard !state.isBusy, pause(for: state) == 0 else { return false }
    last = clock.now
    return true
  }
}
