import Glibc

/// Downloads one file into a `PartialFile`, and continues after interruptions.
final class FileTransfer {
  /// How often and after which pauses a failed request is sent again.
  struct RetryPolicy: Sendable {
    /// Attempts in a row without a new byte.
    var attempts = 5
    /// Seconds before the second attempt; then twice as many each time.
    var firstPause = 1.0
    var longestPause = 8.0
    /// Longest pause that a server may ask for.
    var longestRequestedPause = 60.0
  }

  private let client: HubMetadataClient
  private let retryPolicy: RetryPolicy
  private let watch: Cancellation
  private let report: (DownloadEvent) -> Void
  private var remote: RemoteFile
  private let file: PartialFile
  /// Called with the number of bytes present, whenever it changes.
  private let count: (Int) -> Void

  /// Where the size is unknown, the first complete response ends the transfer.
  private var endedWell = false

  // State of the current request.
  private var failure: HubError?
  private var mustRestart = false
  private var response = HTTPResponse()

  init(
    _ remote: RemoteFile, into file: PartialFile, client: HubMetadataClient, retryPolicy: RetryPolicy,
    watch: Cancellation, report: @escaping (DownloadEvent) -> Void, count: @escaping (Int) -> Void
  ) {
    self.remote = remote
    self.file = file
    self.client = client
    self.retryPolicy = retryPolicy
    self.watch = watch
    self.report = report
    self.count = count
  }

  /// Returns when all bytes are present and their hash is right.
  func run() throws(HubError) {
    try fetchAll()
    if try isDamaged() == nil { return }
    // A disk or a proxy may have damaged the file: download it once more from the beginning.
    try restart()
    try fetchAll()
    if let found = try isDamaged() {
      file.remove()
      throw .wrongHash(file: remote.name, expected: remote.tag.text, found: found)
    }
  }

  private func isDamaged() throws(HubError) -> String? {
    do { return try file.mismatch() } catch { throw HubError(error) }
  }

  private func fetchAll() throws(HubError) {
    var best = file.count
    var attempt = 0
    var hasAskedAgain = false
    while !isComplete {
      do throws(HubError) {
        try fetchOnce()
        if isComplete { return }
        throw HubError.network(.interrupted(remote.location.host))
      } catch {
        if file.count > best { (best, attempt, hasAskedAgain) = (file.count, 0, false) }
        attempt += 1
        // Signed addresses expire within an hour: ask the hub for a new one.
        if isRefusal(error), !remote.isOnHub, !hasAskedAgain {
          hasAskedAgain = true
          remote = try renewed()
          continue
        }
        guard error.isPassing, attempt < retryPolicy.attempts else { throw error }
        let pause = pause(before: attempt, after: error)
        report(.retrying(file: remote.name, reason: error, seconds: pause))
        try watch.sleep(seconds: pause)
      }
    }
  }

  private var isComplete: Bool {
    if let size = remote.size { return file.count == size }
    return endedWell
  }

  private func isRefusal(_ error: HubError) -> Bool {
    if case .unexpectedStatus(let status, _) = error { return (400...499).contains(status) && status != 408 }
    return false
  }

  private func renewed() throws(HubError) -> RemoteFile {
    let fresh = try client.describe(remote.name, at: remote.commit, watch: watch)
    guard fresh.tag == remote.tag, fresh.size == remote.size else {
      throw .notAHub(url: fresh.location.text, missing: "the same version as before")
    }
    return fresh
  }

  private func pause(before attempt: Int, after error: HubError) -> Double {
    if case .tooManyRequests(_, let seconds?) = error {
      return min(Double(seconds), retryPolicy.longestRequestedPause)
    }
    return min(retryPolicy.firstPause * Double(1 << min(attempt - 1, 16)), retryPolicy.longestPause)
  }

