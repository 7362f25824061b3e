import TestSupport
import Testing

@testable import LMCore

/// Which tensors a model calls for, and what happens when they are not as it needs them.
@Suite struct TransformerWeightsTests {
  private struct Tensor {
    var dtype: String
    var shape: [Int]
    var bytes: [UInt8]
  }

  private func copy(of name: String) throws -> TemporaryFolder {
    try TemporaryFolder(copying: ReferenceModel.fixtures.path + "/Models/" + name)
  }

  private func tensors(in folder: TemporaryFolder) throws -> [String: Tensor] {
    let bytes = try folder.read("model.safetensors")
    return try bytes.withUnsafeBytes { raw in
      let file = try SafetensorsFile(bytes: raw, name: "m")
      return try file.header.tensors.reduce(into: [:]) { result, entry in
        result[entry.key] = Tensor(
          dtype: entry.value.dtype, shape: entry.value.shape.map { Int($0) },
          bytes: Array(try file.bytes(of: entry.key)))
      }
    }
  }

  private func write(_ tensors: [String: Tensor], to folder: TemporaryFolder) throws {
    var (header, data): ([JSON.Member], [UInt8]) = ([], [])
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      header.append(
        JSON.Member(
          name,
          [
            "dtype": .string(tensor.dtype), "shape": JSON(tensor.shape),
            "data_offsets": JSON([data.count, data.count + tensor.bytes.count]),
          ]))
      data += tensor.bytes
    }
    let text = Array(JSON.object(header).description.utf8)
    try folder.write("model.safetensors", SafetensorsHeaderTests.file(text) + data)
  }

  private static let names: [String] = {
    let block = [
      "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight",
      "attn.c_proj.bias",
      "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias",
    ]
    return ["wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias"]
      + (0..<2).flatMap { layer in block.map { "h.\(layer).\($0)" } }
  }()

  @Test(arguments: names)
  func everyTensorIsMissed(_ name: String) throws {
    let folder = try copy(of: "plain")
    var tensors = try tensors(in: folder)
    #expect(Set(tensors.keys) == Set(Self.names))
    tensors[name] = nil
    try write(tensors, to: folder)
    let error = CheckpointError.missingTensor(file: folder.path + "/model.safetensors", tensor: name)
    #expect(throws: error) { try Transformer.load(directory: folder.path) }
    #expect(error.description.contains("\"\(name)\""))
    #expect(error.description.contains(folder.path))
  }

  @Test(arguments: names)
  func everyShapeIsChecked(_ name: String) throws {
    let folder = try copy(of: "plain")
    var tensors = try tensors(in: folder)
    let shape = try #require(tensors[name]?.shape)
    // The same numbers in another shape; a square matrix has none with two dimensions.
    let wrong = shape.count == 2 && shape[0] != shape[1] ? [shape[1], shape[0]] : [1] + shape
    tensors[name]?.shape = wrong
    try write(tensors, to: folder)
    #expect(
      throws: CheckpointError.wrongShape(
        file: folder.path + "/model.safetensors", tensor: name, shape: wrong.map { UInt64($0) },
        expected: shape)
    ) { try Transformer.load(directory: folder.path) }
  }

  @Test func integerWeightsAreNamed() throws {
    let folder = try copy(of: "plain")
    var tensors = try tensors(in: folder)
    let count = try #require(tensors["h.1.mlp.c_fc.weight"]?.bytes.count)
    tensors["h.1.mlp.c_fc.weight"]?.dtype = "I8"
    tensors["h.1.mlp.c_fc.weight"]?.bytes = [UInt8](repeating: 1, count: count / 4)
    try write(tensors, to: folder)
    #expect(
      throws: CheckpointError.unsupportedType(
        file: folder.path + "/model.safetensors", tensor: "h.1.mlp.c_fc.weight", dtype: "I8")
    ) { try Transformer.load(directory: folder.path) }
  }

  @Test func anUntiedModelNeedsItsHead() throws {
    let folder = try copy(of: "untied")
    var tensors = try tensors(in: folder)
    tensors["lm_head.weight"] = nil
    try write(tensors, to: folder)
    #expect(
      throws: CheckpointError.missingTensor(
        file: folder.path + "/model.safetensors", tensor: "lm_head.weight")
    ) { try Transformer.load(directory: folder.path) }
  }

  @Test func anUntiedHeadDoesNotStandInForTheEmbedding() throws {
    let folder = try copy(of: "untied")
    var tensors = try tensors(in: folder)
    tensors["wte.weight"] = nil
    try write(tensors, to: folder)
    #expect(
      throws: CheckpointError.missingTensor(file: folder.path + "/model.safetensors", tensor: "wte.weight")
    ) {
      try Transformer.load(directory: folder.path)
    }
  }

  @Test func masksOfAnyTypeAndShapeAreIgnored() throws {
    let folder = try copy(of: "plain")
    var tensors = try tensors(in: folder)
    tensors["h.0.attn.bias"] = Tensor(dtype: "I64", shape: [0, 3], bytes: [])
    tensors["h.0.attn.masked_bias"] = Tensor(dtype: "F8_E4M3", shape: [], bytes: [1])
    let nan = Tensor(dtype: "F32", shape: [1], bytes: [0, 0, 192, 127])
    tensors["h.0.crossattention.c_attn.weight"] = nan
    tensors["h.1.ln_cross_attn.weight"] = nan
    tensors["score.weight"] = nan
    tensors["multiple_choice_head.summary.bias"] = nan
    try write(tensors, to: folder)
    let reference = try #require(ReferenceModel.all.first { $0.name == "plain" })
    let logits = try Transformer.load(directory: folder.path).allLogits(reference.ids)
    #expect(largestDifference(logits, reference.logits).difference < TransformerTests.tolerance)
  }

  private func problem(loading folder: TemporaryFolder) -> (tensor: String, problem: String)? {
    do {
      _ = try Transformer.load(directory: folder.path)
    } catch let error as CheckpointError {
      guard case .unexpectedTensor(let file, let tensor, let problem) = error else { return nil }
      #expect(file == folder.path + "/model.safetensors")
      #expect(error.description.contains(file) && error.description.contains("\"\(tensor)\""))
      return (tensor, problem)
    } catch {}
    return nil
  }

  @Test(arguments: ["plain", "prefix", "masks-f32"]) func aLayerThatNobodyReadsIsAnError(_ model: String)
    throws
  {
    let folder = try copy(of: model)
    let text = try String(decoding: folder.read("config.json"), as: UTF8.self)
    #expect(text.contains("\"n_layer\": 2"))
    try folder.write("config.json", text.replacing("\"n_layer\": 2", with: "\"n_layer\": 1"))
    let found = try #require(problem(loading: folder))
    #expect(found.tensor == (model == "prefix" ? "transformer." : "") + "h.1.attn.c_attn.bias")
    #expect(found.problem.hasPrefix("n_layer is 1, but the tensors are those of 2 layers"))
  }

  @Test(arguments: [
    "lm_head.bias", "h.0.attn.c_attn.lora_A.weight", "h.0.mlp.c_fc.scale", "attn.bias",
    "h.0.attn.c_attn.bias.bias",
    "transformer.wte.weight", "my_score.weight",
  ])
  func aTensorThatGPT2HasNotIsAnError(_ name: String) throws {
    let folder = try copy(of: "plain")
    var tensors = try tensors(in: folder)
    tensors[name] = Tensor(dtype: "F32", shape: [1], bytes: [0, 0, 0, 0])
    try write(tensors, to: folder)
    let found = try #require(problem(loading: folder))
    #expect(found.tensor == name)
    #expect(found.problem.hasPrefix("GPT-2 has no tensor of this name"))
  }

  @Test func weightsThatAreNoNumbersReachTheLogits() throws {
    // The sampler chain reports them; here they must neither crash nor vanish.
    let folder = try copy(of: "plain")
    for bits: [UInt8] in [[0, 0, 0xC0, 0x7F], [0, 0, 0x80, 0x7F], [0, 0, 0x80, 0xFF]] {
      var tensors = try tensors(in: folder)
      tensors["ln_f.bias"]?.bytes.replaceSubrange(0..<4, with: bits)
      try write(tensors, to: folder)
      let model = try Transformer.load(directory: folder.path)
      #expect(model.allLogits([1, 2]).contains { !$0.isFinite })
    }
  }

  @Test func aNaNTokenLeavesEarlierPositionsAlone() throws {
    let folder = try copy(of: "plain")
    let clean = try Transformer.load(directory: folder.path).allLogits([1, 2, 3, 4, 5, 6, 7, 8])
    var tensors = try tensors(in: folder)
    // wte row 6, the first of 24 floats. With tied weights logit 6 is NaN everywhere.
    tensors["wte.weight"]?.bytes.replaceSubrange(6 * 24 * 4..<6 * 24 * 4 + 4, with: [0, 0, 0xC0, 0x7F])
    try write(tensors, to: folder)
    let logits = try Transformer.load(directory: folder.path).allLogits([1, 2, 3, 4, 5, 6, 7, 8])
    for position in 0..<8 {
      for id in 0..<101 where id != 6 {
        let (value, expected) = (logits[position * 101 + id], clean[position * 101 + id])
        #expect(position < 5 ? value.bitPattern == expected.bitPattern : value.isNaN)
      }
    }
  }

  @Test func absurdSizesAreRefusedBeforeMemoryIsTaken() throws {
    let folder = try copy(of: "plain")
    let text = try String(decoding: folder.read("config.json"), as: UTF8.self)
    for (old, new) in [
      ("\"vocab_size\": 101", "\"vocab_size\": 16000000"),
      ("\"n_positions\": 32", "\"n_positions\": 1000000"),
      ("\"n_embd\": 24", "\"n_embd\": 65536"), ("\"n_layer\": 2", "\"n_layer\": 4096"),
      ("\"n_inner\": null", "\"n_inner\": 262144"),
    ] {
      #expect(text.contains(old))
      try folder.write("config.json", text.replacing(old, with: new))
      #expect(throws: CheckpointError.self) { try Transformer.load(directory: folder.path) }
    }
  }
}
