/// A source of keys: a terminal, a pipe, or a list in a test.
@MainActor
package protocol KeySource: AnyObject {
  /// Waits for a key without using the processor; a timeout of nil waits indefinitely.
  ///
  /// Returns nil after the timeout, or when `WakeUp` was notified. A changed window size is reported as `.resize`.
  func nextKey(timeoutMilliseconds: Int?) -> Key?

  /// Restores the terminal, stops the process as Ctrl-Z does, and returns when it is continued.
  func suspend()
}