  /// One request for the missing bytes, redirects included.
  private func fetchOnce() throws(HubError) {
    var (address, isOnHub) = (remote.location, remote.isOnHub)
    for _ in 0..<20 {
      (failure, mustRestart, response) = (nil, false, HTTPResponse())
      var request = HTTPClient.Request(
        address: address, headers: client.headers(isOnHub: isOnHub),
        connectTimeout: client.environment.downloadTimeout)
      request.stallTimeout = client.environment.downloadTimeout
      let have = file.count
      if have > 0 { request.headers.append("Range: bytes=\(have)-") }
      let answer: HTTPResponse
      do {
        answer = try client.http.send(request, to: self)
      } catch {
        if watch.isCancelled { throw .cancelled }
        if let failure { throw failure }
        // A part of a compressed body cannot be checked.
        if mustRestart || error == .invalidEncoding(address.host) { try restart() }
        throw .network(mustRestart ? .interrupted(address.host) : error)
      }
      if answer.isRedirect, let reference = answer["Location"] {
        guard let target = address.following(reference) else {
          throw .unsafeRedirect(from: address.text, to: reference)
        }
        try HubMetadataClient.checkSafety(of: target, from: address)
        // After a redirect away from the hub, the token is not sent again.
        isOnHub = isOnHub && client.isHub(target, askedAt: address)
        address = target
        continue
      }
      return try conclude(answer, at: address, isOnHub: isOnHub, asked: have)
    }
    throw .tooManyRedirects(url: remote.location.text)
  }

  private func conclude(
    _ answer: HTTPResponse, at address: WebAddress, isOnHub: Bool, asked have: Int
  ) throws(HubError) {
    switch answer.status {
    case 200, 206:
      // No callback runs for an empty body.
      if answer.status == 200, have > 0, response.status == 0 { try restart() }
      endedWell = true
      if let size = remote.size, file.count > size {
        let found = file.count
        try restart()
        throw .wrongSize(file: remote.name, expected: size, found: found)
      }
    case 416:
      // The server has no more bytes: the file is complete, or of another version.
      if remote.size == nil,
        let total = answer["Content-Range"]?.split(separator: "/").last.flatMap({ Int($0) }),
        total == have
      {
        endedWell = true
      } else {
        try restart()
        throw .network(.interrupted(address.host))
      }
    case _ where isOnHub:
      throw client.error(answer, at: address, file: remote.name, revision: remote.commit)
    case 429:
      throw .tooManyRequests(host: address.host, seconds: answer.size("Retry-After"))
    default:
      // The query is left out: it holds the signature.
      throw .unexpectedStatus(answer.status, url: String(address.text.prefix { $0 != "?" }))
    }
  }

  private func restart() throws(HubError) {
    try write { () throws(FileSystemError) in try file.restart() }
    endedWell = false
    count(0)
  }

  private func write(_ body: () throws(FileSystemError) -> Void) throws(HubError) {
    do { try body() } catch {
      guard [ENOSPC, EDQUOT].contains(error.errorNumber) else { throw HubError(error) }
      let folder = FileSystem.folder(of: file.path)
      let missing = (remote.size ?? file.count) - file.count
      throw .diskFull(directory: folder, needed: missing, free: FileSystem.freeSpace(at: folder))
    }
  }
}

// MARK: - Receiving the body

extension FileTransfer: HTTPClient.Receiver {
  var wantsToStop: Bool { watch.isCancelled }
  var cancellation: Cancellation? { watch }

  func receive(_ bytes: UnsafeRawBufferPointer, of response: HTTPResponse) -> Bool {
    do throws(HubError) {
      if self.response.status == 0 { try begin(response) }
      // The body of an error response is ignored.
      guard response.status == 200 || response.status == 206 else { return true }
      if mustRestart { return false }
      if let size = remote.size, file.count + bytes.count > size {
        throw HubError.wrongSize(file: remote.name, expected: size, found: file.count + bytes.count)
      }
      try write { () throws(FileSystemError) in try file.append(bytes) }
      count(file.count)
      return true
    } catch {
      failure = error
      return false
    }
  }

  /// Checks a response when its body starts.
  private func begin(_ response: HTTPResponse) throws(HubError) {
    self.response = response
    switch response.status {
    case 200:
      // The server does not support ranges, or compresses the body: it sends the whole file.
      if file.count > 0 { try restart() }
    case 206:
      // A range that does not fit, or a part of a compressed body, must not be appended.
      let range = response.contentRange
      mustRestart =
        range?.start != file.count || !response.isPlain
        || (range?.total != nil && remote.size != nil && range?.total != remote.size)
    default: break
    }
  }
}
