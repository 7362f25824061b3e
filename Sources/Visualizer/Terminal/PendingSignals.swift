import CGuard
import Glibc

/// Signals that have arrived and are not handled yet.
struct PendingSignals {
  private static let ends = [
    (bit: GUARD_HUP, key: Key.hangup, number: SIGHUP),
    (bit: GUARD_TERM, key: .terminate, number: SIGTERM),
    (bit: GUARD_INT, key: .interrupt, number: SIGINT),
  ]

  private var bits: Int32 = 0

  /// The key of the most important signal that asks to end or to stop; the others wait for the next call.
  mutating func takeMostImportant() -> Key? {
    bits |= guard_take()
    for (bit, key) in Self.ends.map({ ($0.bit, $0.key) }) + [(GUARD_TSTP, .suspend)] where bits & bit != 0 {
      bits &= ~bit
      return key
    }
    return nil
  }

  /// The other signals: whether the program was continued, and whether its window has another size.
  mutating func takeRest() -> (isContinued: Bool, isResized: Bool) {
    defer { bits = 0 }
    return (bits & GUARD_CONT != 0, bits & GUARD_WINCH != 0)
  }

  /// After a stop: the signal that continued the program is handled.
  mutating func forgetContinuing() { bits |= guard_take() & ~GUARD_CONT }

  /// Ends the process where it was continued in order to end, as `kill %1` does. The terminal is the shell's then.
  mutating func endIfAsked() {
    // Any thread may be the one that takes the signal, a moment after this one goes on.
    usleep(100_000)
    forgetContinuing()
    for end in Self.ends where bits & end.bit != 0 { guard_die(end.number) }
  }
}
