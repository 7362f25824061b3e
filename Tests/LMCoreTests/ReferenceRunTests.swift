import Foundation
import Testing

@testable import LMCore

/// GPT-2's published weights (124M), where this machine has them.
private enum PublishedGPT2 {
  /// $GPT2_VIZ_GPT2_DIR, else `gpt2` or `openai-community/gpt2` in the Hugging Face cache.
  static let folder: String? = {
    let environment = ProcessInfo.processInfo.environment
    func holdsModel(_ path: String) -> Bool {
      ["config.json", "model.safetensors", "vocab.json", "merges.txt"].allSatisfy {
        FileManager.default.fileExists(atPath: path + "/" + $0)
      }
    }
    if let path = environment["GPT2_VIZ_GPT2_DIR"] { return holdsModel(path) ? path : nil }
    let home = environment["HF_HOME"] ?? (environment["HOME"] ?? "") + "/.cache/huggingface"
    let hub = environment["HF_HUB_CACHE"] ?? home + "/hub"
    for name in ["models--gpt2", "models--openai-community--gpt2"] {
      let snapshots = hub + "/" + name + "/snapshots"
      for commit in (try? FileManager.default.contentsOfDirectory(atPath: snapshots)) ?? [] {
        if holdsModel(snapshots + "/" + commit) { return snapshots + "/" + commit }
      }
    }
    return nil
  }()
}

/// What GPT-2 itself must give.
@Suite(
  .enabled(
    if: PublishedGPT2.folder != nil,
    "GPT-2's weights are not here: neither GPT2_VIZ_GPT2_DIR nor the Hugging Face cache holds them")
)
struct ReferenceRunTests {
  @Test(arguments: Kernels.available.map(\.name))
  func greedyContinuation(_ kernelsName: String) throws {
    let folder = try #require(PublishedGPT2.folder)
    let kernels = try #require(Kernels.available.first { $0.name == kernelsName })
    let model = try Transformer.load(directory: folder, kernels: kernels)
    let tokenizer = try TokenizerFolder.read(folder)
    let prompt = try tokenizer.encode("My favourite movie is")
    #expect(prompt == [3666, 12507, 3807, 318])
    #expect(prompt.map { tokenizer.name(of: $0) } == ["My", "Ġfavourite", "Ġmovie", "Ġis"])
    #expect(model.vocabularySize == 50_257)
    let chosen = model.greedy(prompt, count: 50)
    #expect(tokenizer.name(of: chosen[0]) == "ĠThe")
    let short = "My favourite movie is The Matrix, and I'm not sure if I'll ever watch it again"
    #expect(tokenizer.decode(prompt + chosen.prefix(15)) == short)
    let again = " I'm not sure if I'll ever watch it again."
    #expect(
      tokenizer.decode(prompt + chosen)
        == short + ".\n\nI'm not sure if I'll ever watch it again." + again + again
        + " I'm not sure if I'll ever")
  }
}
