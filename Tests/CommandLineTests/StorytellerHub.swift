import Foundation
import HubTestSupport
import TestSupport

@testable import LMCore

/// A hub that has the built-in model under any names, and a cache of its own for one test.
final class StorytellerHub {
  static let commit = "0123456789abcdef0123456789abcdef01234567"
  static let files = ["config.json", "vocab.json", "merges.txt", "model.safetensors"]

  let server: MisbehavingHub
  let home: TemporaryFolder
  let repository: HubRepository

  init(_ names: String...) throws {
    server = try MisbehavingHub()
    home = try TemporaryFolder()
    var files: [String: HubContent] = [:]
    for name in Self.files {
      let bytes = Array(try Data(contentsOf: URL(filePath: TestFiles.storyteller + "/" + name)))
      files[name] = HubContent(tagging: bytes, isLarge: name.hasSuffix(".safetensors"))
    }
    // Of GGUF files only the names and bytes matter to a download.
    files["model-Q8_0.gguf"] = HubContent(tagging: Array("GGUF".utf8), isLarge: true)
    repository = HubRepository(commit: Self.commit, files: files)
    for name in names { server.publish(repository, as: name) }
  }

  deinit { server.stop() }

  /// For the program, and for Python alike.
  var environment: [String: String] {
    ["HF_HOME": home.path, "HF_ENDPOINT": server.endpoint, "HF_HUB_DISABLE_TELEMETRY": "1"]
  }

  /// Where the cache keeps a model.
  func snapshot(of name: String) -> String {
    home.path + "/hub/" + (RepositoryID(name)?.folderName ?? "") + "/snapshots/" + Self.commit
  }

  /// How often contents were asked for.
  var fetchCount: Int {
    (server.hubRequests + server.contentRequests).count { $0.method == "GET" }
  }
}
