import Testing

@testable import LMCore

/// Models of every architecture in GGUF files, in every format, against transformers on the dequantized weights, and every way to read
/// a text against the others.
@Suite struct GGUFModelTests {
  private static let short = ReferenceModel.gguf.filter { $0.ids.count < 1000 }

  private func reference(_ name: String) throws -> ReferenceModel {
    try #require(ReferenceModel.gguf.first { $0.name == name })
  }

  private static func kernels(_ name: String) throws -> Kernels {
    try #require(Kernels.available.first { $0.name == name })
  }

  private func file(_ reference: ReferenceModel) throws -> GGUFFile {
    try GGUFFile(path: reference.folder + "/model.gguf")
  }

  @Test func everyArchitectureAndEveryFormatHasItsFixtures() throws {
    #expect(ReferenceModel.gguf.count >= 35)
    #expect(ReferenceModel.gguf.allSatisfy { !$0.logits.isEmpty && $0.greedy.count == 16 })
    for architecture in GGUFArchitecture.all {
      #expect(ReferenceModel.gguf.filter { $0.name.hasPrefix(architecture.name) }.count >= 2)
    }
    var formats: Set<BlockFormat> = []
    for reference in ReferenceModel.gguf {
      let file = try file(reference)
      for name in file.tensorNames { formats.insert(try file.tensor(name).format) }
    }
    #expect(formats == Set(BlockFormat.allCases))
  }

  @Test(arguments: ReferenceModel.gguf, Kernels.available.map(\.name))
  func agreesWithTransformers(_ reference: ReferenceModel, _ kernelsName: String) throws {
    let model = try reference.load(threads: 2, kernels: Self.kernels(kernelsName))
    let cache = model.makeCache()
    var (hidden, logits, all): ([Float], [Float], [Float]) = ([], [], [])
    for position in reference.positions {
      model.prefill(Array(reference.ids[cache.count...position]), into: cache, hidden: &hidden)
      model.computeLogits(hidden, into: &logits)
      all += logits
    }
    let (difference, index) = largestDifference(all, reference.logits)
    #expect(difference < TransformerTests.tolerance, "\(kernelsName): \(difference) at \(index)")
    #expect(model.greedy(reference.greedyPrompt, count: reference.greedy.count) == reference.greedy)
  }

  /// In one batch, token by token, and half and half.
  @Test(arguments: short) func everyWayToReadGivesTheSameBits(_ reference: ReferenceModel) throws {
    let model = try reference.load(threads: 2)
    let expected = model.allLogits(reference.ids)
    #expect(firstBitDifference(model.allLogitsByDecoding(reference.ids), expected) == nil)
    #expect(firstBitDifference(try reference.load(threads: 1).allLogits(reference.ids), expected) == nil)
    let cut = reference.ids.count / 2
    let cache = model.makeCache()
    var (hidden, logits): ([Float], [Float]) = ([], [])
    model.prefill(Array(reference.ids[..<cut]), into: cache, hidden: &hidden)
    model.prefill(Array(reference.ids[cut...]), into: cache, hidden: &hidden)
    model.computeLogits(hidden, into: &logits)
    #expect(firstBitDifference(logits, Array(expected.suffix(model.vocabularySize))) == nil)
  }

