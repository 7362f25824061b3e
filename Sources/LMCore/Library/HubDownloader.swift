import Glibc

/// Fetches a model from the Hugging Face hub into the cache that `transformers` reads.
///
/// An interrupted download continues where it stopped when it is started again. No file gets
/// its name before its size and hash are right, and the revision's name moves to a commit when all its files are there.
public struct HubDownloader {
  /// Cache folder, server and token.
  public let environment: HubEnvironment
  /// Tests use shorter pauses.
  var retryPolicy = FileTransfer.RetryPolicy()

  /// A downloader for the cache, the server and the token that these variables name.
  public init(environment: [String: String] = ProcessEnvironment.variables) {
    self.environment = HubEnvironment(environment)
  }

  /// What the cache holds after a download.
  public struct Result: Equatable, Sendable {
    /// The model's name on the hub.
    public let model: String
    /// The commit of the revision: 40 hexadecimal digits.
    public let commit: String
    /// The folder of the snapshot.
    public let path: String
    /// The names of the model's files in the snapshot.
    public let files: [String]
    /// False: the model can only be used with ids.
    public let hasVocabulary: Bool
  }

  /// Fetches what is missing of a model: config.json, weights, vocabulary.
  ///
  /// - Parameters:
  ///   - name: `gpt2` or `organisation/name`.
  ///   - revision: a branch, a tag or a commit.
  ///   - report: called on this thread with what happens.
  public func download(
    _ name: String, revision: String = "main", cancellation: Cancellation = Cancellation(),
    report: @escaping (DownloadEvent) -> Void = { _ in }
  ) throws(HubError) -> Result {
    guard let model = RepositoryID(name) else { throw .invalidName(name) }
    guard FileSystem.isPlainRelativePath(revision),
      !revision.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
    else { throw .invalidRevision(revision) }
    let cache = HubCache(environment)
    if environment.isOffline { return try findOffline(model, revision: revision, cache: cache) }
    let client = try HubMetadataClient(
      environment, http: HTTPClient(environment.certificates), model: model, revision: revision)
    let run = HubDownload(
      client, cache: cache, retryPolicy: retryPolicy, cancellation: cancellation, report: report)
    return try run.run()
  }

  private func findOffline(
    _ model: RepositoryID, revision: String, cache: HubCache
  ) throws(HubError) -> Result {
    guard let path = cache.snapshot(for: model.text, revision: revision),
      CachedModel.problem(inSnapshot: path) == nil
    else { throw .offline(model: model.text) }
    let names = FileSystem.names(in: path)
    return Result(
      model: model.text, commit: path.split(separator: "/").last.map(String.init) ?? "", path: path,
      files: names, hasVocabulary: ModelFiles.hasVocabulary(names.contains))
  }
}
