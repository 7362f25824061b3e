/// The files that make a model in Hugging Face layout, and what can be told from the small ones.
enum ModelFiles {
  static let configuration = "config.json"
  static let weights = "model.safetensors"
  static let index = "model.safetensors.index.json"
  static let vocabulary = "vocab.json"
  static let merges = "merges.txt"
  static let tokenizer = "tokenizer.json"
  static let addedTokens = "added_tokens.json"

  /// True where any file of a tokenizer is there. Half a tokenizer counts too: it is a defect, which reading it tells,
  /// and not a model for ids alone.
  static func hasVocabulary(_ exists: (String) -> Bool) -> Bool {
    [vocabulary, merges, tokenizer].contains(where: exists)
  }

  /// The family of the model that config.json describes. Throws unless it can be run.
  @discardableResult
  static func checkConfiguration(_ bytes: [UInt8], file: String) throws(ModelFilesError) -> ModelFamily {
    let document = try parse(bytes, file: file)
    do throws(ConfigurationError) {
      let metadata = try ModelMetadata(json: document, file: file)
      let family = try ModelFamily.of(metadata)
      _ = try family.blueprint(metadata)
      // A folder's silent file is taken for GPT-2's. From an unknown repository that is not enough.
      if ModelFamily.isNamed(in: metadata) { return family }
    } catch { throw .notUsable(error) }
    throw .namesNoModel(file: file)
  }

  /// The weights' files that an index lists, each once, sorted.
  static func shards(ofIndex bytes: [UInt8], file: String) throws(CheckpointError) -> [String] {
    let index = bytes.withUnsafeBytes { bytes in
      Result { () throws(CheckpointError) in try SafetensorsIndex(parsing: bytes, file: file) }
    }
    return try index.get().shards
  }

  private static func parse(_ bytes: [UInt8], file: String) throws(ModelFilesError) -> JSON {
    do { return try JSON(parsing: bytes) } catch { throw .invalidJSON(file: file, error) }
  }
}

/// Why a model's small files do not describe a model that can be run.
enum ModelFilesError: Error, Equatable, Sendable, CustomStringConvertible {
  case invalidJSON(file: String, JSONError)
  case notUsable(ConfigurationError)
  case namesNoModel(file: String)

  var description: String {
    switch self {
    case .invalidJSON(let file, let error): "\(file) is not valid JSON: \(error)."
    case .notUsable(let error): error.description
    case .namesNoModel(let file): "\(file) has no \"model_type\" and none of \(ModelFamily.names)'s settings."
    }
  }
}
