import Testing

@testable import LMCore

/// Models of every family against transformers, and every way to read a text against the others.
@Suite struct FamilyModelTests {
  /// Texts that can be read token by token in a moment.
  private static let short = ReferenceModel.families.filter { $0.ids.count < 1000 }

  private static func kernels(_ name: String) throws -> Kernels {
    try #require(Kernels.available.first { $0.name == name })
  }

  private func reference(_ name: String) throws -> ReferenceModel {
    try #require(ReferenceModel.families.first { $0.name == name })
  }

  /// The logits at the positions that transformers told: the text is read piece by piece up to each.
  private func logits(_ model: Transformer, _ reference: ReferenceModel) -> [Float] {
    let cache = model.makeCache()
    var (hidden, logits, all): ([Float], [Float], [Float]) = ([], [], [])
    for position in reference.positions {
      model.prefill(Array(reference.ids[cache.count...position]), into: cache, hidden: &hidden)
      model.computeLogits(hidden, into: &logits)
      all += logits
    }
    return all
  }

  @Test func everyFamilyHasItsFixtures() {
    #expect(ReferenceModel.families.count >= 36)
    #expect(ReferenceModel.families.allSatisfy { !$0.logits.isEmpty && $0.greedy.count == 16 })
    for family in ModelFamily.all.dropFirst() {
      let name = family.type.replacing("_text", with: "").replacing("_", with: "-")
      #expect(ReferenceModel.families.filter { $0.name.hasPrefix(name) }.count >= 4, "\(name)")
    }
  }

  @Test(arguments: ReferenceModel.families, Kernels.available.map(\.name))
  func agreesWithTransformers(_ reference: ReferenceModel, _ kernelsName: String) throws {
    let model = try reference.load(threads: 2, kernels: Self.kernels(kernelsName))
    let (difference, index) = largestDifference(logits(model, reference), reference.logits)
    #expect(
      difference < TransformerTests.tolerance,
      "\(reference.name), \(kernelsName): largest difference \(difference) at \(index)")
    #expect(model.greedy(reference.greedyPrompt, count: reference.greedy.count) == reference.greedy)
  }

  @Test(arguments: short, Kernels.available.map(\.name))
  func decodingGivesTheBitsOfPrefill(_ reference: ReferenceModel, _ kernelsName: String) throws {
    let model = try reference.load(threads: 2, kernels: Self.kernels(kernelsName))
    let expected = model.allLogits(reference.ids)
    if reference.positions == Array(reference.ids.indices) {
      let difference = largestDifference(expected, reference.logits).difference
      #expect(difference < TransformerTests.tolerance)
    }
    #expect(firstBitDifference(model.allLogitsByDecoding(reference.ids), expected) == nil)
    let cut = reference.ids.count / 2
    let cache = model.makeCache()
    var (hidden, logits): ([Float], [Float]) = ([], [])
    model.prefill(Array(reference.ids[..<cut]), into: cache, hidden: &hidden)
    model.decode([reference.ids[cut]], into: [cache], hidden: &hidden)
    model.prefill(Array(reference.ids[(cut + 1)...]), into: cache, hidden: &hidden)
    model.computeLogits(hidden, into: &logits)
    #expect(firstBitDifference(logits, Array(expected.suffix(model.vocabularySize))) == nil)
  }

  private static let variants = [
    "llama-bf16", "mistral-window-of-70", "qwen2-old", "gemma3-capped", "gpt-neox",
  ]

  @Test(arguments: variants, [Precision.float32, .int8])
  func lanesAndThreadsChangeNothing(_ name: String, _ precision: Precision) throws {
    let reference = try reference(name)
    func load(_ threads: Int) throws -> Transformer {
      try Transformer.load(directory: reference.folder, threads: threads, precision: precision)
    }
    let (model, other) = (try load(1), try load(3))
    let expected = model.allLogits(reference.ids)
    #expect(firstBitDifference(other.allLogits(reference.ids), expected) == nil)
    #expect(firstBitDifference(other.allLogitsByDecoding(reference.ids), expected) == nil)
    let lanes = 5
    let caches = (0..<lanes).map { _ in other.makeCache() }
    var (hidden, alone): ([Float], [Float]) = ([], [])
    var tokens: [Int] = []
    for lane in 0..<lanes {
      let text = (0...7 * lane).map { (7 * $0 + 13 * lane + 1) % model.vocabularySize }
      other.prefill(text, into: caches[lane], hidden: &hidden)
      tokens.append((29 * lane + 3) % model.vocabularySize)
      let cache = model.makeCache()
      model.prefill(text, into: cache, hidden: &hidden)
      model.decode([tokens[lane]], into: [cache], hidden: &hidden)
      alone += hidden
    }
    other.decode(tokens, into: caches, hidden: &hidden)
    #expect(firstBitDifference(hidden, alone) == nil)
  }

  /// A window must not remember what stood in the cache before.
  @Test(arguments: ["mistral-window-of-70", "gemma3"]) func truncationLeavesNoTrace(_ name: String) throws {
    let reference = try reference(name)
    let model = try reference.load(threads: 2)
    let v = model.vocabularySize
    let last = min(reference.ids.count - 1, 150)
    let expected = Array(model.allLogits(Array(reference.ids[...last])).suffix(v))
    let cache = model.makeCache()
    var generator = RandomSource(seed: 6)
    var (hidden, logits): ([Float], [Float]) = ([], [])
    model.prefill(Array(reference.ids[..<last]), into: cache, hidden: &hidden)
    for _ in 0..<20 {
      let back = Int.random(in: 1...last, using: &generator)
      cache.truncate(to: back)
      model.prefill((0..<20).map { ($0 * 31 + back) % v }, into: cache, hidden: &hidden)
      cache.truncate(to: back)
      model.prefill(Array(reference.ids[back...last]), into: cache, hidden: &hidden)
      cache.truncate(to: last)
      model.computeLogits(hidden, into: &logits)
      #expect(firstBitDifference(logits, expected) == nil, "back to \(back)")
    }
  }

  /// The logits of a score come by another product; the cap is theirs too.
  @Test(arguments: ["llama-f16", "gemma3-capped"]) func logitsTogetherAreNear(_ name: String) throws {
    let reference = try reference(name)
    let model = try reference.load()
    var (hidden, logits): ([Float], [Float]) = ([], [])
    model.prefill(reference.ids, into: model.makeCache(), everyHidden: &hidden)
    model.computeLogitsTogether(hidden, into: &logits)
    #expect(largestDifference(logits, reference.logits).difference < TransformerTests.tolerance)
  }

  @Test(arguments: ["llama", "qwen2", "qwen3-bf16", "gemma3", "gpt-neox-old"], Kernels.available.map(\.name))
  func eightBitsStayNear(_ name: String, _ kernelsName: String) throws {
    let reference = try reference(name)
    let model = try Transformer.load(
      directory: reference.folder, threads: 2, kernels: Self.kernels(kernelsName), precision: .int8)
    let logits = model.allLogits(reference.ids)
    let v = model.vocabularySize
    let divergence = reference.ids.indices.reduce(0.0) { sum, position in
      let row = position * v..<(position + 1) * v
      return sum + PredictionComparison.divergence(of: Array(logits[row]), from: Array(reference.logits[row]))
    }
    #expect(divergence / Double(reference.ids.count) < 0.05, "bits a token")
  }
}
