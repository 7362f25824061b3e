import Glibc

/// The cache of models that `huggingface_hub` and `transformers` keep: finds what is there, downloads nothing.
///
///     models--openai-community--gpt2/
///       refs/main                        the commit that the branch stood at, 40 digits
///       snapshots/<commit>/config.json   a link to ../../blobs/<etag>
///       blobs/<etag>
public struct HubCache: Sendable {
  /// The folder that holds `models--organisation--name`.
  public let directory: String

  /// The cache that the environment's variables name.
  public init(environment: [String: String] = ProcessEnvironment.variables) {
    self.init(HubEnvironment(environment))
  }

  /// The cache of an environment.
  public init(_ environment: HubEnvironment) { directory = environment.cacheDirectory }

  /// The folder with the files of a model at a revision: a branch, a tag, or a commit in full. Nil where the cache has
  /// none.
  ///
  /// `gpt2` also finds `openai-community/gpt2`, and so on for the ids from before there were organisations, unless the
  /// cache has a usable copy under the short id. `ModelDirectory` checks which of the model's files are present.
  public func snapshot(for name: String, revision: String = "main") -> String? {
    guard let id = RepositoryID(name) else { return nil }
    let found = [id, id.canonical].compactMap { $0 }.compactMap { id in
      commit(of: id, revision: revision).map { snapshotDirectory(of: id, commit: $0) }
    }.filter(FileSystem.isDirectory)
    return found.first { CachedModel.problem(inSnapshot: $0) == nil } ?? found.first
  }

  /// The commit that a revision stood at when it was fetched last; a commit in full is itself.
  func commit(of id: RepositoryID, revision: String) -> String? {
    if Self.isCommit(revision) { return revision }
    guard FileSystem.isPlainRelativePath(revision) else { return nil }
    return readReference(repositoryDirectory(of: id) + "/refs/" + revision)
  }

  /// Why the cache cannot be read, as a sentence; nil where it can, and where there is none.
  ///
  /// - Parameter name: a model whose own folder is checked too.
  public func obstacle(for name: String? = nil) -> String? {
    let ids = name.flatMap { RepositoryID($0) }.map { [$0, $0.canonical].compactMap { $0 } } ?? []
    let repositories = ids.map(repositoryDirectory)
    let folders = [directory] + repositories + repositories.flatMap { [$0 + "/refs", $0 + "/snapshots"] }
    for folder in folders {
      do throws(FileSystemError) {
        _ = try FileSystem.list(folder)
      } catch  where error.errorNumber != ENOENT {
        return "The cache \(folder) cannot be read: \(error.reason)."
      } catch {}
    }
    return nil
  }

  /// Every snapshot of every model, by id; also those that are no GPT-2 or lack files.
  public func models() -> [CachedModel] {
    FileSystem.names(in: directory).flatMap { name -> [CachedModel] in
      guard let id = RepositoryID(folderName: name) else { return [] }
      let repository = directory + "/" + name
      let revisions = references(in: repository + "/refs")
      return FileSystem.names(in: repository + "/snapshots").filter(Self.isCommit).map { commit in
        CachedModel(
          id: id, path: repository + "/snapshots/" + commit, commit: commit,
          revisions: revisions.filter { $0.commit == commit }.map(\.name))
      }
    }
  }

  func repositoryDirectory(of id: RepositoryID) -> String { directory + "/" + id.folderName }

  func snapshotDirectory(of id: RepositoryID, commit: String) -> String {
    repositoryDirectory(of: id) + "/snapshots/" + commit
  }

  static func isCommit(_ text: String) -> Bool {
    text.utf8.count == 40 && text.utf8.allSatisfy(\.isLowerCaseHexadecimal)
  }

  private func readReference(_ path: String) -> String? {
    guard let bytes = FileSystem.read(path, limit: 1 << 10) else { return nil }
    // Written without a newline, but an editor may have added one.
    let commit = String(String(decoding: bytes, as: UTF8.self).trimmed())
    return Self.isCommit(commit) ? commit : nil
  }

  /// All references below a folder: a branch `a/b` is the file `b` in the folder `a`.
  private func references(in folder: String, prefix: String = "") -> [(name: String, commit: String)] {
    FileSystem.names(in: folder).flatMap { name -> [(name: String, commit: String)] in
      let path = folder + "/" + name
      if FileSystem.isOwnDirectory(path) { return references(in: path, prefix: prefix + name + "/") }
      return readReference(path).map { [(prefix + name, $0)] } ?? []
    }
  }
}
