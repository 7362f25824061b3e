import Glibc
import LMCore

/// Writes a file that the command line names.
enum OutputFile {
  /// Atomic: the old contents stay until the new ones are on the disk.
  static func write(_ text: String, to path: String) throws(OutputFileError) {
    // Writes the target of a symbolic link, not over the link.
    let whole = realpath(path, nil)
    defer { free(whole) }
    do throws(FileSystemError) {
      try FileSystem.replace(whole.map { String(cString: $0) } ?? path, with: text)
    } catch {
      throw OutputFileError(path: path, reason: error.reason)
    }
  }
}

/// A file could not be written.
struct OutputFileError: Error, Equatable, CustomStringConvertible {
  let path: String
  let reason: String

  var description: String { "cannot write \(path): \(reason)" }
}
