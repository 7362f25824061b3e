import Glibc

/// Why a file cannot be read.
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `reason` is the system's: "Permission denied".
  case unreadable(path: String, reason: String)
  case notRegular(path: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
    case .notRegular(let path): "\(path) is not a regular file, so it cannot be read as a part of a model."
    }
  }
}

/// A file's bytes, read only, loaded by the system as they are touched and shared with other processes.
///
/// The file must not be cut short meanwhile: touching what is gone ends the process (SIGBUS).
public final class MappedFile: @unchecked Sendable {
  public let path: String
  public let bytes: UnsafeRawBufferPointer

  public init(path: String) throws(FileError) {
    self.path = path
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)  // a pipe would make open wait
    guard file >= 0 else { throw .unreadable(path: path, reason: systemErrorText()) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .unreadable(path: path, reason: systemErrorText()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
    let size = Int(status.st_size)
    guard size > 0 else {  // nothing can be mapped
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0)
    guard let start, start != MAP_FAILED else {
      throw .unreadable(path: path, reason: systemErrorText())
    }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}

/// What the system says of the last failed call.
func systemErrorText() -> String { String(cString: strerror(errno)) }
