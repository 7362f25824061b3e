import CGuard
import Glibc

/// An event descriptor that wakes a terminal waiting for keys, from any thread. Notified when the engine's mailbox has
/// a message.
package final class WakeUp: Sendable {
  let descriptor: Int32

  package init() throws(TerminalError) {
    descriptor = guard_bell()
    if descriptor < 0 { throw .noWakeUp(errno: errno) }
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Wakes the waiting thread; several calls before its next wait count as one.
  package func notify() { guard_ring(descriptor) }

  /// Resets the descriptor after a wait.
  func clear() { _ = guard_silence(descriptor) }
}
