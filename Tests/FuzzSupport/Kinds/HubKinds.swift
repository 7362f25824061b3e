import Glibc
import LMCore

extension FuzzKind {
  /// A file `refs/main` of the Hugging Face cache: it leads to a snapshot of its own model, or nowhere.
  static let reference = FuzzKind(
    "hub-reference", .bytes,
    seeds: [SeedFiles.bytes(CacheFolder.commit), SeedFiles.bytes(CacheFolder.commit + "\n")]
  ) { input, _ in
    let path = CacheFolder.path
    try ScratchFolder.write("hub/models--a--b/refs/main", input)
    let cache = HubCache(environment: ["HF_HUB_CACHE": path])
    let snapshots = path + "/models--a--b/snapshots/"
    if let found = cache.snapshot(for: "a/b") {
      try require(found == snapshots + CacheFolder.commit, "a reference leads to \(found)")
    }
    for model in cache.models() {
      try require(model.id == "a/b" && model.path.hasPrefix(snapshots), "a model that is not there")
      if let problem = model.problem, let complaint = ErrorJudge.complaint(aboutSentence: problem) {
        throw WrongResult(complaint)
      }
    }
  }

  /// The names that models and revisions are asked for by, and that folders are made from.
  static let modelName = FuzzKind(
    "hub-name", .bytes,
    seeds: ["gpt2", "openai-community/gpt2", "a/b@main", "a/b@refs/pr/1", "a/b:Q4_K_M", "../..", "a--b/c"]
      .map(
        SeedFiles.bytes)
  ) { input, _ in
    let name = String(decoding: input, as: UTF8.self)
    let cache = HubCache(environment: ["HF_HUB_CACHE": CacheFolder.path])
    let reference = ModelReference(name)
    if let found = cache.snapshot(for: reference.id, revision: reference.revision ?? "main") {
      try require(found.hasPrefix(CacheFolder.path + "/models--"), "a name leads out of the cache: \(found)")
      try require(
        !found.contains("/../") && !found.hasSuffix("/.."), "a name leads out of the cache: \(found)")
    }
    if case .builtIn = try ModelLocator.resolve(name, in: cache) {
      try require(name == "storyteller", "another name finds the built-in model")
    }
  }

  /// The hub's list of a repository's files. Their names become paths below the cache.
  static let listing = FuzzKind(
    "hub-listing", .json,
    seeds: [
      SeedFiles.bytes(
        #"{"sha":"\#(CacheFolder.commit)","siblings":[{"rfilename":"a-Q8_0.gguf"},{"rfilename":"b/c.gguf"},{"rfilename":"../x"}]}"#
      )
    ]
  ) { input, _ in
    let listing = try HubListing(parsing: input, url: "http://127.0.0.1")
    let choice = GGUFChoice(among: listing.files)
    for name in choice.matching(nil) {
      try require(!name.hasPrefix("/") && !("/" + name + "/").contains("/../"), "a path out of the cache")
      try require(choice.matching(name).contains(name), "a file's own name does not find it")
    }
  }

  /// The lines of a server's answer.
  static let answer = FuzzKind(
    "http-answer",
    .lines(words: [
      "HTTP/1.1 200 OK", "HTTP/2 302", "Location: /a", "Location: https://user:pass@host:99999/%00",
      "ETag: W/\"\"",
      "ETag: \"../../x\"", "X-Repo-Commit: 0", "Content-Range: bytes 5-9/10", "Content-Range: bytes -/*",
      "Content-Length: -1", "X-Linked-Size: 9223372036854775808", "Retry-After: -5", ":", "a",
    ]),
    seeds: [
      SeedFiles.bytes(
        """
        HTTP/1.1 302 Found
        X-Repo-Commit: \(CacheFolder.commit)
        X-Linked-Etag: "\(String(repeating: "ab", count: 32))"
        X-Linked-Size: 1234
        Location: https://cdn.example/x?sig=a%20b
        Content-Range: bytes 0-99/1234
        """)
    ]
  ) { input, _ in
    var answer = HTTPResponse()
    for line in String(decoding: input, as: UTF8.self).split(separator: "\n") {
      answer.read(line: String(line))
    }
    for name in ["X-Linked-Size", "Content-Length", "Retry-After"] {
      if let size = answer.size(name) { try require(size >= 0, "a negative size") }
    }
    _ = answer.contentRange
    if let tag = (answer["X-Linked-Etag"] ?? answer["ETag"]).flatMap(ContentTag.init(header:)) {
      let isName =
        !tag.text.isEmpty && !tag.text.contains("/") && !tag.text.hasPrefix(".") && tag.text.utf8.count < 255
      try require(isName, "a tag that is no file name: \(tag.text)")
    }
    guard let asked = WebAddress("https://hub.example/a/resolve/main/config.json") else {
      throw WrongResult("an address is not read")
    }
    if let target = answer["Location"].flatMap(asked.following) {
      try require(
        ["http", "https"].contains(target.scheme) && !target.host.isEmpty, "a redirect to \(target)")
      try require(
        !target.text.unicodeScalars.contains { $0.properties.generalCategory == .control },
        "an address with a control character")
    }
  }
}

/// A cache with one model, which is sound.
enum CacheFolder {
  static let commit = "0123456789abcdef0123456789abcdef01234567"

  static let path: String = {
    for folder in ["", "/models--a--b", "/models--a--b/refs", "/models--a--b/snapshots"] {
      ScratchFolder.makeFolder("hub" + folder)
    }
    let snapshot = ScratchFolder.path + "/hub/models--a--b/snapshots/" + commit
    symlink(SeedFiles.repository + "/Tests/LMCoreTests/Fixtures/Models/plain", snapshot)
    return ScratchFolder.path + "/hub"
  }()
}
