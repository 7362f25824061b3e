import Glibc

/// An incomplete file in the cache, under a name that no other program reads.
///
/// What is there from an interrupted download is kept and read once, so that the hash covers every byte on the disk.
final class PartialFile {
  let path: String
  /// Bytes that are there.
  private(set) var count = 0
  private let descriptor: Int32
  private let tag: ContentTag
  /// nil while the size, which is part of the hash, is unknown.
  private var verifier: ContentVerifier?
  private let expectedSize: Int?

  /// Opens `path`, or a name of its own where another process works on that in spite of all locks.
  init(path: String, tag: ContentTag, size: Int?) throws(FileSystemError) {
    var path = path
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    var descriptor = open(path, flags, 0o666)
    guard descriptor >= 0 else { throw FileSystemError(path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      path += ".\(getpid())"
      descriptor = open(path, flags, 0o666)
      guard descriptor >= 0 else { throw FileSystemError(path) }
    }
    self.path = path
    self.tag = tag
    self.descriptor = descriptor
    expectedSize = size
    verifier = size.map { tag.makeVerifier(size: $0) }
    try takeUpWhatIsThere()
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileSystemError) {
    try FileSystem.write(bytes, to: descriptor, path: path)
    verifier?.update(bytes)
    count += bytes.count
  }

  /// Drops all bytes.
  func restart() throws(FileSystemError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw FileSystemError(path)
    }
    count = 0
    verifier = expectedSize.map { tag.makeVerifier(size: $0) }
  }

  /// The hash of what is there, where it is not the one that the tag names.
  func mismatch() throws(FileSystemError) -> String? {
    if verifier == nil {
      let verifier = tag.makeVerifier(size: count)
      try forEachPiece { verifier.update($0) }
      self.verifier = verifier
    }
    return verifier?.mismatch
  }

  /// Gives the complete file its name. A power cut must not leave the name without the bytes, so they go to the disk first.
  func moveIntoPlace(_ target: String) throws(FileSystemError) {
    guard fsync(descriptor) == 0 else { throw FileSystemError(path) }
    try FileSystem.rename(path, to: target)
  }

  func remove() { unlink(path) }

  /// All the bytes of a small file.
  func contents() throws(FileSystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachPiece { bytes += $0 }
    return bytes
  }

  private func takeUpWhatIsThere() throws(FileSystemError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileSystemError(path) }
    let size = Int(status.st_size)
    // Only bytes of this very version can be here, since its tag is in the name; more than all are of no use.
    guard size > 0 else { return }
    if let expectedSize, size > expectedSize { return try restart() }
    count = try forEachPiece { verifier?.update($0) }
    guard lseek(descriptor, off_t(count), SEEK_SET) >= 0 else { throw FileSystemError(path) }
  }

  /// - Returns: the number of bytes.
  @discardableResult
  private func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(FileSystemError) -> Int {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    var offset = 0
    while true {
      let got = pread(descriptor, piece.baseAddress, piece.count, off_t(offset))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw FileSystemError(path) }
      if got == 0 { return offset }
      body(UnsafeRawBufferPointer(rebasing: piece[..<got]))
      offset += got
    }
  }
}
