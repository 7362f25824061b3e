import Glibc

/// The one clock of the program: the standard library's `SuspendingClock`. Nobody sets it, and it stands still while the
/// machine sleeps.
package enum MonotonicClock {
  package typealias Instant = SuspendingClock.Instant

  package static var now: Instant { SuspendingClock.now }

  /// Seconds since the first use of the clock.
  package static var seconds: Double { now.seconds(since: start) }

  /// The seconds that a piece of work takes.
  package static func seconds(of work: () throws -> Void) rethrows -> Double {
    let start = now
    try work()
    return now.seconds(since: start)
  }

  /// Waits at most this long: a signal ends the wait early.
  static func sleep(seconds: Double) {
    var span = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
    nanosleep(&span, nil)
  }

  private static let start = now
}

extension SuspendingClock.Instant {
  package func seconds(since earlier: Self) -> Double { earlier.duration(to: self) / .seconds(1) }
}
