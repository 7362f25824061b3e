import Glibc

/// A lock between processes, taken on a file of its own as `huggingface_hub` does (flock on
/// `.locks/<repository>/<etag>.lock`). The file stays: removing it would let two processes lock two files of one name.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// nil while another process holds the lock.
  static func take(_ path: String) throws(FileSystemError) -> FileLock? {
    // Other users of a shared cache must be able to lock it too, hence the group's right to write.
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o664)
    guard descriptor >= 0 else { throw FileSystemError(path) }
    let lock = FileLock(descriptor: descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if [EWOULDBLOCK, EACCES, EINTR].contains(errno) { return nil }
      // Some network file systems have no locks. Files are complete and checked before they get their names, so a
      // missing lock costs no more than a second transfer.
      return lock
    }
    // The file was removed after it was opened: a lock on it excludes nobody.
    var (held, named) = (stat(), stat())
    guard fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino else {
      return nil
    }
    return lock
  }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
