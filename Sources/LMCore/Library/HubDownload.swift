import Glibc

/// One run of `HubDownloader`.
final class HubDownload {
  private let client: HubMetadataClient
  private let store: CacheWriter
  private let retryPolicy: FileTransfer.RetryPolicy
  private let cancellation: Cancellation
  private let report: (DownloadEvent) -> Void
  private let model: String

  /// Bytes of complete files.
  private var completedBytes = 0
  private var totalBytes = 0
  private var receivedBytes = 0
  private var rate = TransferRate()
  private var lastReport = -Double.infinity

  init(
    _ client: HubMetadataClient, cache: HubCache, retryPolicy: FileTransfer.RetryPolicy,
    cancellation: Cancellation,
    report: @escaping (DownloadEvent) -> Void
  ) {
    self.client = client
    self.retryPolicy = retryPolicy
    self.cancellation = cancellation
    self.report = report
    model = client.model.text
    store = CacheWriter(cache: cache, model: client.model, avoidsSymlinks: client.environment.avoidsSymlinks)
  }

  /// - Parameter weights: the quantization or the name of a GGUF file.
  func run(_ weights: String?) throws(HubError) -> HubDownloader.Result {
    guard weights == nil else { return try fetchGGUF(weights, of: list()) }
    do { return try fetchFolder() } catch {
      guard error.saysWeightsAreMissing else { throw error }
      // Asked only now, since a mirror may have the files and not the list.
      guard let listing = try? list(), !GGUFChoice(among: listing.files).files.isEmpty else { throw error }
      return try fetchGGUF(nil, of: listing)
    }
  }

  private func list() throws(HubError) -> HubListing {
    try persistently("the list of files") { () throws(HubError) in try client.list(watch: cancellation) }
  }

  /// The one GGUF file that is meant. It holds configuration and vocabulary too.
  private func fetchGGUF(_ weights: String?, of listing: HubListing) throws(HubError) -> HubDownloader.Result
  {
    let choice = GGUFChoice(among: listing.files)
    let files = choice.matching(weights)
    guard let name = files.first else {
      throw .noSuchGGUFFile(model: model, wish: weights ?? "", names: choice.names)
    }
    guard files.count == 1 else {
      throw .severalGGUFFiles(model: model, names: weights == nil ? choice.names : files)
    }
    guard let file = try find(name, at: listing.commit) else {
      throw .fileNotFound(model: model, revision: client.revision, file: name)
    }
    try plan([file], commit: listing.commit)
    _ = try fetch(file)
    try noteRevision(listing.commit)
    return HubDownloader.Result(
      model: model, commit: listing.commit, path: store.pointerPath(file), files: [name], hasVocabulary: true)
  }

  private func noteRevision(_ commit: String) throws(HubError) {
    try store.write { (cache: CacheWriter) throws(FileSystemError) in
      try cache.setReference(client.revision, to: commit)
    }
  }

  /// The files of a model in Hugging Face layout.
  private func fetchFolder() throws(HubError) -> HubDownloader.Result {
    // config.json first: it decides the commit of all other files, and whether the model can be used.
    let configuration = try persistently(ModelFiles.configuration) { () throws(HubError) in
      try client.describe(ModelFiles.configuration, watch: cancellation)
    }
    let commit = configuration.commit
    let model = model
    _ = try fetch(configuration) { bytes throws(HubError) in
      do throws(ModelFilesError) {
        try ModelFiles.checkConfiguration(bytes, file: ModelFiles.configuration)
      } catch {
        throw .unknownFamily(model: model, reason: error.description)
      }
    }
    guard try find(ModelFiles.adapter, at: commit) == nil else {
      throw .unknownFamily(model: model, reason: ModelDirectoryError.adapter(path: model).description)
    }
    var files = try findSmallFiles(at: commit)
    let smallFiles = files.map(\.name)
    files += try findWeights(at: commit)
    try plan([configuration] + files, commit: commit)
    for file in files { _ = try fetch(file) }
    try noteRevision(commit)
    return HubDownloader.Result(
      model: model, commit: commit, path: store.snapshotDirectory(commit),
      files: [configuration.name] + files.map(\.name),
      hasVocabulary: ModelFiles.hasVocabulary(smallFiles.contains))
  }

