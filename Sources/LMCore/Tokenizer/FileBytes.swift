import Glibc

/// The contents of a small file, in memory until released.
///
/// Read, not mapped: these files are read once, and a mapped file that becomes shorter raises SIGBUS.
final class FileBytes {
  /// The largest known GPT-2 vocabulary file has a few MB.
  private static let largestSize = 1 << 28

  let bytes: UnsafeRawBufferPointer

  init(reading path: String) throws(TokenizerError) {
    // Opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadableFile(path, reason: Self.reason()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadableFile(path, reason: Self.reason()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadableFile(path, reason: "it is not a regular file")
    }
    guard status.st_size <= Self.largestSize else {
      throw .unreadableFile(path, reason: "it has \(status.st_size) bytes, too many for a tokenizer")
    }
    let size = Int(status.st_size)
    try Self.requireMemory(for: size, of: path)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    bytes = UnsafeRawBufferPointer(memory)
    var filled = 0
    while filled < size {
      let got = Glibc.read(descriptor, memory.baseAddress! + filled, size - filled)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        throw .unreadableFile(path, reason: got < 0 ? Self.reason() : "it became shorter while it was read")
      }
      filled += got
    }
  }

  deinit { bytes.deallocate() }

  /// Fails before allocation: a vocabulary is many small pieces, any of which could end the process.
  static func requireMemory(for size: Int, of file: String) throws(TokenizerError) {
    do throws(MemoryError) { try MemoryNeed(vocabularyBytes: size).check(.ofShell(), name: file) } catch {
      throw .noMemory(error)
    }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func reason() -> String { SystemFailure().description.lowercased() }
}
