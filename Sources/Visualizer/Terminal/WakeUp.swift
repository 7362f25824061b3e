import CGuard
import Glibc

/// Wakes a terminal that waits for keys, from any thread: signalled when the engine's mailbox holds something.
package final class WakeUp: Sendable {
  let descriptor: Int32

  package init() throws(TerminalError) {
    descriptor = guard_bell()
    if descriptor < 0 { throw .noWakeUp(errno: errno) }
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Signals before the next wait count as one.
  package func ring() { guard_ring(descriptor) }

  func silence() { _ = guard_silence(descriptor) }
}
