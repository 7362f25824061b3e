import Glibc

/// A folder in Hugging Face layout: config.json, safetensors weights, and perhaps a vocabulary.
public struct ModelDirectory: Sendable {
  /// As given, without a slash at the end.
  public let path: String
  let family: ModelFamily
  package let blueprint: Blueprint
  private let hasIndex: Bool

  /// Reads config.json and looks for the weights' file; opens no weights.
  ///
  /// - Throws: `ModelDirectoryError`, `FileError` or `ConfigurationError`.
  public init(path: String) throws {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    switch Self.kind(of: path) {
    case nil: throw ModelDirectoryError.folderMissing(path: path, reason: SystemFailure().description)
    case S_IFDIR: break
    default: throw ModelDirectoryError.notAFolder(path: path)
    }
    let hasAdapter = Self.kind(of: path + "/" + ModelFiles.adapter) != nil
    guard Self.kind(of: path + "/" + ModelFiles.configuration) != nil else {
      throw hasAdapter ? ModelDirectoryError.onlyAdapter(path: path) : .configurationMissing(path: path)
    }
    guard !hasAdapter else { throw ModelDirectoryError.adapter(path: path) }
    let metadata = try Self.metadata(path + "/" + ModelFiles.configuration)
    family = try ModelFamily.of(metadata)
    var blueprint = try family.blueprint(metadata)
    try metadata.refuseQuantization()
    // As transformers: where this file is there, it alone tells what ends a text.
    if Self.kind(of: path + "/" + ModelFiles.generation) != nil {
      blueprint.endOfText = try Self.metadata(path + "/" + ModelFiles.generation).ids("eos_token_id", or: [])
    }
    self.blueprint = blueprint
    // As transformers: the single file where both are there.
    let hasSingle = Self.kind(of: path + "/model.safetensors") != nil
    hasIndex = !hasSingle && Self.kind(of: path + "/model.safetensors.index.json") != nil
    guard hasSingle || hasIndex else {
      throw ModelDirectoryError.weightsMissing(path: path, others: Self.otherWeights(in: path))
    }
  }

  private static func metadata(_ path: String) throws -> ModelMetadata {
    let file = try MappedFile(path: path)
    guard file.bytes.count <= JSON.largestDocument else {
      throw ModelDirectoryError.configurationTooLarge(file: file.path, size: file.bytes.count)
    }
    let document: JSON
    do { document = try JSON(parsing: file.bytes, dialect: .python) } catch {
      throw ModelDirectoryError.invalidConfiguration(file: file.path, problem: error.description)
    }
    return try ModelMetadata(json: document, file: file.path)
  }

  /// Maps the weights.
  ///
  /// - Throws: `FileError`, `SafetensorsError` or `CheckpointError`.
  public func openCheckpoint() throws -> Checkpoint {
    if hasIndex { return try Checkpoint(indexPath: path + "/model.safetensors.index.json") }
    return Checkpoint(file: try SafetensorsFile(path: path + "/model.safetensors"))
  }

  /// Finds the tensors in the weights' files. Of those only the headers are read.
  ///
  /// - Parameter name: what to call the model; nil for the folder's name.
  /// - Throws: `FileError`, `SafetensorsError` or `CheckpointError`.
  package func openModel(
    name: String? = nil, source: ModelProfile.Source = .folder
  ) throws -> StoredModel {
    try StoredModel(
      openCheckpoint(), blueprint, family,
      name: name ?? path.split(separator: "/").last.map(String.init) ?? path, path: path, source: source)
  }

  /// True where the folder has a file that a tokenizer is made from.
  public var hasVocabulary: Bool { ModelFiles.hasVocabulary { Self.kind(of: path + "/" + $0) != nil } }

  /// The tokenizer; nil where the folder has no vocabulary.
  public func readTokenizer() throws(TokenizerError) -> (any Tokenizer)? {
    hasVocabulary ? try TokenizerFolder.read(path) : nil
  }

  /// The kind of what is at a path (`S_IFDIR`, ...), nil with errno set where nothing can be found.
  static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  private static func otherWeights(in path: String) -> String? {
    [
      "pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack",
      "model.ckpt.index",
    ]
    .first { kind(of: path + "/" + $0) != nil }
  }
}

/// Why a folder is not a model that can be opened.
public enum ModelDirectoryError: Error, Equatable, Sendable, CustomStringConvertible {
  case folderMissing(path: String, reason: String)
  case notAFolder(path: String)
  case configurationMissing(path: String)
  /// An adapter beside the weights, which changes what they compute.
  case adapter(path: String)
  /// An adapter without a model.
  case onlyAdapter(path: String)
  case invalidConfiguration(file: String, problem: String)
  case configurationTooLarge(file: String, size: Int)
  /// `others` is a weights' file of another format that is there.
  case weightsMissing(path: String, others: String?)
  /// `names` are those of files that each hold a model.
  case severalGGUFFiles(path: String, names: [String])

  public var description: String {
    switch self {
    case .folderMissing(let path, let reason):
      "The model folder \(path) cannot be opened: \(reason)."
    case .notAFolder(let path):
      "\(path) is a file, but no GGUF file; give one, or the folder that holds config.json and model.safetensors."
    case .configurationMissing(let path):
      "\(path) has no config.json, so it is not a model in Hugging Face layout, and no GGUF file."
    case .adapter(let path):
      "\(path) has an adapter (adapter_config.json), which transformers would apply to the weights and gpt2-viz does not: merge it with peft (merge_and_unload, then save_pretrained), or move it away to use the weights alone."
    case .onlyAdapter(let path):
      "\(path) is an adapter without its model: merge it into the model with peft (merge_and_unload, then save_pretrained), and give that folder."
    case .invalidConfiguration(let file, let problem):
      "\(file) is not valid JSON: \(problem)."
    case .configurationTooLarge(let file, let size):
      "\(file) has \(size) bytes, too many for a table of settings."
    case .severalGGUFFiles(let path, let names):
      "\(path) has \(names.count) GGUF files; name one of them: \(names.prefix(20).map { ForeignText.line($0) }.joined(separator: ", "))\(names.count > 20 ? ", ..." : "")."
    case .weightsMissing(let path, nil):
      "\(path) has no model.safetensors and no model.safetensors.index.json."
    case .weightsMissing(let path, let other?):
      "\(path) has \(other) but no model.safetensors; convert it with transformers: "
        + "AutoModelForCausalLM.from_pretrained(\"\(path)\").save_pretrained(\"\(path)\")."
    }
  }
}
