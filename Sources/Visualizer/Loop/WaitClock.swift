import LMCore

/// Tells when a server has let the user wait for a moment.
struct WaitClock {
  /// Milliseconds that are no wait.
  static let patience = 500

  private var request: Int?
  private var start: MonotonicClock.Instant?

  /// The time until the state has to say that it waits, in milliseconds; nil where nothing is waited for, or it says so.
  mutating func pause(for state: AppState) -> Int? {
    guard state.waitsForServer, let current = state.requests.inFlight, state.longRequest != current else {
      if !state.waitsForServer { (request, start) = (nil, nil) }
      return nil
    }
    if request != current { (request, start) = (current, MonotonicClock.now) }
    guard let start else { return nil }
    let passed = MonotonicClock.now.seconds(since: start) * 1000
    return max(Self.patience - Int(passed), 0)
  }
}
