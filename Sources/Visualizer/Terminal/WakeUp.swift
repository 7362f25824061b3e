import CGuard
import Glibc

/// Wakes a terminal that waits for keys, from any thread: the engine rings it when its mailbox holds something.
package final class WakeUp: Sendable {
  let descriptor: Int32

  package init() throws(TerminalError) {
    descriptor = guard_bell()
    if descriptor < 0 { throw .noWakeUp(errno: errno) }
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Rings once or many times before it is heard: it is heard once.
  package func ring() { guard_ring(descriptor) }

  func silence() { _ = guard_silence(descriptor) }
}
