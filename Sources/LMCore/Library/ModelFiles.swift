/// The files that make a model in Hugging Face layout, and what can be told from the small ones.
enum ModelFiles {
  static let configuration = "config.json"
  static let weights = "model.safetensors"
  static let index = "model.safetensors.index.json"
  static let generation = "generation_config.json"
  static let adapter = "adapter_config.json"

  /// The files that a tokenizer can be made from; of SentencePiece's, only that they are there is told.
  static let vocabularies = [
    "vocab.json", "merges.txt", "tokenizer.json", "vocab.txt", "spiece.model", "tokenizer.model",
  ]

  /// Small files that change ids, stops or the text of a conversation.
  static let settings = [
    generation, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "chat_template.jinja",
  ]

  /// True where any file of a tokenizer is there. Half a tokenizer counts too: it is a defect, which reading it tells.
  static func hasVocabulary(_ exists: (String) -> Bool) -> Bool { vocabularies.contains(where: exists) }

  /// The family of the model that config.json describes. Throws unless it can be run.
  @discardableResult
  static func checkConfiguration(_ bytes: [UInt8], file: String) throws(ModelFilesError) -> ModelFamily {
    let document = try parse(bytes, file: file)
    do throws(ConfigurationError) {
      let metadata = try ModelMetadata(json: document, file: file)
      let family = try ModelFamily.of(metadata)
      _ = try family.blueprint(metadata)
      try metadata.refuseQuantization()
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
    do { return try JSON(parsing: bytes, dialect: .python) } catch { throw .invalidJSON(file: file, error) }
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
