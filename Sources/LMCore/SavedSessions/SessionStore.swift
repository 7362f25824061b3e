import Glibc

/// The folder in which running sessions are saved: $XDG_STATE_HOME/gpt2-viz, or ~/.local/state/gpt2-viz.
///
/// Each running program has a file of its own, `session-N.jsonl`, and locks `session-N.lock` while it runs. A file whose
/// lock is free belongs to a program that has ended: it becomes `kept-N.jsonl`, which stays until the session is resumed or
/// discarded, or newer ones need its place. `crashed-N.jsonl` are those of earlier versions.
public final class SessionStore {
  /// The number of programs that can save sessions at a time.
  private static let slotCount = 8
  /// The number of sessions that are kept.
  private static let keptCount = 20
  /// The size limit of a file that is read; a session of the longest context has a few hundred kilobytes.
  private static let sizeLimit = 1 << 26

  /// The folder of the saved sessions.
  public let directory: String
  private let slot: Int
  private let lock: HeldLock

  private var path: String { "\(directory)/session-\(slot).jsonl" }

  /// Takes a place in the folder that the environment names, and looks for sessions to keep.
  ///
  /// Nil where the environment names no folder, as without a home folder.
  public convenience init?(environment: [String: String]) throws(SessionStoreError) {
    guard let directory = Self.directory(environment) else { return nil }
    try self.init(directory: directory)
  }

  /// Takes a place in this folder, which is created where it does not exist, and looks for sessions to keep.
  ///
  /// - Throws: `SessionStoreError` where the folder cannot be written, or all places are taken.
  public init(directory: String) throws(SessionStoreError) {
    self.directory = directory
    var own: (slot: Int, lock: HeldLock)?
    do throws(FileSystemError) {
      try FileSystem.makeDirectory(directory)
      // Texts are private.
      chmod(directory, 0o700)
      for slot in 1...Self.slotCount {
        let path = "\(directory)/session-\(slot).jsonl"
        guard own == nil || FileSystem.size(of: path) != nil,
          let lock = try HeldLock("\(directory)/session-\(slot).lock")
        else { continue }
        if FileSystem.size(of: path) != nil {
          try FileSystem.rename(path, to: Self.placeToKeep(in: directory))
        }
        if own == nil { own = (slot, lock) }
      }
    } catch {
      throw SessionStoreError(path: error.path, reason: error.reason)
    }
    guard let own else {
      throw SessionStoreError(
        path: directory, reason: "\(Self.slotCount) running programs save their sessions there already")
    }
    (slot, lock) = own
    // The slot is locked, so no other program writes these files.
    FileSystem.removeLeftovers(of: path) { _ in true }
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

  /// Removes the file of the running session.
  public func forget() { unlink(path) }

  /// Keeps the running session's file, so that another session can be saved. Returns its new path; nil where there is none.
  public func keepRunning() -> String? {
    let place = Self.placeToKeep(in: directory)
    return rename(path, place) == 0 ? place : nil
  }

  // MARK: Kept sessions

  /// All sessions that can be read, the newest first.
  public var keptSessions: [KeptSession] {
    Self.keptPaths(in: directory).reversed().compactMap { path in
      guard let bytes = FileSystem.read(path, limit: Self.sizeLimit),
        let session = try? SavedSession(parsing: bytes)
      else { return nil }
      return KeptSession(reading: path, session)
    }
  }

  /// The session saved last; nil where there is none.
  ///
  /// - Throws: `SavedSessionError` for a file that cannot be read; it is then renamed, so that it is reported only once.
  ///   A file of a newer program is kept for that program, and reported where no other session was found.
  public func newestKept() throws(SavedSessionError) -> KeptSession? {
    var newer: SavedSessionError?
    for path in Self.keptPaths(in: directory).reversed() {
      guard let bytes = FileSystem.read(path, limit: Self.sizeLimit) else { continue }
      do throws(TraceError) {
        return KeptSession(reading: path, try SavedSession(parsing: bytes))
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

  /// Makes a kept session the running one, and keeps the one that was running. Returns false where its file is gone, or
  /// holds another session by now: another program has taken it, or needed its place.
  @discardableResult
  public func takeUp(_ kept: KeptSession) -> Bool {
    guard isInPlace(kept) else { return false }
    // The two change places, by way of a place that is read like the others.
    let spare = Self.keptPath(Self.keptCount + slot, in: directory)
    let hasRunning = rename(path, spare) == 0
    guard rename(kept.path, path) == 0 else { return false }
    if hasRunning { rename(spare, kept.path) }
    return true
  }

  /// Deletes a kept session, unless its file holds another one by now.
  public func discard(_ kept: KeptSession) {
    if isInPlace(kept) { unlink(kept.path) }
  }

  private func isInPlace(_ kept: KeptSession) -> Bool {
    FileSystem.read(kept.path, limit: Self.sizeLimit).map { (try? SavedSession(parsing: $0)) == kept.session }
      ?? false
  }

  private static func keptPath(_ number: Int, in directory: String) -> String {
    "\(directory)/kept-\(number).jsonl"
  }

  /// The paths, the newest last.
  private static func keptPaths(in directory: String) -> [String] {
    ((1...keptCount + slotCount).map { keptPath($0, in: directory) }
      + (1...slotCount).map { "\(directory)/crashed-\($0).jsonl" })
      .compactMap { path in FileSystem.changeTime(of: path).map { (path, $0) } }
      .sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// A free name for an unreadable file; nil where 99 are kept already.
  private static func placeAside(in directory: String) -> String? {
    let names = ["unreadable.jsonl"] + (2...99).map { "unreadable-\($0).jsonl" }
    return names.map { "\(directory)/\($0)" }.first { FileSystem.size(of: $0) == nil }
  }

  /// A free name for a session to keep, else that of the oldest one.
  private static func placeToKeep(in directory: String) -> String {
    let taken = keptPaths(in: directory)
    let places = (1...keptCount).map { keptPath($0, in: directory) }
    return places.first { !taken.contains($0) } ?? taken.first { places.contains($0) } ?? places[0]
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

  /// The folder that the environment names; nil where it names none.
  package static func directory(_ environment: [String: String]) -> String? {
    var environment = environment
    // A missing home folder is not created.
    if let home = environment["HOME"], !FileSystem.isDirectory(home) { environment["HOME"] = nil }
    return BaseDirectory.state.programFolder(environment)
  }
}

/// A session that was quit or interrupted, and its file.
public struct KeptSession: Equatable, Sendable {
  /// The file.
  public let path: String
  /// The file's contents.
  public let session: SavedSession
  /// When it was saved, in seconds since 1970; nil where that is not known.
  public let savedAt: Int?

  public init(path: String, session: SavedSession, savedAt: Int? = nil) {
    (self.path, self.session, self.savedAt) = (path, session, savedAt)
  }

  /// The time since it was saved, in seconds; nil where that is not known.
  public var secondsAgo: Int? { savedAt.map { WallClock.seconds(since: $0) } }

  fileprivate init(reading path: String, _ session: SavedSession) {
    let time = FileSystem.changeTime(of: path).map { $0 / 1_000_000_000 }
    self.init(path: path, session: session, savedAt: time)
  }
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
