import LMCore
import TestSupport
import Testing

@Suite struct ModelsCommandTests {
  @Test func theBuiltInModelIsAlwaysThere() throws {
    let models = try #require(try ProgramRun(["models", "--format", "json"]).json()["models"]?.array)
    #expect(models.count == 1)
    #expect(
      models[0].members?.map(\.name) == [
        "name", "path", "parameters", "dtype", "bytes", "source", "family", "container", "quantization",
      ])
    #expect(models[0]["name"] == "storyteller")
    #expect(models[0]["path"] == .null)
    #expect(models[0]["source"] == "built-in")
    #expect(models[0]["dtype"] == "f16")
    // 16 bits a parameter.
    let parameters = try #require(models[0]["parameters"]?.int)
    #expect(models[0]["bytes"] == JSON(parameters * 2))
  }

  @Test func findsFoldersAndFoldersOfFolders() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("b")
    try folder.makeFolder("a model")
    try folder.makeFolder("empty")
    for name in ["config.json", "model.safetensors"] {
      for place in ["b/", "a model/"] { try folder.linkStoryteller([name], in: place) }
    }
    let below = try ProgramRun(["models", folder.path, folder.path + "/b/", "--format", "json"]).json()
    let paths = below["models"]?.array?.compactMap { $0["path"]?.string }
    #expect(paths == [folder.path + "/a model", folder.path + "/b"])
    let itself = try ProgramRun(["models", folder.path + "/b", "--format", "json"]).json()
    #expect(itself["models"]?.array?.last?["name"] == "b")
    #expect(itself["models"]?.array?.last?["source"] == "folder")
    #expect(try ProgramRun(["models", "-m", folder.path + "/b", "--format", "json"]).json() == itself)
    let table = try ProgramRun(["models", folder.path])
    #expect(table.output.split(separator: "\n").count == 4)
  }

  @Test func everyFolderIsListedWithTheReasonWhyItCannotBeUsed() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("broken")
    try folder.makeFolder("whole")
    try folder.write("broken/config.json", "{")
    try folder.linkStoryteller(["config.json", "model.safetensors"], in: "whole/")
    let run = try ProgramRun(["models", folder.path, "--format", "json"])
    #expect(run.code == 0 && run.errors == "")
    let models = try #require(try JSON(parsing: run.output)["models"]?.array)
    #expect(models.map { $0["name"]?.string } == ["storyteller", "broken", "whole"])
    #expect(models[1]["problem"]?.string?.contains("broken/config.json is not valid JSON") == true)
    #expect(models[1]["parameters"] == .null && models[2]["problem"] == nil)
    let alone = try ProgramRun(["models", folder.path + "/broken"])
    #expect(alone.code == 0 && alone.output.contains("unusable: "))
  }

  /// A model whose vocabulary cannot be read takes ids; an adapter is no model.
  @Test func whatWorksInPartIsListedToo() throws {
    let folder = try TemporaryFolder()
    for place in ["adapter", "ids"] { try folder.makeFolder(place) }
    try folder.linkStoryteller(["config.json", "model.safetensors"], in: "ids/")
    try folder.write("ids/tokenizer_config.json", #"{"tokenizer_class":"T5Tokenizer"}"#)
    try folder.write("ids/spiece.model", "x")
    try folder.write("adapter/adapter_config.json", "{}")
    let models = try #require(
      try ProgramRun(["models", folder.path, "--format", "json"]).json()["models"]?.array)
    #expect(models[1]["problem"]?.string?.contains("is an adapter without its model") == true)
    #expect(models[2]["problem"]?.string?.contains("T5Tokenizer") == true)
    #expect(models[2]["parameters"]?.int != nil)
    let lines = try ProgramRun(["models", folder.path]).output.split(separator: "\n")
    #expect(lines.last?.contains("ids only: ") == true)
    let model = folder.path + "/ids"
    let steps = try ProgramRun([
      "generate", "-m", model, "--ids", "5 6", "-n", "2", "--greedy", "--format", "csv",
    ])
    #expect(steps.code == 0 && steps.errors.contains("cannot be used, so it takes ids only: "))
    let text = try ProgramRun(["generate", "-m", model, "Once", "-n", "2"])
    #expect(text.code == 1 && text.output == "" && text.errors.contains("T5Tokenizer"))
  }

  @Test(arguments: ["no-such", "/no/such/folder"]) func aModelThatIsNotThereHidesNone(name: String) throws {
    let folder = try TemporaryFolder()
    try folder.linkStoryteller(["config.json", "model.safetensors"])
    for run in [
      try ProgramRun(["models", "-m", name, folder.path, "--format", "json"]),
      try ProgramRun(["models", folder.path, "--format", "json"], environment: ["GPT2_VIZ_MODEL": name]),
    ] {
      let models = try #require(try run.json()["models"]?.array)
      #expect(models.map { $0["problem"] == nil } == [true, false, true])
      #expect(models[1]["name"]?.string == name)
      #expect(models[1]["problem"]?.string?.contains(name) == true)
      #expect(models[1]["bytes"] == .null)
    }
    let lines = try ProgramRun(["-m", name, "models"]).output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.last?.hasPrefix(name) == true && lines.last?.contains("unusable: ") == true)
  }

  /// A repository of GGUF files holds one model in several quantizations.
  @Test func downloadedGGUFFilesAreListedByTheNamesThatTheModelOptionTakes() throws {
    let folder = try TemporaryFolder()
    let (model, commit) = ("models--a--tiny-GGUF/", String(repeating: "0", count: 40))
    for name in [model, model + "refs", model + "snapshots", model + "snapshots/" + commit] {
      try folder.makeFolder(name)
    }
    try folder.write(model + "refs/main", commit)
    let fixtures = TestFiles.repository.appending(path: "Tests/LMCoreTests/Fixtures/GGUFModels")
    let environment = ["HF_HUB_CACHE": folder.path]
    func list() throws -> [JSON] {
      let run = try ProgramRun(["models", "--format", "json"], environment: environment)
      return Array(try #require(try run.json()["models"]?.array).dropFirst())
    }
    for (name, source, expected) in [
      ("tiny-Q8_0.gguf", "llama-q8_0", ["a/tiny-GGUF"]),
      ("tiny-Q4_K_M.gguf", "llama-q4_k_m", ["a/tiny-GGUF:Q4_K_M", "a/tiny-GGUF:Q8_0"]),
    ] {
      try folder.link(
        model + "snapshots/\(commit)/\(name)", to: fixtures.appending(path: source + "/model.gguf").path)
      let models = try list()
      #expect(models.map { $0["name"]?.string } == expected)
      #expect(models.allSatisfy { $0["container"] == "GGUF" && $0["source"] == "cache" })
      for name in expected {
        let run = try ProgramRun(
          ["next", "--ids", "1 2", "-m", name, "--top", "1"], environment: environment)
        #expect(run.code == 0, "\(name): \(run.errors)")
      }
    }
  }

  /// Its size is in the headers of its files; nothing is built.
  @Test func aModelTooLargeForMemoryIsListedWithItsSize() throws {
    let folder = try TemporaryFolder()
    let bytes = try SparseModel.write(into: folder, layers: 100, width: 16_384)
    let models = try #require(
      try ProgramRun(["models", folder.path, "--format", "json"]).json()["models"]?.array)
    #expect(models.count == 2)
    #expect(models[1]["bytes"]?.int == bytes)
    #expect(models[1]["parameters"]?.int == bytes / 4)
    #expect(models[1]["dtype"]?.string == "f32")
    #expect(models[1]["problem"] == nil)
  }

  @Test func aFolderWithoutModelsIsAnError() throws {
    let folder = try TemporaryFolder()
    let empty = try ProgramRun(["models", folder.path])
    #expect(empty.code == 1)
    #expect(empty.output == "")
    #expect(empty.errors.contains("no model"))
    let missing = try ProgramRun(["models", "/no/such"])
    #expect(missing.code == 1)
    #expect(missing.errors == "gpt2-viz: cannot read the folder /no/such: No such file or directory\n")
  }
}
