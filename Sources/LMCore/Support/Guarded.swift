import Glibc

/// State behind a lock: one thread at a time can access it.
///
/// `Synchronization.Mutex` does the same. But where two threads meet it lets the kernel hand the lock over, which the
/// thread sanitizer does not see, and so it reports races that are none; it does see POSIX threads.
///
/// Unchecked: the state is reached through the lock alone. Tested by GuardedTests.
package final class Guarded<State>: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let state: UnsafeMutablePointer<State>

  package init(_ initial: sending State) {
    lock = .allocate(capacity: 1)
    state = .allocate(capacity: 1)
    state.initialize(to: initial)
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    state.deinitialize(count: 1)
    state.deallocate()
    lock.deallocate()
  }

  /// - Parameter body: must not access the same state again: that would be a deadlock.
  package func withLock<Result, Failure: Error>(
    _ body: (inout sending State) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&state.pointee)
  }
}
