import Testing

@testable import LMCore

@Suite struct TransformerTests {
  static let tolerance: Float = 2e-4

  @Test func everyVariantHasItsFixture() {
    #expect(ReferenceModel.all.count >= 30)
    #expect(ReferenceModel.all.allSatisfy { !$0.ids.isEmpty && !$0.logits.isEmpty && !$0.greedy.isEmpty })
  }

  @Test(arguments: ReferenceModel.all, Kernels.available.map(\.name))
  func agreesWithTransformers(_ reference: ReferenceModel, _ kernelsName: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == kernelsName })
    let model = try reference.load(threads: 2, kernels: kernels)
    let logits = model.allLogits(reference.ids)
    let (difference, index) = largestDifference(logits, reference.logits)
    #expect(
      difference < Self.tolerance,
      "\(reference.name), \(kernelsName): largest difference \(difference) at \(index)")
    #expect(
      model.greedy(Array(reference.ids.prefix(reference.promptLength)), count: reference.greedy.count)
        == reference.greedy)
  }

  @Test(arguments: ReferenceModel.all, Kernels.available.map(\.name))
  func decodingGivesTheBitsOfPrefill(_ reference: ReferenceModel, _ kernelsName: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == kernelsName })
    let model = try reference.load(threads: 2, kernels: kernels)
    let expected = model.allLogits(reference.ids)
    #expect(firstBitDifference(model.allLogitsByDecoding(reference.ids), expected) == nil)
    // Mixed: some at once, one, the rest at once.
    let cut = reference.ids.count / 2
    let cache = model.makeCache()
    var (hidden, logits): ([Float], [Float]) = ([], [])
    model.prefill(Array(reference.ids[..<cut]), into: cache, hidden: &hidden)
    model.decode([reference.ids[cut]], into: [cache], hidden: &hidden)
    model.prefill(Array(reference.ids[(cut + 1)...]), into: cache, hidden: &hidden)
    model.computeLogits(hidden, into: &logits)
    #expect(firstBitDifference(logits, Array(expected.suffix(model.vocabularySize))) == nil)
    #expect(cache.tokens == reference.ids)
  }

  @Test(
    arguments: Kernels.available.map(\.name),
    ["plain", "f16", "bf16", "heads-of-5", "wide", "long", "untied"])
  func lanesDoNotTouchEachOther(_ kernelsName: String, _ name: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == kernelsName })
    let reference = try #require(ReferenceModel.all.first { $0.name == name })
    let model = try reference.load(threads: 2, kernels: kernels)
    let (v, c) = (model.vocabularySize, model.hiddenSize)
    for lanes in 2...8 {
      // Texts of different lengths, all different.
      var caches = (0..<lanes).map { _ in model.makeCache() }
      var tokens: [Int] = []
      var expected: [Float] = []
      var (hidden, logits): ([Float], [Float]) = ([], [])
      for lane in 0..<lanes {
        let text = (0...lane).map { (7 * $0 + 13 * lane + 1) % v }
        model.prefill(text, into: caches[lane], hidden: &hidden)
        tokens.append((29 * lane + 3) % v)
        let alone = model.makeCache()
        model.prefill(text, into: alone, hidden: &hidden)
        model.decode([tokens[lane]], into: [alone], hidden: &hidden)
        expected += hidden
      }
      model.decode(tokens, into: caches, hidden: &hidden)
      #expect(firstBitDifference(hidden, expected) == nil, "\(lanes) lanes")
      model.computeLogits(hidden, into: &logits)
      for lane in 0..<lanes {
        var one: [Float] = []
        model.computeLogits(Array(expected[lane * c..<(lane + 1) * c]), into: &one)
        #expect(
          firstBitDifference(Array(logits[lane * v..<(lane + 1) * v]), one) == nil, "lane \(lane) of \(lanes)"
        )
      }
      caches.removeAll()
    }
  }

  @Test(arguments: Kernels.available.map(\.name), ["plain", "f16", "wide", "long"])
  func threadsChangeNothing(_ kernelsName: String, _ name: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == kernelsName })
    let reference = try #require(ReferenceModel.all.first { $0.name == name })
    let one = try reference.load(threads: 1, kernels: kernels)
    let expected = one.allLogits(reference.ids)
    for threads in [2, 3, 7] {
      let model = try reference.load(threads: threads, kernels: kernels)
      #expect(firstBitDifference(model.allLogits(reference.ids), expected) == nil, "\(threads) threads")
      #expect(
        firstBitDifference(model.allLogitsByDecoding(reference.ids), expected) == nil, "\(threads) threads")
    }
  }

  @Test func truncationLeavesNoTrace() throws {
    let reference = try #require(ReferenceModel.all.first { $0.name == "long" })
    let model = try reference.load(threads: 2)
    let expected = model.allLogits(reference.ids)
    let v = model.vocabularySize
    let cache = model.makeCache()
    var generator = RandomSource(seed: 5)
    var (hidden, logits): ([Float], [Float]) = ([], [])
    model.prefill(Array(reference.ids.prefix(100)), into: cache, hidden: &hidden)
    for _ in 0..<30 {
      // Back, over another text, back again, and on.
      let back = Int.random(in: 1...100, using: &generator)
      cache.truncate(to: back)
      model.prefill((0..<40).map { ($0 * 31 + back) % v }, into: cache, hidden: &hidden)
      cache.truncate(to: back)
      model.prefill(Array(reference.ids[back..<100]) + [reference.ids[100]], into: cache, hidden: &hidden)
      model.computeLogits(hidden, into: &logits)
      #expect(firstBitDifference(logits, Array(expected[100 * v..<101 * v])) == nil, "back to \(back)")
    }
  }

  @Test func prefillOfALongTextGoesInChunks() throws {
    let reference = try #require(ReferenceModel.all.first { $0.name == "long" })
    #expect(reference.ids.count > Transformer.chunkRows)
    let model = try reference.load()
    var (hidden, logits): ([Float], [Float]) = ([], [])
    model.prefill(reference.ids, into: model.makeCache(), hidden: &hidden)
    model.computeLogits(hidden, into: &logits)
    let (difference, _) = largestDifference(logits, Array(reference.logits.suffix(model.vocabularySize)))
    #expect(difference < Self.tolerance, "largest difference \(difference)")
  }

  @Test func theContextCanBeFilledToItsEnd() throws {
    let reference = try #require(ReferenceModel.all.first { $0.name == "plain" })
    let model = try reference.load()
    let cache = model.makeCache()
    var (hidden, logits): ([Float], [Float]) = ([], [])
    for position in 0..<model.contextLength { model.decode([position], into: [cache], hidden: &hidden) }
    model.computeLogits(hidden, into: &logits)
    #expect(cache.count == 32)
    #expect(logits.allSatisfy { $0.isFinite })
  }

  @Test(arguments: Kernels.available.map(\.name))
  func storytellerAgreesWithTransformers(_ kernelsName: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == kernelsName })
    let reference = ReferenceModel.storyteller
    let model = try Transformer.loadBuiltIn(threads: 2, kernels: kernels)
    let (difference, index) = largestDifference(model.allLogits(reference.ids), reference.logits)
    #expect(difference < Self.tolerance, "\(kernelsName): largest difference \(difference) at \(index)")
    #expect(reference.greedy.count == 40)
    #expect(model.greedy(Array(reference.ids.prefix(reference.promptLength)), count: 40) == reference.greedy)
  }

  @Test func informationTellsWhatWasRead() throws {
    let model = try Transformer.loadBuiltIn()
    #expect(model.profile.name == "storyteller")
    #expect(model.profile.source == .builtIn)
    #expect(model.profile.path == nil)
    #expect(model.profile.dtype == "f16")
    // wte 4096 x 256, wpe 512 x 256, six blocks, one norm.
    #expect(
      model.profile.parameterCount == 4096 * 256 + 512 * 256 + 6 * (12 * 256 * 256 + 13 * 256) + 512)
    #expect(model.profile.byteCount == 2 * model.profile.parameterCount)
    let reference = try #require(ReferenceModel.all.first { $0.name == "bf16" })
    let other = try reference.load()
    #expect(other.profile.name == "bf16")
    #expect(other.profile.source == .folder)
    #expect(other.profile.path == reference.folder)
    #expect(other.profile.dtype == "bf16")
  }
}
