import Glibc

/// A call to the file system that failed.
package struct FileSystemError: Error, Equatable, Sendable {
  package let path: String
  package let failure: SystemFailure

  package init(_ path: String, errorNumber: Int32 = errno) {
    (self.path, failure) = (path, SystemFailure(errorNumber))
  }

  package var errorNumber: Int32 { failure.errorNumber }
  /// The system's sentence: "Permission denied".
  package var reason: String { failure.description }
}

/// The few file operations that are needed, each with the error that the system gave.
package enum FileSystem {
  /// The contents of a small file; nil where there is no regular file that can be read, or it has more than `limit`
  /// bytes.
  static func read(_ path: String, limit: Int) -> [UInt8]? {
    // Opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
      return nil
    }
    do throws(FileSystemError) {
      return try readAll(descriptor, limit: limit, path: path)
    } catch { return nil }
  }

  /// All that a descriptor gives until its end; nil where that is more than `limit` bytes.
  package static func readAll(
    _ descriptor: Int32, limit: Int, path: String
  ) throws(FileSystemError) -> [UInt8]? {
    var bytes: [UInt8] = []
    // Small at first: how much memory is left is read here, too, when there is next to none.
    var piece = [UInt8](repeating: 0, count: 1 << 12)
    while true {
      if bytes.count == 1 << 12 { piece = [UInt8](repeating: 0, count: 1 << 16) }
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystemError(path)
      }
      guard bytes.count + count <= limit else { return nil }
      bytes += piece.prefix(count)
    }
  }

  /// Size of the regular file that the path leads to, through links; nil where there is none.
  static func size(of path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// When the regular file was last written, in nanoseconds since 1970; nil where there is none.
  static func changeTime(of path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
  }

  /// The path from the root on; the same path where it leads nowhere.
  package static func absolute(_ path: String) -> String {
    guard let whole = realpath(path, nil) else { return path }
    defer { free(whole) }
    return String(cString: whole)
  }

  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// A folder itself, not a link to one: links may lead in circles.
  static func isOwnDirectory(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder without `.` and `..`, sorted; none where it cannot be read.
  package static func names(in directory: String) -> [String] { (try? list(directory)) ?? [] }

  /// The same; throws where the folder cannot be read.
  package static func list(_ directory: String) throws(FileSystemError) -> [String] {
    guard let stream = opendir(directory) else { throw FileSystemError(directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Makes the folder and those above it, where they are missing.
  static func makeDirectory(_ path: String) throws(FileSystemError) {
    if isDirectory(path) { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeDirectory(String(path[..<slash]))
    }
    // Another process may have made it meanwhile.
    guard mkdir(path, 0o777) != 0 else { return }
    guard errno == EEXIST else { throw FileSystemError(path) }
    guard isDirectory(path) else { throw FileSystemError(path, errorNumber: ENOTDIR) }
  }

  static func rename(_ source: String, to target: String) throws(FileSystemError) {
    guard Glibc.rename(source, target) == 0 else { throw FileSystemError(target) }
  }

  /// Replaces a small file: readers see the old contents or the new, never a part.
  ///
  /// - Parameter isDurable: waits for the disk, so that this holds after a power cut, too.
  package static func replace(
    _ path: String, with text: String, mode: mode_t = 0o666, isDurable: Bool = false
  ) throws(FileSystemError) {
    let temporary = path + ".\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw FileSystemError(temporary) }
    do throws(FileSystemError) {
      try write(Array(text.utf8), to: descriptor, path: temporary)
      if isDurable { fsync(descriptor) }
      guard close(descriptor) == 0 else { throw FileSystemError(temporary) }
      try rename(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Removes the temporary files of `replace` whose writers were killed.
  ///
  /// - Parameter isGone: true for the number of a process that does not run any more.
  static func removeLeftovers(of path: String, isGone: (pid_t) -> Bool) {
    let folder = folder(of: path)
    let prefix = path.dropFirst(folder.count + 1) + "."
    for name in names(in: folder) where name.hasPrefix(prefix) && name.hasSuffix(".tmp") {
      guard let writer = pid_t(name.dropFirst(prefix.count).dropLast(4)), isGone(writer) else { continue }
      unlink(folder + "/" + name)
    }
  }

  /// The path of the folder that a file lies in, without a slash at its end.
  static func folder(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  /// Makes an empty file where there is none.
  static func touch(_ path: String) throws(FileSystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileSystemError(path) }
    close(descriptor)
  }

  /// Writes all the bytes, however many calls it takes.
  package static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileSystemError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(FileSystemError) in try write(buffer, to: descriptor, path: path) }
    }
    try result.get()
  }

  static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
  ) throws(FileSystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileSystemError(path, errorNumber: count == 0 ? ENOSPC : errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Bytes that a user without privileges can still write to the disk that holds the folder; nil where unknown.
  static func freeSpace(at directory: String) -> Int? {
    var status = statvfs()
    guard statvfs(directory, &status) == 0 else { return nil }
    let (bytes, isTooLarge) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
    return isTooLarge ? nil : bytes
  }

  /// True for a path from an untrusted source that stays below the folder it is appended to.
  static func isPlainRelativePath(_ path: String) -> Bool {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return !path.utf8.contains(0)
      && parts.allSatisfy { part in
        !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
      }
  }
}
