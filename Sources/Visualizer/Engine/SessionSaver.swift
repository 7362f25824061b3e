import Dispatch
import LMCore

/// Saves the running session on a thread of its own: the newest state, at most five times a second. No step waits for it.
public final class SessionSaver: Sendable {
  private struct State {
    var waiting: SavedSession?
    var saved: SavedSession?
    var hasTrouble = false
    /// The session has ended: what the engine still does is not saved.
    var isClosed = false
  }

  private static let pauseMilliseconds = 200

  /// What `-m` and `--precision` would be given to open the model again.
  let model: String
  let precision: Precision
  /// The session that broke off last, to be taken up or discarded.
  let crash: CrashedSession?
  private let state = Guarded(State())
  /// Touched on the queue only.
  private let store: Guarded<SessionStore>
  private let queue = DispatchQueue(label: "session-saver", qos: .utility)

  public init(
    _ store: sending SessionStore, model: String, precision: Precision, crash: CrashedSession?
  ) {
    (self.model, self.precision, self.crash) = (model, precision, crash)
    self.store = Guarded(store)
  }

  /// Whether the session that broke off goes on with the model that is open.
  var crashIsOfThisModel: Bool {
    crash.map { $0.session.model == model && $0.session.precision == precision } ?? false
  }

  /// Saves this state soon, unless a newer one comes first.
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

  /// The session that broke off is the running one now.
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
    let isNews = state.withLock { state in
      guard error != nil else {
        state.saved = session
        return false
      }
      defer { state.hasTrouble = true }
      return !state.hasTrouble
    }
    if isNews, let error { report("\(error)") }
  }

  /// Ends the saving: the file is kept for the next start, or removed where the user has left the session.
  func close(keeping keeps: Bool) {
    if keeps { queue.sync { save { _ in } } }
    state.withLock { state in
      state.isClosed = true
      state.waiting = nil
    }
    queue.sync { if !keeps { store.withLock { $0.forget() } } }
  }
}
