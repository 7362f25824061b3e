/// The names of a repository's files at one commit.
package struct HubListing: Equatable {
  package let commit: String
  package let files: [String]

  /// Reads the hub's answer about a model: `{"sha": "...", "siblings": [{"rfilename": "config.json"}, ...]}`.
  ///
  /// - Parameter url: for error sentences.
  package init(parsing bytes: [UInt8], url: String) throws(HubError) {
    let document: JSON
    do { document = try JSON(parsing: bytes) } catch { throw .notAHub(url: url, missing: "a list of files") }
    guard let commit = document["sha"]?.string, HubCache.isCommit(commit) else {
      throw .notAHub(url: url, missing: "a commit (sha)")
    }
    guard let siblings = document["siblings"]?.array else {
      throw .notAHub(url: url, missing: "a list of files")
    }
    self.commit = commit
    // A name becomes a path below the cache.
    files = siblings.compactMap { $0["rfilename"]?.string }.filter(FileSystem.isPlainRelativePath)
  }
}

extension HubMetadataClient {
  /// Asks for the names of all files, by the hub's API.
  func list(watch: Cancellation) throws(HubError) -> HubListing {
    let text = "\(environment.endpoint)/api/models/\(model.text)/revision/\(WebAddress.escape(revision))"
    guard var address = WebAddress(text) else { throw .invalidEndpoint(environment.endpoint) }
    for _ in 0..<20 {
      let body = Body(watch)
      let response = try ask(address, headOnly: false, watch: body)
      guard (200...399).contains(response.status) else {
        throw error(response, at: address, file: "", revision: revision)
      }
      guard response.isRedirect, let reference = response["Location"] else {
        return try HubListing(parsing: body.bytes, url: address.text)
      }
      guard let target = address.following(reference), isHub(target, askedAt: address) else {
        throw .unsafeRedirect(from: address.text, to: reference)
      }
      try Self.checkSafety(of: target, from: address)
      address = target
    }
    throw .tooManyRedirects(url: text)
  }

  /// Takes a document of limited size.
  private final class Body: HTTPClient.Receiver {
    private let watch: Cancellation
    private(set) var bytes: [UInt8] = []

    init(_ watch: Cancellation) { self.watch = watch }

    var wantsToStop: Bool { watch.isCancelled }

    func receive(_ part: UnsafeRawBufferPointer, of response: HTTPResponse) -> Bool {
      bytes += part
      return bytes.count <= JSON.largestDocument && !watch.isCancelled
    }
  }
}
