/// Where keys come from: a terminal, a pipe, a test's list.
@MainActor
package protocol KeySource: AnyObject {
  /// Waits for a key without using the processor; a timeout of nil waits for ever.
  ///
  /// nil: the time has passed, or `WakeUp` was signalled. A size that changed arrives as `.resize`.
  func nextKey(timeoutMilliseconds: Int?) -> Key?

  /// Gives the terminal back, stops the process as Ctrl-Z should, and returns when it is continued.
  func suspend()
}
