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
    /// The folder of the snapshot, or the GGUF file in it.
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
  ///   - weights: the quantization or the name of a GGUF file, which alone is then fetched; nil for the model in Hugging Face layout,
  ///     or the only GGUF file of a repository that has no other weights.
  ///   - report: called on this thread with what happens.
  public func download(
    _ name: String, revision: String = "main", weights: String? = nil,
    cancellation: Cancellation = Cancellation(),
    report: @escaping (DownloadEvent) -> Void = { _ in }
  ) throws(HubError) -> Result {
    guard let model = RepositoryID(name) else { throw .invalidName(name) }
    guard FileSystem.isPlainRelativePath(revision),
      !revision.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
    else { throw .invalidRevision(revision) }
    let cache = HubCache(environment)
    if environment.isOffline { return try findOffline(model, revision: revision, weights, cache: cache) }
    let client = try HubMetadataClient(
      environment, http: HTTPClient(environment.certificates), model: model, revision: revision)
    let run = HubDownload(
      client, cache: cache, retryPolicy: retryPolicy, cancellation: cancellation, report: report)
    return try run.run(weights)
  }

  private func findOffline(
    _ model: RepositoryID, revision: String, _ weights: String?, cache: HubCache
  ) throws(HubError) -> Result {
    guard let path = cache.snapshot(for: model.text, revision: revision) else {
      throw .offline(model: model.text)
    }
    let (names, commit) = (FileSystem.names(in: path), path.split(separator: "/").last.map(String.init) ?? "")
    let files = GGUFChoice(among: names).matching(weights)
    if weights == nil, CachedModel.problem(inSnapshot: path) == nil {
      return Result(
        model: model.text, commit: commit, path: path, files: names,
        hasVocabulary: ModelFiles.hasVocabulary(names.contains))
    }
    guard let file = files.first, files.count == 1 else { throw .offline(model: model.text) }
    return Result(
      model: model.text, commit: commit, path: path + "/" + file, files: [file], hasVocabulary: true)
  }
}
