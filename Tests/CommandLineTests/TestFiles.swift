import Foundation
import TestSupport

/// Where things lie that tests read.
enum TestFiles {
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The built-in model's files, as a folder that `-m` can name.
  static let storyteller = repository.appending(path: "Sources/CStoryteller/Model").path

  /// GPT-2's published vocabulary, which the repository does not hold: in the folder that GPT2_VIZ_SHARED names,
  /// or in `shared` beside the repository.
  static let gpt2Vocabulary: String? = {
    let places = [
      ProcessInfo.processInfo.environment["GPT2_VIZ_SHARED"].map { URL(filePath: $0) },
      repository.deletingLastPathComponent().appending(path: "shared"),
    ]
    return places.compactMap { $0?.appending(path: "gpt2-tokenizer").path }
      .first { FileManager.default.fileExists(atPath: $0 + "/vocab.json") }
  }()
}

extension TestFiles {
  /// A folder with GPT-2's published weights: the one that GPT2_VIZ_GPT2_DIR names, or the Hugging Face cache's.
  static let gpt2Weights: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["GPT2_VIZ_GPT2_DIR"], !folder.isEmpty { return folder }
    let home = environment["HF_HOME"] ?? (environment["HOME"] ?? "") + "/.cache/huggingface"
    let cache = environment["HF_HUB_CACHE"] ?? home + "/hub"
    return ["models--gpt2", "models--openai-community--gpt2"].lazy.compactMap { name in
      guard let commit = try? String(contentsOfFile: "\(cache)/\(name)/refs/main", encoding: .utf8) else {
        return nil
      }
      let folder = "\(cache)/\(name)/snapshots/\(commit.trimmingCharacters(in: .whitespacesAndNewlines))"
      return FileManager.default.fileExists(atPath: folder + "/model.safetensors") ? folder : nil
    }.first
  }()
}

extension TestFiles {
  /// A Python with transformers, torch and huggingface_hub, where GPT2_VIZ_PYTHON names one.
  static let python = ProcessInfo.processInfo.environment["GPT2_VIZ_PYTHON"]
}

extension TemporaryFolder {
  /// Puts links to some of the built-in model's files here, or in a folder below ("b/").
  func linkStoryteller(_ names: [String], in place: String = "") throws {
    for name in names {
      try FileManager.default.createSymbolicLink(
        atPath: path + "/" + place + name, withDestinationPath: TestFiles.storyteller + "/" + name)
    }
  }
}
