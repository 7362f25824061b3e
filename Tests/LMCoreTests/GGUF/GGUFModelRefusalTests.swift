import TestSupport
import Testing

@testable import LMCore

/// What of a GGUF model cannot be run is refused in a sentence that names it; what differs only in how it is written is read.
@Suite struct GGUFModelRefusalTests {
  private static func parts(_ name: String = "llama-q8_0") throws -> GGUFModelBytes {
    let reference = try #require(ReferenceModel.gguf.first { $0.name == name })
    return try GGUFModelBytes(GGUFFile(path: reference.folder + "/model.gguf"))
  }

  private struct Change: CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (inout GGUFModelBytes) -> Void

    init(_ description: String, _ apply: @escaping @Sendable (inout GGUFModelBytes) -> Void) {
      (testDescription, self.apply) = (description, apply)
    }
  }

  /// Words of the sentence, and the change that it is about.
  private static let refusals: [Change] = [
    Change("architecture \"bert\"; only \"llama\", \"qwen2\"") { $0.set("general.architecture", "bert") },
    Change("lacks the key \"general.architecture\"") { $0.remove("general.architecture") },
    Change("m holds an adapter, not a model") { $0.set("general.type", "adapter") },
    Change("m holds a mmproj, not a model") { $0.set("general.type", "mmproj") },
    Change("lacks the key \"llama.block_count\"") { $0.remove("llama.block_count") },
    Change("\"llama.block_count\" is 1000000, but must be a whole number from 1 to 4096") {
      $0.set("llama.block_count", 1_000_000)
    },
    Change("no tensor \"blk.2.attn_norm.weight\"") { $0.set("llama.block_count", 3) },
    Change("llama.block_count is 1, but the tensors are those of 2 layers; correct llama.block_count") {
      $0.set("llama.block_count", 1)
    },
    Change("\"llama.attention.head_count\" is 0") { $0.set("llama.attention.head_count", 0) },
    Change("4 heads cannot share 3 heads") { $0.set("llama.attention.head_count_kv", 3) },
    Change("the width 64 cannot be divided among 6 heads") {
      $0.set("llama.attention.head_count", 6)
      $0.remove("llama.attention.head_count_kv")
    },
    Change("\"llama.attention.head_count\" is a list of 2 numbers, but must be one number") {
      $0.setList("llama.attention.head_count", [4, 2])
    },
    Change("a list of 3 numbers") { $0.setList("llama.feed_forward_length", [96, 96, 96]) },
    Change("the keys' 32, which gpt2-viz does not compute") {
      $0.set("llama.attention.key_length", 32)
      $0.set("llama.attention.value_length", 16)
    },
    Change("blk.0.attn_q.weight\" in m has the shape [64, 64], but the model's keys call for [128, 64]") {
      $0.set("llama.attention.key_length", 32)
      $0.set("llama.attention.value_length", 32)
    },
    Change("\"llama.rope.dimension_count\" is 8, but must be") { $0.set("llama.rope.dimension_count", 8) },
    Change("llama.rope.scaling.type is yarn, which gpt2-viz does not compute") {
      $0.set("llama.rope.scaling.type", "yarn")
    },
    Change("llama.rope.scaling.type is longrope") { $0.set("llama.rope.scaling.type", "longrope") },
    Change("\"llama.rope.scaling.factor\" is -2") { $0.set("llama.rope.scaling.factor", Float(-2)) },
    Change("\"llama.rope.freq_base\" is 0") { $0.set("llama.rope.freq_base", Float(0)) },
    Change("\"llama.attention.layer_norm_rms_epsilon\" is nan, but must be a number") {
      $0.set("llama.attention.layer_norm_rms_epsilon", Float.nan)
    },
    Change("llama.expert_count is 8, which gpt2-viz does not compute") { $0.set("llama.expert_count", 8) },
    Change("llama.attention.causal is false") { $0.set("llama.attention.causal", .bool, [0]) },
    Change("rope_freqs.weight\" in m has the shape [4]") {
      $0.addTensor("rope_freqs.weight", shape: [4], [1, 1, 1, 1])
    },
    Change("rope_freqs.weight has a number that divides nothing") {
      $0.addTensor("rope_freqs.weight", shape: [8], [1, 1, 0, 1, 1, 1, 1, 1])
    },
    Change("\"blk.0.attn_sinks.weight\" in m has no place in the model: Llama has no tensor of this name") {
      $0.addTensor("blk.0.attn_sinks.weight", shape: [4], [1, 1, 1, 1])
    },
    Change("\"output.bias\" in m has no place") { $0.addTensor("output.bias", shape: [1], [1]) },
    Change("\"blk.1.attn_q.bias\" in m has no place") {
      $0.addTensor("blk.1.attn_q.bias", shape: [64], Array(repeating: 1, count: 64))
    },
    Change("no tensor \"output_norm.weight\"") { $0.tensors.removeAll { $0.name == "output_norm.weight" } },
    Change("no tensor \"token_embd.weight\"") { $0.tensors = [] },
    Change("tokenizer.ggml.tokens has 3 tokens, token_embd.weight has rows for 101") {
      $0.setTokens(["a", "b", "c"])
    },
    Change("is one of 2 parts of a model") { $0.set("split.count", 2) },
  ]

  @Test(arguments: refusals) private func isRefused(_ change: Change) throws {
    var parts = try Self.parts()
    #expect(try parts.complaint() == nil)
    change.apply(&parts)
    let sentence = try #require(try parts.complaint())
    #expect(sentence.contains(change.testDescription), "\(sentence)")
  }

  private static let gemmaRefusals: [Change] = [
    Change("\"gemma3.attention.sliding_window_pattern\" is a list of 2, but must be a list of 4") {
      $0.setFlags("gemma3.attention.sliding_window_pattern", [true, false])
    },
    Change("\"gemma3.rope.freq_base_swa\" is -1") { $0.set("gemma3.rope.freq_base_swa", Float(-1)) },
    Change("\"gemma3.final_logit_softcapping\" is -1") {
      $0.set("gemma3.final_logit_softcapping", Float(-1))
    },
    Change("no tensor \"blk.0.post_attention_norm.weight\"") {
      $0.tensors.removeAll { $0.name == "blk.0.post_attention_norm.weight" }
    },
    // Only Llama's files have it.
    Change("\"rope_freqs.weight\" in m has no place in the model: Gemma 3") {
      $0.addTensor("rope_freqs.weight", shape: [16], Array(repeating: 1, count: 16))
    },
  ]

  @Test(arguments: gemmaRefusals) private func isRefusedOfGemma(_ change: Change) throws {
    var parts = try Self.parts("gemma3-pattern")
    change.apply(&parts)
    let sentence = try #require(try parts.complaint())
    #expect(sentence.contains(change.testDescription), "\(sentence)")
  }

  @Test func qwen2NeedsItsBiases() throws {
    var parts = try Self.parts("qwen2")
    parts.tensors.removeAll { $0.name.hasSuffix(".bias") }
    #expect(try parts.complaint()?.contains("no tensor \"blk.0.attn_q.bias\"") == true)
    var fused = try Self.parts("qwen2-fused")
    fused.tensors.removeAll { $0.name.hasSuffix(".bias") }
    #expect(try fused.complaint()?.contains("no tensor \"blk.0.attn_qkv.bias\"") == true)
  }

  /// The same model, written in other ways.
  private static let same: [Change] = [
    Change("numbers of other widths") {
      $0.set("llama.block_count", .uint64, GGUFBuilder.number(UInt64(2)))
      $0.set("llama.attention.head_count", .int16, GGUFBuilder.number(Int16(4)))
      $0.set(
        "llama.attention.layer_norm_rms_epsilon", .float64, GGUFBuilder.number(Double(Float(1e-5)).bitPattern)
      )
    },
    Change("what is the default anyway") {
      $0.set("llama.rope.dimension_count", 16)
      $0.set("llama.attention.key_length", 16)
      $0.set("llama.attention.value_length", 16)
      $0.set("llama.rope.scaling.type", "none")
      $0.set("llama.expert_count", 0)
      $0.set("general.type", "model")
    },
    Change("a vocabulary that another key tells wrongly") { $0.set("llama.vocab_size", 5) },
    Change("frequencies divided by one") {
      $0.addTensor("rope_freqs.weight", shape: [8], Array(repeating: 1, count: 8))
    },
    Change("a factor of one and one of none") {
      $0.set("llama.rope.scaling.type", "linear")
      $0.set("llama.rope.scaling.factor", Float(0))
    },
    Change("tensors in another order") { $0.tensors.reverse() },
  ]

  @Test(arguments: same) private func isRead(_ change: Change) throws {
    var parts = try Self.parts()
    let expected = try parts.open { try Transformer($0, threads: 1).allLogits([1, 2, 3, 4]) }
    change.apply(&parts)
    let logits = try parts.open { try Transformer($0, threads: 1).allLogits([1, 2, 3, 4]) }
    #expect(firstBitDifference(logits, expected) == nil)
  }

  /// Ids that are no tokens end nothing.
  @Test func endsOfATextAreTokens() throws {
    var parts = try Self.parts()
    parts.set("tokenizer.ggml.eot_token_id", 7)
    parts.set("tokenizer.ggml.eom_token_id", 101)
    #expect(try parts.open { $0.profile.endOfText } == [2, 7])
    parts.set("tokenizer.ggml.eos_token_id", 500)
    #expect(try parts.open { $0.profile.endOfText } == [7])
  }

  /// Scales that are no numbers give logits that are none, which is said.
  @Test func weightsWithoutNumbersAreSaid() throws {
    var parts = try Self.parts()
    let place = try #require(parts.tensors.firstIndex { $0.name == "blk.0.ffn_up.weight" })
    parts.tensors[place].data.replaceSubrange(0..<2, with: [0x00, 0x7E])
    try parts.open { stored in
      let predictor = LocalPredictor(try Transformer(stored, threads: 1))
      let prediction = try predictor.predict(TextPath(prompt: [1, 2, 3]))
      #expect(throws: (any Error).self) { try predictor.belief(of: prediction) }
    }
  }

  // MARK: Paths

  @Test func aFolderWithOneFileIsThatModel() throws {
    let reference = try #require(ReferenceModel.gguf.first { $0.name == "qwen2" })
    let folder = try TemporaryFolder()
    try TemporaryFolder.copy(reference.folder + "/model.gguf", to: folder.path + "/some.Q4_0.gguf")
    try folder.write("mmproj-some.gguf", "")
    #expect(try GGUFModel.file(at: folder.path) == folder.path + "/some.Q4_0.gguf")
    let loaded = try LoadedModel.load(.folder(path: folder.path), threads: 1)
    #expect((loaded.name, loaded.profile.source) == ("some.Q4_0", .folder))
    try folder.write("other.gguf", "")
    let error = ModelDirectoryError.severalGGUFFiles(
      path: folder.path, names: ["other.gguf", "some.Q4_0.gguf"])
    #expect(throws: error) { try LoadedModel.load(.folder(path: folder.path), threads: 1) }
    #expect(error.description.hasSuffix("has 2 GGUF files; name one of them: other.gguf, some.Q4_0.gguf."))
    // Beside weights of the other kind they are not asked for.
    try folder.write("model.safetensors", "")
    #expect(try GGUFModel.file(at: folder.path) == nil)
  }

  @Test func aFileIsKnownByItsNameOrItsFirstBytes() throws {
    let folder = try TemporaryFolder()
    #expect(GGUFModel.files(at: try folder.write("sha256-1", "GGUF")) == [folder.path + "/sha256-1"])
    #expect(GGUFModel.files(at: try folder.write("a.GGUF", "")) == [folder.path + "/a.GGUF"])
    #expect(GGUFModel.files(at: try folder.write("b.txt", "GGU")) == [])
    #expect(GGUFModel.files(at: folder.path + "/missing.gguf") == [])
    let (empty, text) = (folder.path + "/a.GGUF", try folder.write("text.gguf", "GGU"))
    #expect(throws: GGUFError.empty(file: empty)) { try openModel(at: empty) }
    #expect(throws: GGUFError.notGGUF(file: text)) { try openModel(at: text) }
    #expect(throws: ModelDirectoryError.notAFolder(path: folder.path + "/b.txt")) {
      try openModel(at: folder.path + "/b.txt")
    }
  }

  @Test func theCacheKnowsFilesByTheirQuantization() throws {
    let folder = try TemporaryFolder()
    let commit = String(repeating: "ab", count: 20)
    let snapshot = "models--some--gguf/snapshots/" + commit
    try folder.write("models--some--gguf/refs/main", commit)
    try folder.write(snapshot + "/some-Q4_K_M.gguf", "")
    try folder.write(snapshot + "/some-Q8_0.gguf", "")
    let cache = HubCache(environment: ["HF_HUB_CACHE": folder.path])
    let path = folder.path + "/" + snapshot
    #expect(
      try ModelLocator.resolve("some/gguf:q8_0", in: cache)
        == .cached(name: "some/gguf:q8_0", path: path + "/some-Q8_0.gguf"))
    #expect(throws: ModelLocatorError.noSuchFile(name: "some/gguf:Q2_K", names: ["Q4_K_M", "Q8_0"])) {
      try ModelLocator.resolve("some/gguf:Q2_K", in: cache)
    }
    #expect(
      try ModelLocator.resolve(path + "/some-Q8_0.gguf", in: cache) == .file(path: path + "/some-Q8_0.gguf"))
  }
}
