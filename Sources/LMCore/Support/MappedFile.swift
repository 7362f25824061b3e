import CMappedFiles
import Glibc

/// Why a file cannot be read.
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `reason` is the system's: "Permission denied".
  case unreadable(path: String, reason: String)
  case notRegular(path: String)
  /// The limit of the shell (`ulimit -v`) is below the file's size.
  case noAddressSpace(path: String, needed: Int)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
    case .noAddressSpace(let path, let needed):
      "\(path) needs \(NumberFormat.bytes(needed)) of address space, and the limit (ulimit -v) leaves less: raise it."
    case .notRegular(let path): "\(path) is not a regular file, so it cannot be read as a part of a model."
    }
  }
}

/// A file's bytes, read only, loaded by the system as they are touched and shared with other processes.
///
/// The file must not become shorter meanwhile: reading the missing part raises SIGBUS. A program that handles it finds the file's
/// path by the address with `mapped_file_at` of CMappedFiles.
///
/// Unchecked: holds a pointer to memory that is only read, until the last owner is gone. Tested by CheckpointTests.
public final class MappedFile: @unchecked Sendable {
  /// The path that the file was opened by.
  public let path: String
  /// The file's contents; empty for an empty file. Valid as long as this object exists.
  public let bytes: UnsafeRawBufferPointer

  /// Maps a regular file; links are followed.
  ///
  /// - Throws: `FileError` where the file cannot be opened, is not regular, or the address space is exhausted.
  public init(path: String) throws(FileError) {
    self.path = path
    // Opening a pipe would wait for its writer.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .unreadable(path: path, reason: SystemFailure().description) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw .unreadable(path: path, reason: SystemFailure().description)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
    let size = Int(status.st_size)
    guard size > 0 else {  // nothing can be mapped
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0)
    guard let start, start != MAP_FAILED else {
      if errno == ENOMEM { throw .noAddressSpace(path: path, needed: size) }
      throw .unreadable(path: path, reason: SystemFailure().description)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
    // Where this fails, SIGBUS ends the process without naming the file.
    _ = mapped_file_add(start, size, path)
  }

  /// Touches every page of mapped bytes in order, calling `progress` with the bytes done.
  static func readAhead(_ bytes: UnsafeRawBufferPointer, progress: (Int) -> Void) {
    let window = 16 << 20
    for start in stride(from: 0, to: bytes.count, by: window) {
      let end = min(start + window, bytes.count)
      load(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      progress(end)
    }
  }

  /// Maps and reads all pages at once (`MADV_POPULATE_READ`). Older systems refuse; then pages are read as they are
  /// used.
  static func load(_ bytes: UnsafeRawBufferPointer) { advise(bytes, MADV_POPULATE_READ) }

  /// Tells the system that mapped bytes are needed soon.
  static func expect(_ bytes: UnsafeRawBufferPointer) { advise(bytes, MADV_WILLNEED) }

  /// Releases the memory of mapped bytes (`MADV_DONTNEED`); the system reads them again when they are used.
  static func release(_ bytes: UnsafeRawBufferPointer) { advise(bytes, MADV_DONTNEED) }

  private static func advise(_ bytes: UnsafeRawBufferPointer, _ advice: Int32) {
    guard let base = bytes.baseAddress else { return }
    let page = Int(bitPattern: base) & 4095
    madvise(UnsafeMutableRawPointer(mutating: base - page), bytes.count + page, advice)
  }

  /// From Linux 5.14; the C library's headers may be older.
  private static let MADV_POPULATE_READ: Int32 = 22

  deinit {
    guard let start = bytes.baseAddress else { return }
    mapped_file_remove(start)
    munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
  }
}
