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

  @Test func everyFamilyIsFoundByItsType() throws {
    for family in ModelFamily.all {
      let metadata = try ModelMetadata(
        json: JSON(parsing: "{\"model_type\":\"\(family.type)\"}"), file: "config.json")
      #expect(try ModelFamily.of(metadata).name == family.name)
      #expect(ModelFamily.isNamed(in: metadata))
      for role in TensorRole.allCases { #expect(!family.tensorNames(role, 0).isEmpty) }
    }
    let silent = try ModelMetadata(json: [:], file: "config.json")
    #expect(try ModelFamily.of(silent).name == "GPT-2")
    #expect(!ModelFamily.isNamed(in: silent))
  }
}
