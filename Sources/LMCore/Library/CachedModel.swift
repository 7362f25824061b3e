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
  /// Whether config.json describes a GPT-2.
  public let isGPT2: Bool
  /// Why it cannot be loaded, in a sentence; nil where config.json and all weights are there.
  public let problem: String?
}

extension CachedModel {
  init(id: RepositoryID, path: String, commit: String, revisions: [String]) {
    self.id = id.text
    self.path = path
    self.commit = commit
    self.revisions = revisions
    byteCount = Self.byteCount(of: path)
    var isGPT2 = false
    problem = Self.problem(inSnapshot: path, isGPT2: &isGPT2)
    self.isGPT2 = isGPT2
  }

  static func problem(inSnapshot path: String) -> String? {
    var isGPT2 = false
    return problem(inSnapshot: path, isGPT2: &isGPT2)
  }

  private static func problem(inSnapshot path: String, isGPT2: inout Bool) -> String? {
    do {
      guard let bytes = FileSystem.read(path + "/config.json", limit: JSON.largestDocument) else {
        throw ModelDirectoryError.configurationMissing(path: path)
      }
      try ModelFiles.checkConfiguration(bytes, file: path + "/config.json")
      isGPT2 = true
      // It may have been cleared away, or be on its way still: the links are made one by one.
      _ = try ModelDirectory(path: path)
      let index = path + "/" + ModelFiles.index
      if FileSystem.size(of: path + "/" + ModelFiles.weights) == nil,
        let bytes = FileSystem.read(index, limit: JSON.largestDocument)
      {
        let missing = try ModelFiles.shards(ofIndex: bytes, file: index).filter {
          FileSystem.size(of: path + "/" + $0) == nil
        }
        if let first = missing.first {
          return "\(path) lacks \(missing.count) of its weights' files, as \(first)."
        }
      }
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static func byteCount(of folder: String) -> Int {
    FileSystem.names(in: folder).reduce(0) { sum, name in
      let path = folder + "/" + name
      return sum + (FileSystem.isOwnDirectory(path) ? byteCount(of: path) : FileSystem.size(of: path) ?? 0)
    }
  }
}