  // MARK: Finding files

  /// The small files that change what the model reads and where it stops, as far as the model has them. Those that it has
  /// not are noted in the cache, so that `transformers` reads the same files without a network.
  private func findSmallFiles(at commit: String) throws(HubError) -> [RemoteFile] {
    var files: [RemoteFile] = []
    for name in ModelFiles.vocabularies + ModelFiles.settings {
      if let file = try find(name, at: commit) { files.append(file) }
    }
    return files
  }

  /// The single file of weights, else the index and all it lists.
  private func findWeights(at commit: String) throws(HubError) -> [RemoteFile] {
    if let file = try find(ModelFiles.weights, at: commit) { return [file] }
    guard let index = try find(ModelFiles.index, at: commit) else {
      throw .noWeights(model: model, revision: client.revision)
    }
    let document = try fetch(index)
    let names: [String]
    do { names = try ModelFiles.shards(ofIndex: document, file: ModelFiles.index) } catch {
      throw .invalidDocument(model: model, reason: error.description)
    }
    var files = [index]
    for name in names {
      guard let shard = try find(name, at: commit) else {
        throw .fileNotFound(model: model, revision: client.revision, file: name)
      }
      files.append(shard)
    }
    return files
  }

  /// nil where the repository has no such file, which the cache records.
  private func find(_ name: String, at commit: String) throws(HubError) -> RemoteFile? {
    do throws(HubError) {
      let file = try persistently(name) { () throws(HubError) in
        try client.describe(name, at: commit, watch: cancellation)
      }
      // The request named the commit; another one would mix two versions in a snapshot.
      guard file.commit == commit else {
        throw HubError.notAHub(url: file.location.text, missing: "the commit that was asked for")
      }
      return file
    } catch .fileNotFound(_, _, _) {
      store.noteAbsence(of: name, at: commit)
      return nil
    }
  }

  /// Repeats a request after a passing error. A host that cannot be found or reached is an error at once, since the
  /// user is waiting.
  private func persistently<Value>(
    _ file: String, _ body: () throws(HubError) -> Value
  ) throws(HubError) -> Value {
    var attempt = 1
    while true {
      do { return try body() } catch {
        guard error.isPassing, !error.saysThereIsNoNetwork, attempt < min(retryPolicy.attempts, 3) else {
          throw error
        }
        var pause = min(retryPolicy.firstPause * Double(1 << (attempt - 1)), retryPolicy.longestPause)
        if case .tooManyRequests(_, let seconds?) = error {
          pause = min(Double(seconds), retryPolicy.longestRequestedPause)
        }
        report(.retrying(file: file, reason: error, seconds: pause))
        try cancellation.sleep(seconds: pause)
        attempt += 1
      }
    }
  }

  /// Adds up the sizes, and refuses what does not fit on the disk before anything large is fetched.
  private func plan(_ files: [RemoteFile], commit: String) throws(HubError) {
    totalBytes = files.reduce(0) { $0 + ($1.size ?? 0) }
    let present = files.reduce(0) { $0 + store.presentBytes(of: $1) }
    report(.planned(model: model, commit: commit, files: files.count, bytes: totalBytes, present: present))
    let missing = totalBytes - present
    let directory = store.cache.directory
    if let free = FileSystem.freeSpace(at: directory), missing > free {
      throw .diskFull(directory: directory, needed: missing, free: free)
    }
  }

  // MARK: Fetching

