import Glibc
import LMCore

/// Writes a file that the command line names.
enum OutputFile {
  /// Atomic: the old contents stay until the new ones are on the disk. A pipe or a device is written to, and stays what it is.
  static func write(_ text: String, to path: String) throws(OutputFileError) {
    do throws(FileSystemError) {
      if isStream(path) { return try writeInto(path, text) }
      // The target of a symbolic link, not the link.
      try FileSystem.replace(FileSystem.absolute(path), with: text)
    } catch {
      throw OutputFileError(path: path, reason: error.reason)
    }
  }

  /// Throws what `write` would throw for sure: long work need not begin in vain.
  static func check(_ path: String) throws(OutputFileError) {
    if FileSystem.isDirectory(path) {
      throw OutputFileError(path: path, reason: FileSystemError(path, errorNumber: EISDIR).reason)
    }
    // A new file takes the place of the old one: then the folder is written to.
    guard access(isStream(path) ? path : folder(of: FileSystem.absolute(path)), W_OK) == 0 else {
      throw OutputFileError(path: path, reason: FileSystemError(path).reason)
    }
  }

  /// With its slash.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }

  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  private static func writeInto(_ path: String, _ text: String) throws(FileSystemError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw FileSystemError(path) }
    defer { close(descriptor) }
    try FileSystem.write(Array(text.utf8), to: descriptor, path: path)
  }
}

/// A file could not be written.
struct OutputFileError: Error, Equatable, CustomStringConvertible {
  let path: String
  let reason: String

  var description: String { "cannot write \(path): \(reason)" }
}
