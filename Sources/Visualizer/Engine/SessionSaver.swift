import Dispatch
import LMCore

/// Saves the running session on a thread of its own: the newest state, at most five times a second, and for a tenth of the
/// time at most. No step waits for it.
///
/// A text that a new prompt replaces keeps its file, so that it can be resumed later.
public final class SessionSaver: Sendable {
  private enum Job {
    case save(SavedSession)
    case takeUp(KeptSession)
  }

  private struct State {
    /// What is to be done, in order: of each text only its newest state is saved.
    var waiting: [Job] = []
    var saved: SavedSession?
    /// What the last save took, in seconds: over a server it writes megabytes.
    var lastDuration = 0.0
    /// A failed save was reported; further ones are not.
    var hasReportedError = false
    /// The session has ended; later states are not saved.
    var isClosed = false
  }

  private struct Files {
    let store: SessionStore
    /// Texts of this run that are not on screen, by their prompts.
    var kept: [[Int]: KeptSession] = [:]
  }

  private static let pauseMilliseconds = 200

  /// The values of `-m` and `--precision` that open the model again.
  let model: String
  let precision: Precision
  /// The session that was kept last, to be resumed or discarded.
  let newest: KeptSession?
  /// False where the session is saved for the case of a crash only, as in a lesson.
  let keepsTexts: Bool
  private let state = Guarded(State())
  /// Accessed on the queue only.
  private let files: Guarded<Files>
  private let queue = DispatchQueue(label: "session-saver", qos: .utility)

  public init(
    _ store: sending SessionStore, model: String, precision: Precision, newest: KeptSession?,
    keepsTexts: Bool = true
  ) {
    (self.model, self.precision, self.newest, self.keepsTexts) = (model, precision, newest, keepsTexts)
    files = Guarded(Files(store: store))
  }

  /// A kept session as it stands in the list.
  func entry(_ kept: KeptSession) -> KeptEntry {
    KeptEntry(
      kept: kept, isOfThisModel: kept.session.model == model && kept.session.precision == precision,
      age: kept.secondsAgo)
  }

  /// Schedules a save of this state; a newer state of the same text replaces it.
  ///
  /// - Parameter report: called once when saving fails, with a sentence.
  func note(_ session: SavedSession, report: @escaping @Sendable (String) -> Void) {
    let pause = state.withLock { state -> Int? in
      var isSame = false
      if case .save(let last) = state.waiting.last, isSameText(last, session) {
        isSame = true
        state.waiting.removeLast()
      }
      // A text without a step, and without one of a beam search, is not worth saving, unless it replaces a saved one.
      let replaces = state.saved.map { isSameText($0, session) } ?? false
      let isWorthIt = session.stepCount > 0 || (session.search?.depth ?? 0) > 0 || replaces
      guard !state.isClosed, session != state.saved, isWorthIt else { return nil }
      state.waiting.append(.save(session))
      guard state.waiting.count == 1, !isSame else { return nil }
      return max(Self.pauseMilliseconds, Int(state.lastDuration * 10_000))
    }
    guard let pause else { return }
    queue.asyncAfter(deadline: .now() + .milliseconds(pause)) { [self] in save(report) }
  }

  private func isSameText(_ one: SavedSession, _ other: SavedSession) -> Bool {
    !keepsTexts || one.promptIDs == other.promptIDs
  }

  // MARK: Kept sessions

  /// Continues a kept session's file as that of the running session. What was noted before has its own file by then;
  /// call this before the kept session's own states are noted.
  func takeUp(_ kept: KeptSession) {
    state.withLock { $0.waiting.append(.takeUp(kept)) }
    queue.async { [self] in save { _ in } }
  }

  func discard(_ kept: KeptSession) {
    queue.async { [self] in files.withLock { $0.store.discard(kept) } }
  }

  /// Reads the kept sessions, the newest first, on the saver's thread.
  func list(_ body: @escaping @Sendable ([KeptSession]) -> Void) {
    queue.async { [self] in body(files.withLock { $0.store.keptSessions }) }
  }

  // MARK: Saving

  private func save(_ report: @Sendable (String) -> Void) {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    for job in waiting {
      switch job {
      case .save(let session): save(session, report)
      case .takeUp(let kept): takeUpFile(of: kept)
      }
    }
  }

  /// The running session's file, if there is one, and that of the kept session change places.
  private func takeUpFile(of kept: KeptSession) {
    let last = state.withLock(\.saved)
    let isDone = files.withLock { files in
      guard files.store.takeUp(kept) else { return false }
      files.kept[kept.session.promptIDs] = nil
      if let last { files.kept[last.promptIDs] = KeptSession(path: kept.path, session: last) }
      return true
    }
    if isDone { state.withLock { $0.saved = kept.session } }
  }

  private func save(_ session: SavedSession, _ report: @Sendable (String) -> Void) {
    changeText(to: session)
    let start = MonotonicClock.seconds
    defer {
      let duration = MonotonicClock.seconds - start
      state.withLock { $0.lastDuration = duration }
    }
    let error = files.withLock { files -> SessionStoreError? in
      do throws(SessionStoreError) { try files.store.save(session) } catch { return error }
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

  /// Keeps the file of the text that another one replaces; a text that comes back takes its file up again.
  private func changeText(to session: SavedSession) {
    guard let last = state.withLock(\.saved), !isSameText(last, session) else { return }
    files.withLock { files in
      files.kept[last.promptIDs] = files.store.keepRunning().map { KeptSession(path: $0, session: last) }
      if let kept = files.kept.removeValue(forKey: session.promptIDs) { files.store.takeUp(kept) }
    }
  }

  /// Stops saving. The file is kept for a later start, or removed.
  func close(keeping keeps: Bool) {
    if keeps { queue.sync { save { _ in } } }
    // One whose beam search was closed may have nothing left.
    let keeps = keeps && state.withLock { $0.saved.map { $0.stepCount > 0 || $0.search != nil } ?? true }
    state.withLock { state in
      state.isClosed = true
      state.waiting = []
    }
    queue.sync { if !keeps { files.withLock { $0.store.forget() } } }
  }
}