  /// Back and forward again: asked at once, step by step, and behind another text.
  @Test(
    arguments: ["llama-mixed", "qwen2", "qwen3-q4_k_m", "gemma3-list", "gpt2-q4_1", "gptneox"],
    [Precision.float32, .int8])
  func timeTravelIsExact(_ name: String, _ precision: Precision) throws {
    let model = try Transformer.load(directory: reference(name).folder, threads: 2, precision: precision)
    let predictor = LocalPredictor(model)
    let (prompt, generated) = ([3, 1, 4, 1, 5, 9, 2], [6, 5, 3, 5, 8, 9, 7, 9])
    func state(_ count: Int, _ more: [Int] = []) throws -> [Float] {
      let text = TextPath(prompt: prompt, generated: Array(generated[..<count]) + more)
      guard case .hidden(let state) = try predictor.predict(text).content else { return [] }
      return state
    }
    let expected = try (0...generated.count).map { try state($0) }
    #expect(Set(expected.map(\.hashValue)).count == expected.count)
    for count in (0...generated.count).reversed() {
      #expect(firstBitDifference(try state(count), expected[count]) == nil)
      _ = try state(count, [77, 78])
    }
    predictor.forgetTexts()
    for count in [8, 0, 3] { #expect(firstBitDifference(try state(count), expected[count]) == nil) }
  }

  /// Any format becomes rows of 8 bits, as float32 weights do.
  @Test(arguments: ["llama-q4_1", "llama-q4_k_m", "gemma3-pattern", "gpt2"])
  func eightBitsStayNear(_ name: String) throws {
    let reference = try reference(name)
    let model = try Transformer.load(directory: reference.folder, threads: 2, precision: .int8)
    #expect(model.profile.dtype == "int8")
    let logits = model.allLogits(reference.ids)
    let v = model.vocabularySize
    let divergence = reference.ids.indices.reduce(0.0) { sum, position in
      let row = position * v..<(position + 1) * v
      return sum + PredictionComparison.divergence(of: Array(logits[row]), from: Array(reference.logits[row]))
    }
    #expect(divergence / Double(reference.ids.count) < 0.05, "bits a token")
  }

  /// The logits of a score come by another product.
  @Test(arguments: ["llama-q4_1", "llama-f16", "gemma3-list"])
  func logitsTogetherAreNear(_ name: String) throws {
    let reference = try reference(name)
    let model = try reference.load()
    var (hidden, logits): ([Float], [Float]) = ([], [])
    model.prefill(reference.ids, into: model.makeCache(), everyHidden: &hidden)
    model.computeLogitsTogether(hidden, into: &logits)
    #expect(largestDifference(logits, reference.logits).difference < TransformerTests.tolerance)
  }

  @Test func theProfileTellsWhatTheFileIs() throws {
    func profile(_ name: String) throws -> ModelProfile {
      let path = try reference(name).folder + "/model.gguf"
      return try openModel(at: path).openModel(name: nil, source: .file).profile
    }
    let mixed = try profile("llama-q4_1")
    #expect((mixed.name, mixed.family, mixed.container) == ("model", "Llama", "GGUF"))
    // Without general.file_type several formats have no name.
    #expect((mixed.dtype, mixed.quantization) == ("mixed", "Q4_1, Q8_0"))
    for (name, dtype) in [("llama-q4_k_m", "q4_k_m"), ("llama-q2_k", "q2_k"), ("llama-q3_k_m", "q3_k_m")] {
      #expect(try profile(name).dtype == dtype)
    }
    #expect(mixed.path?.hasSuffix("/llama-q4_1/model.gguf") == true && mixed.source == .file)
    #expect(mixed.endOfText == [2] && mixed.vocabularySize == 101 && mixed.contextLength == 64)
    let halves = try profile("llama-f16")
    #expect((halves.dtype, halves.quantization) == ("f16", nil))
    #expect(try profile("gemma3-list").family == "Gemma 3")
    let folder = try #require(ReferenceModel.families.first { $0.name == "qwen3" })
    let other = try openModel(at: folder.folder).openModel(name: nil, source: .folder).profile
    #expect((other.family, other.container, other.quantization) == ("Qwen3", "safetensors", nil))
  }

  @Test(arguments: ReferenceModel.gguf) func weightsAreUsedWhereTheyLie(_ reference: ReferenceModel) throws {
    let file = try file(reference)
    let stored = try GGUFModel(file, path: "m.gguf").openModel(name: nil, source: .file)
    let whole = file.bytes
    for role in stored.blueprint.rolesOfLayer + [.tokenEmbedding, .output] {
      let place = UnsafeRawPointer(stored.weight(role).pointer)
      let start = try #require(whole.baseAddress)
      #expect(place >= start && place + stored.weight(role).byteCount <= start + whole.count, "\(role)")
    }
  }
}
