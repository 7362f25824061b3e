import Glibc

/// The folder in which running sessions are saved: $XDG_STATE_HOME/gpt2-viz, or ~/.local/state/gpt2-viz.
///
/// Each running program has a file of its own, `session-N.jsonl`, and locks `session-N.lock` while it runs. A file whose
/// lock is free belongs to an interrupted session: it becomes `crashed-N.jsonl`, which is kept until the session is
/// resumed or discarded.
public final class SessionStore {
  /// The number of programs that can save sessions at a time, and of interrupted sessions that are kept.
  private static let slotCount = 8
  /// The size limit of a file that is read; a session of the longest context has a few hundred kilobytes.
  private static let sizeLimit = 1 << 26

  /// The folder of the saved sessions.
  public let directory: String
  private let slot: Int
  private let lock: HeldLock

  private var path: String { "\(directory)/session-\(slot).jsonl" }

  /// Takes a place in the folder that the environment names, and looks for interrupted sessions.
  ///
  /// Nil where the environment names no folder, as without a home folder.
  public convenience init?(environment: [String: String]) throws(SessionStoreError) {
    guard let directory = Self.directory(environment) else { return nil }
    try self.init(directory: directory)
  }

  /// Takes a place in this folder, which is created where it does not exist, and looks for interrupted sessions.
  ///
  /// - Throws: `SessionStoreError` where the folder cannot be written, or all places are taken.
  public init(directory: String) throws(SessionStoreError) {
    self.directory = directory
    do throws(FileSystemError) {
      try FileSystem.makeDirectory(directory)
      // Texts are private.
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
      // The slot is locked, so no other program writes these files.
      FileSystem.removeLeftovers(of: "\(directory)/session-\(own.slot).jsonl") { _ in true }
    } catch {
      throw SessionStoreError(path: error.path, reason: error.reason)
    }
  }

  // MARK: The running session

  /// Saves the running session, atomically.
  public func save(_ session: SavedSession) throws(SessionStoreError) {
    do throws(FileSystemError) {
      try FileSystem.replace(path, with: session.lines, mode: 0o600, isDurable: true)
    } catch {
      throw SessionStoreError(path: error.path, reason: error.reason)
    }
  }

  /// Removes the file of the running session, which has ended normally.
  public func forget() { unlink(path) }

  // MARK: Interrupted sessions

  /// The last interrupted session; nil where there is none.
  ///
  /// - Throws: `SavedSessionError` for a file that cannot be read; it is then renamed, so that it is reported only once.
  ///   A file of a newer program is kept for that program, and reported where no other session was found.
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

  /// Makes an interrupted session the running one. Returns false where another program has taken it meanwhile.
  public func takeUp(_ crash: CrashedSession) -> Bool { rename(crash.path, path) == 0 }

  /// Deletes an interrupted session.
  public func discard(_ crash: CrashedSession) { unlink(crash.path) }

  /// The paths, the newest last.
  private static func crashes(in directory: String) -> [String] {
    (1...slotCount).map { "\(directory)/crashed-\($0).jsonl" }
      .compactMap { path in FileSystem.changeTime(of: path).map { (path, $0) } }
      .sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// A free name for an unreadable file; nil where 99 are kept already.
  private static func placeAside(in directory: String) -> String? {
    let names = ["unreadable.jsonl"] + (2...99).map { "unreadable-\($0).jsonl" }
    return names.map { "\(directory)/\($0)" }.first { FileSystem.size(of: $0) == nil }
  }

  /// A free name for an interrupted session, else that of the oldest one.
  private static func placeForCrash(in directory: String) -> String {
    let taken = crashes(in: directory)
    let free = (1...slotCount).map { "\(directory)/crashed-\($0).jsonl" }.first { !taken.contains($0) }
    return free ?? taken[0]
  }

  /// A lock that is held as long as this object exists.
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
    // A missing home folder is not created.
    if let home = environment["HOME"], !FileSystem.isDirectory(home) { environment["HOME"] = nil }
    return BaseDirectory.state.programFolder(environment)
  }
}

/// An interrupted session and its file.
public struct CrashedSession: Equatable, Sendable {
  /// The file.
  public let path: String
  /// The file's contents.
  public let session: SavedSession

  public init(path: String, session: SavedSession) { (self.path, self.session) = (path, session) }
}

/// An error when a session is saved.
public struct SessionStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder that cannot be written.
  public let path: String
  /// The system's reason.
  public let reason: String

  public var description: String { "the session is not saved: cannot write \(path): \(reason)" }
}

/// An error when a saved session is read.
public struct SavedSessionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, under its present name.
  public let path: String
  /// The defect and its line.
  public let problem: TraceError

  public var description: String { "the saved session cannot be read: \(path): \(problem)" }
}
