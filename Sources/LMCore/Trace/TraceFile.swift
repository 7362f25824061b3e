import Glibc

/// Writes traces where nothing is yet.
public enum TraceFile {
  /// Creates the file; where writing fails, nothing of it stays.
  public static func create(_ path: String, with content: TraceContent) throws(TraceFileError) {
    guard !path.isEmpty else { throw .noName }
    // Reserved before anything is written: whatever has the name keeps it.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      if errno == EEXIST { throw .exists(path: path) }
      throw .unwritable(path: path, reason: FileSystemError(path).reason)
    }
    do throws(FileSystemError) {
      do {
        defer { close(descriptor) }
        try FileSystem.write(Array(content.lines.utf8), to: descriptor, path: path)
        // A full network disk may say so only here.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw FileSystemError(path) }
      }
    } catch {
      unlink(path)
      throw .unwritable(path: path, reason: error.reason)
    }
  }

  /// The path with a number before its ending, so that nothing has it yet.
  public static func freeName(like path: String) -> String {
    let name = path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
    let dot = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? $0 : nil } ?? path.endIndex
    for number in 2... {
      let candidate = "\(path[..<dot])-\(number)\(path[dot...])"
      if access(candidate, F_OK) != 0 { return candidate }
    }
    return path
  }
}

/// Why a trace was not written.
public enum TraceFileError: Error, Equatable, Sendable, CustomStringConvertible {
  case noName
  case exists(path: String)
  case unwritable(path: String, reason: String)

  public var description: String {
    switch self {
    case .noName: "a trace needs a file name"
    case .exists(let path): "\(path) exists already and was left as it is; give another name"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    }
  }
}
