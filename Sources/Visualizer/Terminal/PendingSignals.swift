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

  /// The key of the most important signal that ends or stops the program; the others wait for the next call.
  mutating func takeMostImportant() -> Key? {
    bits |= guard_take()
    for (bit, key) in Self.ends.map({ ($0.bit, $0.key) }) + [(GUARD_TSTP, .suspend)] where bits & bit != 0 {
      bits &= ~bit
      return key
    }
    return nil
  }

  /// The other signals: SIGCONT (the program was continued) and SIGWINCH (the window size has changed).
  mutating func takeRest() -> (isContinued: Bool, isResized: Bool) {
    defer { bits = 0 }
    return (bits & GUARD_CONT != 0, bits & GUARD_WINCH != 0)
  }

  /// Drops SIGCONT after a stop, where it needs no further handling.
  mutating func forgetContinuing() { bits |= guard_take() & ~GUARD_CONT }

  /// Ends the process if a signal to end came with the one to continue, as `kill %1` sends. The shell then owns the terminal.
  mutating func endIfAsked() {
    // Another thread may receive the signal, slightly later than this one continues.
    usleep(100_000)
    forgetContinuing()
    for end in Self.ends where bits & end.bit != 0 { guard_die(end.number) }
  }
}
