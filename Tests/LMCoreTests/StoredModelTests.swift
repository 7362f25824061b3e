import TestSupport
import Testing

@testable import LMCore

/// What the headers of the files tell of a model.
@Suite struct StoredModelTests {
  @Test(arguments: ReferenceModel.all)
  func theHeadersTellWhatTheTransformerHas(_ reference: ReferenceModel) throws {
    let stored = try ModelDirectory(path: reference.folder).openModel()
    let model = try reference.load()
    #expect(stored.profile == model.profile)
    #expect(stored.profile.name == reference.name)
    #expect(stored.profile.vocabularySize * reference.ids.count == reference.logits.count)
  }

  @Test(arguments: ReferenceModel.families)
  func everyRoleOfEveryFamilyIsFound(_ reference: ReferenceModel) throws {
    let stored = try ModelDirectory(path: reference.folder).openModel()
    let blueprint = stored.blueprint
    #expect(reference.name.hasPrefix(stored.family.type.prefix(5).replacing("gpt_n", with: "gpt-n")))
    #expect(stored.notes == [])
    for layer in 0..<blueprint.layerCount {
      for role in blueprint.rolesOfLayer {
        let weight = stored.weight(role, layer: layer)
        if let size = blueprint.size(of: role) {
          #expect((weight.rows, weight.columns) == (size.outputs, size.inputs), "\(role)")
        }
        #expect((stored.bias(role, layer: layer) != nil) == blueprint.biases.contains(role), "\(role)")
      }
    }
  }

  @Test func eachRoleHasItsTensor() throws {
    let reference = try #require(ReferenceModel.all.first { $0.name == "untied" })
    let stored = try ModelDirectory(path: reference.folder).openModel(name: "n", source: .cache)
    #expect((stored.profile.name, stored.profile.source) == ("n", .cache))
    let (v, c) = (stored.blueprint.vocabularySize, stored.blueprint.width)
    #expect(!stored.tiesOutput)
    #expect(stored.weight(.output).pointer != stored.weight(.tokenEmbedding).pointer)
    #expect((stored.weight(.output).rows, stored.weight(.output).columns) == (v, c))
    for layer in 0..<stored.blueprint.layerCount {
      #expect(stored.weight(.queriesKeysValues, layer: layer).columns == 3 * c)
      #expect(stored.bias(.queriesKeysValues, layer: layer)?.count == 3 * c)
      #expect(stored.bias(.norm1, layer: layer)?.count == c)
    }
    #expect(stored.bias(.output) == nil)
    let tied = try StoredModel.builtIn()
    #expect(tied.tiesOutput)
    #expect(tied.weight(.output).pointer == tied.weight(.tokenEmbedding).pointer)
  }

  /// The folder "plain" with other tensors.
  ///
  /// - Parameter rename: the new name of a tensor; nil to leave it out.
  private func plain(_ rename: (String) -> String?) throws -> TemporaryFolder {
    let folder = try TemporaryFolder(copying: ReferenceModel.fixtures.path + "/Models/plain")
    let file = try SafetensorsFile(path: folder.path + "/model.safetensors")
    var (members, data): ([JSON.Member], [UInt8]) = ([], [])
    for (name, tensor) in file.header.tensors.sorted(by: { $0.key < $1.key }) {
      guard let newName = rename(name) else { continue }
      let bytes = try file.bytes(of: name)
      let entry: JSON = [
        "dtype": .string(tensor.dtype), "shape": JSON(tensor.shape.map { Int($0) }),
        "data_offsets": JSON([data.count, data.count + bytes.count]),
      ]
      members.append(JSON.Member(newName, entry))
      data += bytes
    }
    let header = Array(JSON.object(members).description.utf8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    try folder.remove("model.safetensors")
    try folder.write("model.safetensors", length + header + data)
    return folder
  }

  /// nanoGPT trains without biases.
  @Test func missingBiasesAreZeros() throws {
    let without = try plain { $0.hasSuffix(".bias") ? nil : $0 }
    let loaded = try LoadedModel.load(.folder(path: without.path))
    #expect(loaded.notes == ["\(loaded.name) has no biases; zeros stand in their place."])
    var logits: [Float] = []
    try loaded.requireLocal().computeLogits(
      of: [try loaded.predictor.predict(TextPath(prompt: [1, 2, 3]))], into: &logits)
    #expect(logits.count == 101 && logits.allSatisfy(\.isFinite))
    let norms = try plain { $0.hasSuffix(".bias") && $0.contains("ln_") ? nil : $0 }
    let notes = try ModelDirectory(path: norms.path).openModel(name: "n").notes
    #expect(notes == ["n has no biases in its norms; zeros stand in their place."])
    // One that is missing among others is a defect.
    let damaged = try plain { $0.hasSuffix("h.0.ln_1.bias") ? nil : $0 }
    #expect(throws: CheckpointError.self) { try ModelDirectory(path: damaged.path).openModel() }
    let whole = try plain { $0 }
    #expect(try ModelDirectory(path: whole.path).openModel().notes == [])
  }

  @Test(arguments: [
    ("qweight", "GPTQ or AWQ"), ("g_idx", "GPTQ"), ("SCB", "bitsandbytes"), ("absmax", "bitsandbytes"),
  ]) func quantizedTensorsAreCalledByName(_ suffix: String, _ method: String) throws {
    let folder = try plain { $0.hasSuffix("h.0.mlp.c_fc.weight") ? "h.0.mlp.c_fc." + suffix : $0 }
    let error = CheckpointError.quantized(file: folder.path + "/model.safetensors", method: method)
    #expect(throws: error) { try ModelDirectory(path: folder.path).openModel() }
    #expect(error.description.contains(method))
  }

  @Test func everyFamilyIsFoundByItsType() throws {
    for family in ModelFamily.all {
      let metadata = try ModelMetadata(
        json: JSON(parsing: "{\"model_type\":\"\(family.type)\"}"), file: "config.json")
      #expect(try ModelFamily.of(metadata).name == family.name)
      #expect(ModelFamily.isNamed(in: metadata))
    }
    // A file without a type is known by its settings, or by the class of transformers that wrote it.
    let classes = [
      "GPT2LMHeadModel", "LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM",
      "Gemma3ForCausalLM", "GPTNeoXForCausalLM",
    ]
    #expect(classes.count == ModelFamily.all.count)
    for (family, name) in zip(ModelFamily.all, classes) {
      let metadata = try ModelMetadata(
        json: JSON(parsing: "{\"architectures\":[\"\(name)\"]}"), file: "config.json")
      #expect(try ModelFamily.of(metadata).name == family.name)
    }
    let silent = try ModelMetadata(json: [:], file: "config.json")
    #expect(try ModelFamily.of(silent).name == "GPT-2")
    #expect(!ModelFamily.isNamed(in: silent))
  }
}
