import Glibc
import LMCore

extension FuzzKind {
  /// A config.json alone, and then beside weights that fit it: a model that loads makes steps.
  static let configuration = FuzzKind(
    "config", .json,
    seeds: ["plain", "aliases", "inner-odd", "untied", "inverse-layer-unscaled"].map {
      SeedFiles.readModel($0, "config.json")
    }
  ) { input, random in
    let metadata = try ModelMetadata(json: JSON(parsing: input), file: "config.json")
    _ = try ModelFamily.of(metadata).blueprint(metadata)
    try ModelFolder.read("plain", with: input, as: "config.json", &random)
  }

  /// The same for other families than GPT-2: rotations, windows, shared heads.
  static let familyConfiguration = FuzzKind(
    "family-config", .json,
    seeds: ModelFolder.families.values.sorted().map { SeedFiles.readModel($0, "config.json") }
  ) { input, random in
    let metadata = try ModelMetadata(json: JSON(parsing: input), file: "config.json")
    let family = try ModelFamily.of(metadata)
    _ = try family.blueprint(metadata)
    guard let model = ModelFolder.families[family.name] else { return }
    try ModelFolder.read(model, with: input, as: "config.json", &random)
  }

  /// What ends a text, beside a model.
  static let generation = FuzzKind(
    "generation-config", .json,
    seeds: [
      SeedFiles.bytes(#"{"_from_model_config":true,"bos_token_id":7,"eos_token_id":[7,3],"temperature":NaN}"#)
    ]
  ) { input, random in
    try ModelFolder.read("plain", with: input, as: "generation_config.json", &random)
  }

  /// The index of weights in several files.
  static let index = FuzzKind(
    "index", .json, seeds: [SeedFiles.readModel("sharded", "model.safetensors.index.json")]
  ) { input, random in
    try ModelFolder.read("sharded", with: input, as: "model.safetensors.index.json", &random)
  }

  /// One of several files of weights.
  static let shard = FuzzKind(
    "shard", .safetensors, seeds: [SeedFiles.readModel("sharded", ModelFolder.firstShard)]
  ) { input, random in
    try ModelFolder.read("sharded", with: input, as: ModelFolder.firstShard, &random)
  }
}

/// Copies of model folders in which one file is replaced.
enum ModelFolder {
  static let firstShard = "model-00001-of-00003.safetensors"

  /// A model of each family whose settings differ from the others'.
  static let families = [
    "Llama": "llama-llama3-old", "Qwen3": "qwen3-old", "Gemma 3": "gemma3-old", "GPT-NeoX": "gpt-neox-old",
  ]

  /// What a folder has where that is not config.json and model.safetensors.
  private static let files: [String: [String]] = [
    "sharded": [
      "config.json", "model.safetensors.index.json", firstShard, "model-00002-of-00003.safetensors",
      "model-00003-of-00003.safetensors",
    ]
  ]

  /// Loads the model with the given contents of one file, and lets it make steps.
  static func read(
    _ model: String, with input: [UInt8], as name: String, _ random: inout RandomSource
  ) throws {
    let loaded = try LoadedModel.load(.folder(path: write(model, with: input, as: name)), threads: 1)
    try ModelUse.exercise(loaded.requireLocal().model, tokenizer: loaded.tokenizer, &random)
  }

  /// - Returns: the folder of a model with the given contents of one file.
  static func write(_ model: String, with input: [UInt8], as name: String) throws -> String {
    let folder = "\(model)-\(name)"
    let path = ScratchFolder.path + "/" + folder
    if access(path, F_OK) != 0 {
      ScratchFolder.makeFolder(folder)
      for file in files[model] ?? ["config.json", "model.safetensors"] where file != name {
        try ScratchFolder.write(folder + "/" + file, SeedFiles.readModel(model, file))
      }
    }
    try ScratchFolder.write(folder + "/" + name, input)
    return path
  }
}
