/// One snapshot in the cache: the files of a model at one commit.
public struct CachedModel: Equatable, Sendable {
  /// `organisation/name`
  public let id: String
  /// The snapshot's folder.
  public let path: String
  /// 40 hexadecimal digits.
  public let commit: String
  /// The branches and tags that stood at this commit when they were fetched last.
  public let revisions: [String]
  /// Bytes of all its files.
  public let byteCount: Int
  /// The family of the model that config.json describes; nil for one that cannot be run.
  public let family: String?
  /// Why it cannot be loaded, as a sentence; nil where config.json and all weights are present.
  public let problem: String?
}

extension CachedModel {
  init(id: RepositoryID, path: String, commit: String, revisions: [String]) {
    self.id = id.text
    self.path = path
    self.commit = commit
    self.revisions = revisions
    byteCount = Self.byteCount(of: path)
    (family, problem) = Self.inspect(snapshot: path)
  }

  static func problem(inSnapshot path: String) -> String? { inspect(snapshot: path).problem }

  private static func inspect(snapshot path: String) -> (family: String?, problem: String?) {
    var family: String?
    do {
      guard let bytes = FileSystem.read(path + "/config.json", limit: JSON.largestDocument) else {
        throw FileSystem.size(of: path + "/" + ModelFiles.adapter) == nil
          ? ModelDirectoryError.configurationMissing(path: path) : .onlyAdapter(path: path)
      }
      family = try ModelFiles.checkConfiguration(bytes, file: path + "/config.json").name
      // The snapshot may be incomplete: links are made and removed one by one.
      _ = try ModelDirectory(path: path)
      let index = path + "/" + ModelFiles.index
      if FileSystem.size(of: path + "/" + ModelFiles.weights) == nil,
        let bytes = FileSystem.read(index, limit: JSON.largestDocument)
      {
        let missing = try ModelFiles.shards(ofIndex: bytes, file: index).filter {
          FileSystem.size(of: path + "/" + $0) == nil
        }
        if let first = missing.first {
          return (family, "\(path) lacks \(missing.count) of its weights' files, as \(first).")
        }
      }
      return (family, nil)
    } catch {
      return (family, "\(error)")
    }
  }

  private static func byteCount(of folder: String) -> Int {
    FileSystem.names(in: folder).reduce(0) { sum, name in
      let path = folder + "/" + name
      return sum + (FileSystem.isOwnDirectory(path) ? byteCount(of: path) : FileSystem.size(of: path) ?? 0)
    }
  }
}
