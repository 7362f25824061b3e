import Glibc

/// Puts files of one model into the cache, in the layout that `huggingface_hub` writes.
struct CacheWriter {
  let cache: HubCache
  let model: RepositoryID
  /// True: snapshots hold files. False: they hold links to blobs.
  let avoidsSymlinks: Bool

  private var repository: String { cache.repositoryDirectory(of: model) }

  func snapshotDirectory(_ commit: String) -> String { cache.snapshotDirectory(of: model, commit: commit) }
  func pointerPath(_ file: RemoteFile) -> String { snapshotDirectory(file.commit) + "/" + file.name }
  func blobPath(_ file: RemoteFile) -> String { repository + "/blobs/" + file.tag.text }
  /// A name that `huggingface_hub` never opens: its own incomplete files belong to one process each and are deleted.
  func partialPath(_ file: RemoteFile) -> String { blobPath(file) + ".gpt2-viz.incomplete" }
  func lockPath(_ file: RemoteFile) -> String {
    cache.directory + "/.locks/" + model.folderName + "/" + file.tag.text + ".lock"
  }

  /// True where the snapshot has the file with the right size.
  func has(_ file: RemoteFile) -> Bool {
    guard let size = FileSystem.size(of: pointerPath(file)) else { return false }
    return file.size == nil || file.size == size
  }

  func hasBlob(_ file: RemoteFile) -> Bool {
    guard let size = FileSystem.size(of: blobPath(file)) else { return false }
    return file.size == nil || file.size == size
  }

  /// Bytes of the file that are in the cache already.
  func presentBytes(of file: RemoteFile) -> Int {
    if has(file) || hasBlob(file) { return file.size ?? 0 }
    return min(FileSystem.size(of: partialPath(file)) ?? 0, file.size ?? 0)
  }

  /// Runs file operations; a `FileSystemError` becomes a `HubError`.
  func write(_ body: (CacheWriter) throws(FileSystemError) -> Void) throws(HubError) {
    do { try body(self) } catch { throw HubError(error) }
  }

  func makeDirectories(for file: RemoteFile) throws(FileSystemError) {
    for path in [blobPath(file), lockPath(file)] {
      try FileSystem.makeDirectory(FileSystem.folder(of: path))
    }
    // Backup programs skip a folder with this file.
    let tag = cache.directory + "/CACHEDIR.TAG"
    if FileSystem.size(of: tag) == nil {
      let text = """
        Signature: 8a477f597d28d172789f06886806bc55
        # This file is a cache directory tag created by gpt2-viz.
        # For information about cache directory tags, see https://bford.info/cachedir/

        """
      // A missing tag does no harm.
      do { try replace(tag, with: text) } catch {}
    }
  }

  /// Makes the snapshot show the blob: by a relative link, since caches get moved; as a file where links cannot be made.
  /// Call it with the blob's lock held.
  ///
  /// - Parameter isNew: no other snapshot can refer to the blob yet.
  func link(_ file: RemoteFile, isNew: Bool) throws(FileSystemError) {
    let pointer = pointerPath(file)
    try FileSystem.makeDirectory(FileSystem.folder(of: pointer))
    // A fixed name, since the blob's lock is held: the next program replaces what a killed one left.
    let temporary = pointer + ".gpt2-viz.tmp"
    let depth = 2 + file.name.utf8.count { $0 == UInt8(ascii: "/") }
    let target = String(repeating: "../", count: depth) + "blobs/" + file.tag.text
    unlink(temporary)
    if !avoidsSymlinks, symlink(target, temporary) == 0 {
      return try FileSystem.rename(temporary, to: pointer)
    }
    if isNew { return try FileSystem.rename(blobPath(file), to: pointer) }
    try copy(blobPath(file), to: temporary)
    try FileSystem.rename(temporary, to: pointer)
  }

  /// Records the commit of a branch or tag.
  func setReference(_ revision: String, to commit: String) throws(FileSystemError) {
    guard revision != commit, cache.commit(of: model, revision: revision) != commit else { return }
    let path = repository + "/refs/" + revision
    try FileSystem.makeDirectory(FileSystem.folder(of: path))
    try replace(path, with: commit)
  }

  /// Records that the repository has no such file, which saves `transformers` a request.
  func noteAbsence(of file: String, at commit: String) {
    let path = repository + "/.no_exist/" + commit + "/" + file
    // Only a hint: without it, the next program sends the request again.
    do {
      try FileSystem.makeDirectory(FileSystem.folder(of: path))
      try FileSystem.touch(path)
    } catch {}
  }

  /// Writes a small file, and removes the temporary files of programs that were killed while they wrote it.
  private func replace(_ path: String, with text: String) throws(FileSystemError) {
    try FileSystem.replace(path, with: text)
    FileSystem.removeLeftovers(of: path) { writer in kill(writer, 0) != 0 && errno == ESRCH }
  }

  private func copy(_ source: String, to target: String) throws(FileSystemError) {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw FileSystemError(source) }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard output >= 0 else { throw FileSystemError(target) }
    defer { close(output) }
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(input, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileSystemError(source) }
      if count == 0 { return }
      try FileSystem.write(Array(piece.prefix(count)), to: output, path: target)
    }
  }
}
