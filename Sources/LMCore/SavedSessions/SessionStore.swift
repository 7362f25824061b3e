import Glibc

/// The folder in which running sessions are saved: $XDG_STATE_HOME/gpt2-viz, or ~/.local/state/gpt2-viz.
///
/// Each running program has a file of its own, `session-N.jsonl`, and locks `session-N.lock` while it runs. A file
/// without a living lock is a session that did not end as it should: it becomes `crashed-N.jsonl`, which stays
/// until it is taken up again or discarded.
public final class SessionStore {
  /// As many programs at a time save their sessions, and as many crashed ones are kept.
  private static let slotCount = 8
  /// A session of the longest context has a few hundred kilobytes.
  private static let sizeLimit = 1 << 26

  public let directory: String
  private let slot: Int
  private let lock: HeldLock

  private var path: String { "\(directory)/session-\(slot).jsonl" }

  /// Takes a place in the folder and looks for sessions that broke off.
  ///
  /// nil where there is no such folder to be had, as without a home.
  public convenience init?(environment: [String: String]) throws(SessionStoreError) {
    guard let directory = Self.directory(environment) else { return nil }
    try self.init(directory: directory)
  }

  public init(directory: String) throws(SessionStoreError) {
    self.directory = directory
    do throws(FileSystemError) {
      try FileSystem.makeDirectory(directory)
      // Texts are their writer's own.
      chmod(directory, 0o700)
      var own: (slot: Int, lock: HeldLock)?
      for slot in 1...Self.slotCount {
        let path = "\(directory)/session-\(slot).jsonl"
        guard own == nil || FileSystem.size(of: path) != nil,
          let lock = try HeldLock("\(directory)/session-\(slot).lock")
        else { continue }
        if FileSystem.size(of: path) != nil {
          try FileSystem.rename(path, to: Self.placeForCrash(in: directory))
        }
        if own == nil { own = (slot, lock) }
      }
      guard let own else { throw FileSystemError(directory, errorNumber: EBUSY) }
      (slot, lock) = own
      // The slot's lock is ours: nobody else writes there.
      FileSystem.removeLeftovers(of: "\(directory)/session-\(own.slot).jsonl") { _ in true }
    } catch {
      throw SessionStoreError(path: error.path, reason: error.reason)
    }
  }

  // MARK: The running session

  /// Saves the running session, whole or not at all.
  public func save(_ session: SavedSession) throws(SessionStoreError) {
    do throws(FileSystemError) {
      try FileSystem.replace(path, with: session.lines, mode: 0o600, isDurable: true)
    } catch {
      throw SessionStoreError(path: error.path, reason: error.reason)
    }
  }

  /// The session has ended as it should.
  public func forget() { unlink(path) }

  // MARK: Those that broke off

  /// The session that broke off last; nil where there is none. One that cannot be read is said once, and set aside;
  /// one that a newer program saved waits for that program.
  public func crashedSession() throws(SavedSessionError) -> CrashedSession? {
    var newer: SavedSessionError?
    for path in Self.crashes(in: directory).reversed() {
      guard let bytes = FileSystem.read(path, limit: Self.sizeLimit) else { continue }
      do throws(TraceError) {
        return CrashedSession(path: path, session: try SavedSession(parsing: bytes))
      } catch {
        if case .newerVersion = error {
          newer = newer ?? SavedSessionError(path: path, problem: error)
          continue
        }
        let place = Self.placeAside(in: directory).map { rename(path, $0) == 0 ? $0 : path }
        throw SavedSessionError(path: place ?? path, problem: error)
      }
    }
    if let newer { throw newer }
    return nil
  }

  /// Makes a session that broke off the running one. False where another program was faster.
  public func takeUp(_ crash: CrashedSession) -> Bool { rename(crash.path, path) == 0 }

  public func discard(_ crash: CrashedSession) { unlink(crash.path) }

  /// The paths, the newest last.
  private static func crashes(in directory: String) -> [String] {
    (1...slotCount).map { "\(directory)/crashed-\($0).jsonl" }
      .compactMap { path in FileSystem.changeTime(of: path).map { (path, $0) } }
      .sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// A name that is free for what cannot be read; nil where there are very many.
  private static func placeAside(in directory: String) -> String? {
    let names = ["unreadable.jsonl"] + (2...99).map { "unreadable-\($0).jsonl" }
    return names.map { "\(directory)/\($0)" }.first { FileSystem.size(of: $0) == nil }
  }

  /// A name that is free, else that of the oldest.
  private static func placeForCrash(in directory: String) -> String {
    let taken = crashes(in: directory)
    let free = (1...slotCount).map { "\(directory)/crashed-\($0).jsonl" }.first { !taken.contains($0) }
    return free ?? taken[0]
  }

  /// Held for as long as somebody keeps it.
  private final class HeldLock {
    private let lock: FileLock

    /// nil while another process holds it.
    init?(_ path: String) throws(FileSystemError) {
      guard let lock = try FileLock.take(path) else { return nil }
      self.lock = lock
    }
  }

  static func directory(_ environment: [String: String]) -> String? {
    var environment = environment
    // A home folder that does not exist is not made.
    if let home = environment["HOME"], !FileSystem.isDirectory(home) { environment["HOME"] = nil }
    return BaseDirectory.state.programFolder(environment)
  }
}

/// A session that did not end as it should, and where it lies.
public struct CrashedSession: Equatable, Sendable {
  public let path: String
  public let session: SavedSession

  public init(path: String, session: SavedSession) { (self.path, self.session) = (path, session) }
}

/// The folder of saved sessions cannot be used.
public struct SessionStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String

  public var description: String { "the session is not saved: cannot write \(path): \(reason)" }
}

/// A saved session cannot be read.
public struct SavedSessionError: Error, Equatable, Sendable, CustomStringConvertible {
  public let path: String
  public let problem: TraceError

  public var description: String { "the saved session cannot be read: \(path): \(problem)" }
}
