import Dispatch
import LMCore
import Synchronization

/// Saves the running session as it goes, on a thread of its own: the newest state, and not more often than a disk
/// should be bothered.
public final class SessionSaver: Sendable {
  private struct State {
    let store: SessionStore
    var waiting: SavedSession?
    var saved: SavedSession?
    var hasTrouble = false
    /// Whatever the engine still does is no part of the session.
    var isClosed = false
  }

  private static let pauseMilliseconds = 100

  /// What `-m` would be given to open the model again.
  let model: String
  /// The session to take up, whose file is dear until it is saved anew.
  let resumed: SavedSession?
  private let state: Mutex<State>
  private let queue = DispatchQueue(label: "session-saver", qos: .utility)

  public init(_ store: sending SessionStore, model: String, resumed: SavedSession?) {
    self.model = model
    self.resumed = resumed
    state = Mutex(State(store: store))
  }

  /// Saves this state soon, unless a newer one comes first.
  ///
  /// - Parameter report: is told, once, that nothing can be saved.
  func note(_ session: SavedSession, report: @escaping @Sendable (String) -> Void) {
    let isFirst = state.withLock { state in
      // A text without a step is nothing to lose, unless it took the place of one that was.
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

  private func save(_ report: @Sendable (String) -> Void) {
    let trouble: String? = state.withLock { state in
      guard let session = state.waiting else { return nil }
      state.waiting = nil
      do throws(SessionStoreError) {
        try state.store.save(session)
        state.saved = session
        if resumed != nil { state.store.forgetCrash() }
        return nil
      } catch {
        defer { state.hasTrouble = true }
        return state.hasTrouble ? nil : "\(error)"
      }
    }
    if let trouble { report(trouble) }
  }

  /// Ends the saving: the user has left the session, or it must outlive the program.
  func close(keeping isDear: Bool) {
    queue.sync { save { _ in } }
    state.withLock { state in
      state.isClosed = true
      state.waiting = nil
      if !isDear { state.store.forget() }
    }
  }
}
