import Glibc

/// The folder in which running sessions are saved: $XDG_STATE_HOME/gpt2-viz, or ~/.local/state/gpt2-viz.
///
/// Each running program has a file of its own, `session-N.jsonl`, and locks `session-N.lock` while it runs. A file
/// without a living lock is a session that did not end as it should: it becomes `crashed.jsonl`, which stays
/// until it is taken up again or another one takes its place.
public final class SessionStore {
  /// As many programs at a time save their sessions.
  private static let slotCount = 8
  /// A session of the longest context has a few hundred kilobytes.
  private static let sizeLimit = 1 << 26

  public let directory: String
  private let slot: Int
  private let lock: HeldLock
  /// A session was found that did not end as it should, at this start.
  public let foundCrash: Bool

  private var path: String { Self.path(directory, slot) }
  public var crashedPath: String { "\(directory)/crashed.jsonl" }

  /// Takes a place in the folder and looks for crashed sessions.
  ///
  /// nil where there is no such folder to be had (no home), or all places are taken.
  public convenience init?(environment: [String: String]) throws(SessionStoreError) {
    guard let directory = Self.directory(environment) else { return nil }
    try self.init(directory: directory)
  }

  public init?(directory: String) throws(SessionStoreError) {
    self.directory = directory
    do throws(FileSystemError) {
      try FileSystem.makeDirectory(directory)
      // Texts are their writer's own.
      chmod(directory, 0o700)
      var own: (slot: Int, lock: HeldLock)?
      var foundCrash = false
      for slot in 1...Self.slotCount {
        guard let lock = try HeldLock("\(directory)/session-\(slot).lock") else { continue }
        if FileSystem.size(of: Self.path(directory, slot)) != nil {
          try FileSystem.rename(Self.path(directory, slot), to: "\(directory)/crashed.jsonl")
          foundCrash = true
        }
        if own == nil { own = (slot, lock) }
      }
      guard let own else { return nil }
      (slot, lock) = own
      self.foundCrash = foundCrash
    } catch {
      throw SessionStoreError(path: error.path, reason: error.reason)
    }
  }

  /// The session that did not end as it should; nil where there is none.
  public func crashedSession() throws(SavedSessionError) -> SavedSession? {
    guard let bytes = FileSystem.read(crashedPath, limit: Self.sizeLimit) else { return nil }
    do throws(TraceError) {
      return try SavedSession(parsing: bytes)
    } catch {
      throw SavedSessionError(path: crashedPath, problem: error)
    }
  }

  /// Saves the running session, whole or not at all.
  public func save(_ session: SavedSession) throws(SessionStoreError) {
    do throws(FileSystemError) {
      try FileSystem.replace(path, with: session.lines, mode: 0o600)
    } catch {
      throw SessionStoreError(path: error.path, reason: error.reason)
    }
  }

  /// The session has ended as it should.
  public func forget() { unlink(path) }

  /// The crashed session is the running one now.
  public func forgetCrash() { unlink(crashedPath) }

  /// Held for as long as somebody keeps it.
  private final class HeldLock {
    private let lock: FileLock

    /// nil while another process holds it.
    init?(_ path: String) throws(FileSystemError) {
      guard let lock = try FileLock.take(path) else { return nil }
      self.lock = lock
    }
  }

  private static func path(_ directory: String, _ slot: Int) -> String {
    "\(directory)/session-\(slot).jsonl"
  }

  /// By the XDG base directory specification a path that is not absolute does not count.
  static func directory(_ environment: [String: String]) -> String? {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/gpt2-viz" }
    guard let home = environment["HOME"], home.hasPrefix("/"), FileSystem.isDirectory(home) else {
      return nil
    }
    return home + "/.local/state/gpt2-viz"
  }
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