  /// Puts a file into the snapshot.
  ///
  /// - Parameter check: throws where the contents are not wanted; the file is then removed.
  /// - Returns: the contents of a small file, none of a large one.
  private func fetch(
    _ remote: RemoteFile, check: ([UInt8]) throws(HubError) -> Void = { _ in }
  ) throws(HubError) -> [UInt8] {
    if store.has(remote) { return try alreadyHere(remote, check) }
    try store.write { (cache: CacheWriter) throws(FileSystemError) in try cache.makeDirectories(for: remote) }
    let lock = try takeLock(for: remote)
    defer { _ = lock }
    // Another process may have fetched it while we waited.
    if store.has(remote) { return try alreadyHere(remote, check) }
    if store.hasBlob(remote) {
      try store.write { (cache: CacheWriter) throws(FileSystemError) in try cache.link(remote, isNew: false) }
      return try alreadyHere(remote, check)
    }
    let file: PartialFile
    do {
      file = try PartialFile(path: store.partialPath(remote), tag: remote.tag, size: remote.size)
    } catch { throw HubError(error) }
    report(.started(file: remote.name, bytes: remote.size, present: file.count))
    let transfer = FileTransfer(
      remote, into: file, client: client, retryPolicy: retryPolicy, watch: cancellation, report: report,
      count: makeCounter(for: remote, from: file.count))
    try transfer.run()
    let contents = try contents(of: file, limit: JSON.largestDocument)
    do { try check(contents) } catch {
      file.remove()
      throw error
    }
    try store.write { (cache: CacheWriter) throws(FileSystemError) in
      try file.moveIntoPlace(cache.blobPath(remote))
      try cache.link(remote, isNew: true)
    }
    completedBytes += file.count
    show(remote, bytes: 0, always: true)
    report(.finished(file: remote.name))
    return contents
  }

  private func contents(of file: PartialFile, limit: Int) throws(HubError) -> [UInt8] {
    guard file.count <= limit else { return [] }
    do { return try file.contents() } catch { throw HubError(error) }
  }

  private func alreadyHere(
    _ remote: RemoteFile, _ check: ([UInt8]) throws(HubError) -> Void
  ) throws(HubError) -> [UInt8] {
    let path = store.pointerPath(remote)
    let contents = FileSystem.read(path, limit: JSON.largestDocument) ?? []
    try check(contents)
    completedBytes += remote.size ?? FileSystem.size(of: path) ?? 0
    report(.found(file: remote.name))
    return contents
  }

  private func takeLock(for remote: RemoteFile) throws(HubError) -> FileLock {
    var hasReported = false
    while true {
      do {
        if let lock = try FileLock.take(store.lockPath(remote)) { return lock }
      } catch { throw HubError(error) }
      if !hasReported { report(.waiting(file: remote.name)) }
      hasReported = true
      try cancellation.sleep(seconds: 0.2)
    }
  }

  // MARK: Reporting

  private func makeCounter(for remote: RemoteFile, from start: Int) -> (Int) -> Void {
    var last = start
    return { [self] count in
      receivedBytes += max(count - last, 0)
      last = count
      show(remote, bytes: count, always: false)
    }
  }

  private func show(_ remote: RemoteFile, bytes: Int, always: Bool) {
    let now = MonotonicClock.seconds
    rate.record(bytes: receivedBytes, at: now)
    guard totalBytes > 0, always || now - lastReport >= 0.05 else { return }
    lastReport = now
    report(
      .progressed(
        DownloadProgress(
          file: remote.name, bytes: completedBytes + bytes, total: totalBytes,
          bytesPerSecond: rate.bytesPerSecond)))
  }
}

extension HubError {
  /// Whether the repository lacks what makes a model in Hugging Face layout.
  fileprivate var saysWeightsAreMissing: Bool {
    switch self {
    case .noWeights: true
    case .fileNotFound(_, _, let file): file == ModelFiles.configuration
    default: false
    }
  }

  /// True for errors that another attempt cannot mend.
  fileprivate var saysThereIsNoNetwork: Bool {
    switch self {
    case .network(.unknownHost), .network(.noConnection): true
    default: false
    }
  }
}
