import Dispatch
import LMCore

/// Saves the running session on a thread of its own: the newest state, at most five times a second. No step waits for it.
public final class SessionSaver: Sendable {
  private struct State {
    var waiting: SavedSession?
    var saved: SavedSession?
    /// A failed save was reported; further ones are not.
    var hasReportedError = false
    /// The session has ended; later states are not saved.
    var isClosed = false
  }

  private static let pauseMilliseconds = 200

  /// The values of `-m` and `--precision` that open the model again.
  let model: String
  let precision: Precision
  /// The last interrupted session, to be resumed or discarded.
  let crash: CrashedSession?
  private let state = Guarded(State())
  /// Accessed on the queue only.
  private let store: Guarded<SessionStore>
  private let queue = DispatchQueue(label: "session-saver", qos: .utility)

  public init(
    _ store: sending SessionStore, model: String, precision: Precision, crash: CrashedSession?
  ) {
    (self.model, self.precision, self.crash) = (model, precision, crash)
    self.store = Guarded(store)
  }

  /// True where the interrupted session was made with the open model.
  var crashIsOfThisModel: Bool {
    crash.map { $0.session.model == model && $0.session.precision == precision } ?? false
  }

  /// Schedules a save of this state; a newer state replaces it.
  ///
  /// - Parameter report: called once when saving fails, with a sentence.
  func note(_ session: SavedSession, report: @escaping @Sendable (String) -> Void) {
    let isFirst = state.withLock { state in
      // A text without a step is not worth saving, unless it replaces a saved one.
      guard !state.isClosed, session != state.saved, session.stepCount > 0 || state.saved != nil else {
        state.waiting = nil
        return false
      }
      defer { state.waiting = session }
      return state.waiting == nil
    }
    guard isFirst else { return }
    queue.asyncAfter(deadline: .now() + .milliseconds(Self.pauseMilliseconds)) { [self] in save(report) }
  }

  /// Continues the interrupted session's file as that of the running session.
  func takeUpCrash() {
    guard let crash else { return }
    queue.async { [self] in store.withLock { _ = $0.takeUp(crash) } }
  }

  func discardCrash() {
    guard let crash else { return }
    queue.async { [self] in store.withLock { $0.discard(crash) } }
  }

  private func save(_ report: @Sendable (String) -> Void) {
    let waiting = state.withLock { state in
      defer { state.waiting = nil }
      return state.waiting
    }
    guard let session = waiting else { return }
    let error = store.withLock { store -> SessionStoreError? in
      do throws(SessionStoreError) { try store.save(session) } catch { return error }
      return nil
    }
    let isFirstError = state.withLock { state in
      guard error != nil else {
        state.saved = session
        return false
      }
      defer { state.hasReportedError = true }
      return !state.hasReportedError
    }
    if isFirstError, let error { report("\(error)") }
  }

  /// Stops saving. The file is kept for the next start, or removed where the user has quit.
  func close(keeping keeps: Bool) {
    if keeps { queue.sync { save { _ in } } }
    state.withLock { state in
      state.isClosed = true
      state.waiting = nil
    }
    queue.sync { if !keeps { store.withLock { $0.forget() } } }
  }
}
