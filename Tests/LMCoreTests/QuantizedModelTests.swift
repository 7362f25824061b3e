import TestSupport
import Testing

@testable import LMCore

/// The model in 8 bits: as near as promised, and as exact in itself as the float32 one.
@Suite struct QuantizedModelTests {
  private static let variants = ["plain", "f16", "bf16", "heads-of-5", "inner-odd", "wide", "long", "untied"]

  private func reference(_ name: String) throws -> ReferenceModel {
    try #require(ReferenceModel.all.first { $0.name == name })
  }

  private func load(_ reference: ReferenceModel, _ kernelsName: String, threads: Int = 2) throws
    -> Transformer
  {
    let kernels = try #require(Kernels.available.first { $0.name == kernelsName })
    return try Transformer.load(
      directory: reference.folder, threads: threads, kernels: kernels, precision: .int8)
  }

  @Test(arguments: Kernels.available.map(\.name))
  func theStorytellerLosesNextToNothing(_ kernelsName: String) throws {
    let kernels = try #require(Kernels.available.first { $0.name == kernelsName })
    let predictors = try [Precision.float32, .int8].map {
      LocalPredictor(try Transformer.loadBuiltIn(threads: 2, kernels: kernels, precision: $0))
    }
    let comparison = try PredictionComparison(
      of: predictors[1], with: predictors[0], over: ReferenceModel.storyteller.ids)
    #expect(comparison.positions == ReferenceModel.storyteller.ids.count)
    #expect(comparison.meanDivergence < 0.01, "bits a token")
    #expect(comparison.meanDivergence > 0, "8 bits are not 32")
    #expect(comparison.agreement > 0.9)
  }

  @Test(arguments: variants, Kernels.available.map(\.name))
  func logitsStayNear(_ name: String, _ kernelsName: String) throws {
    let reference = try reference(name)
    let model = try load(reference, kernelsName)
    let logits = model.allLogits(reference.ids)
    let v = model.vocabularySize
    var sum = 0.0
    for position in reference.ids.indices {
      let row = position * v..<(position + 1) * v
      sum += PredictionComparison.divergence(of: Array(logits[row]), from: Array(reference.logits[row]))
    }
    #expect(sum / Double(reference.ids.count) < 0.01, "bits a token")
  }

  @Test(arguments: variants, Kernels.available.map(\.name))
  func decodingGivesTheBitsOfPrefill(_ name: String, _ kernelsName: String) throws {
    let reference = try reference(name)
    let model = try load(reference, kernelsName)
    let expected = model.allLogits(reference.ids)
    #expect(firstBitDifference(model.allLogitsByDecoding(reference.ids), expected) == nil)
    var (hidden, together): ([Float], [Float]) = ([], [])
    model.prefill(reference.ids, into: model.makeCache(), everyHidden: &hidden)
    model.computeLogitsTogether(hidden, into: &together)
    #expect(firstBitDifference(together, expected) == nil)
  }

  @Test(arguments: ["plain", "wide", "long"])
  func threadsChangeNothing(_ name: String) throws {
    let reference = try reference(name)
    let kernelsName = Kernels.available[0].name
    let expected = try load(reference, kernelsName, threads: 1).allLogits(reference.ids)
    for threads in [2, 3, 7] {
      let model = try load(reference, kernelsName, threads: threads)
      #expect(firstBitDifference(model.allLogits(reference.ids), expected) == nil, "\(threads) threads")
      #expect(
        firstBitDifference(model.allLogitsByDecoding(reference.ids), expected) == nil, "\(threads) threads")
    }
  }

  @Test(arguments: ["plain", "heads-of-5", "wide"], Kernels.available.map(\.name))
  func lanesDoNotTouchEachOther(_ name: String, _ kernelsName: String) throws {
    let model = try load(reference(name), kernelsName)
    for lanes in 2...7 {
      let caches = (0..<lanes).map { _ in model.makeCache() }
      let tokens = (0..<lanes).map { (29 * $0 + 3) % model.vocabularySize }
      var (hidden, expected): ([Float], [Float]) = ([], [])
      for lane in 0..<lanes {
        let text = (0...lane).map { (7 * $0 + 13 * lane + 1) % model.vocabularySize }
        model.prefill(text, into: caches[lane], hidden: &hidden)
        let alone = model.makeCache()
        model.prefill(text, into: alone, hidden: &hidden)
        model.decode([tokens[lane]], into: [alone], hidden: &hidden)
        expected += hidden
      }
      model.decode(tokens, into: caches, hidden: &hidden)
      #expect(firstBitDifference(hidden, expected) == nil, "\(lanes) lanes")
    }
  }

  @Test func theFormsOfBothAreTold() throws {
    let model = try Transformer.loadBuiltIn(precision: .int8)
    #expect(model.precision == .int8)
    #expect(model.profile.dtype == "int8")
    #expect(model.profile.byteCount == model.bytesPerStep)
    let stored = try Transformer.loadBuiltIn()
    #expect(stored.precision == .float32)
    // f16, without the position embedding's 512 rows; biases and norms are widened.
    let matrices = 2 * (4096 * 256 + 6 * 12 * 256 * 256)
    let vectors = 4 * (6 * 13 * 256 + 512)
    #expect(stored.bytesPerStep == matrices + vectors)
    // A byte a weight, and two for the scale of each group of inputs.
    #expect(model.bytesPerStep == matrices / 2 + matrices / QuantizedMatrix.groupInputs + vectors)
  }

  @Test func progressEndsWhereTheWorkDoes() throws {
    var reported: [Double] = []
    _ = try Transformer.load(directory: reference("sharded").folder, precision: .int8) { reported.append($0) }
    #expect(reported == reported.sorted())
    #expect(reported.last == 1)
    #expect(reported.count > 4)
  }

  @Test func noNumbersReachTheLogits() throws {
    // As in float32: the sampler chain reports them; here they must neither crash nor vanish.
    let folder = try TemporaryFolder(copying: reference("plain").folder)
    var file = try folder.read("model.safetensors")
    for index in file.indices.suffix(40_000) where index % 4 == 3 { file[index] = 0x7F }
    for index in file.indices.suffix(40_000) where index % 4 == 2 { file[index] = 0xFF }
    try folder.write("model.safetensors", file)
    let model = try Transformer.load(directory: folder.path, precision: .int8)
    #expect(model.allLogits([1, 2]).contains { !$0.isFinite })
  }

  @Test func divergenceIsThatOfTheDistributions() {
    let flat: [Float] = [0, 0, 0, 0]
    #expect(PredictionComparison.divergence(of: flat, from: flat) == 0)
    // All on one of four: two bits.
    let sure: [Float] = [100, 0, 0, 0]
    #expect(abs(PredictionComparison.divergence(of: flat, from: sure) - 2) < 1e-9)
    #expect(PredictionComparison.divergence(of: sure, from: flat) > 50)
    #expect(PredictionComparison.divergence(of: [5, 5, 5, 5], from: flat) < 1e-12)
    let half: [Float] = [1, 1, -.infinity, -.infinity]
    #expect(abs(PredictionComparison.divergence(of: flat, from: half) - 1) < 1e-12)
  }
}
