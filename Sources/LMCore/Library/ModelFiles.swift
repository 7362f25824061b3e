/// The files that make a model in Hugging Face layout, and what can be told from the small ones.
enum ModelFiles {
  static let configuration = "config.json"
  static let weights = "model.safetensors"
  static let index = "model.safetensors.index.json"
  static let vocabulary = "vocab.json"
  static let merges = "merges.txt"
  static let tokenizer = "tokenizer.json"
  static let addedTokens = "added_tokens.json"

  static func hasVocabulary(_ names: [String]) -> Bool {
    names.contains(tokenizer) || (names.contains(vocabulary) && names.contains(merges))
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
  static func shards(ofIndex bytes: [UInt8], file: String) throws(ModelFilesError) -> [String] {
    guard let map = try parse(bytes, file: file)["weight_map"]?.members else {
      throw .invalidIndex(file: file, problem: "it has no table \"weight_map\"")
    }
    var names: Set<String> = []
    for member in map {
      // Names come from the network and become paths.
      guard let name = member.value.string, name.hasSuffix(".safetensors"), !name.hasPrefix("."),
        name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
        ),
        !name.contains(".."), name.utf8.count <= 200
      else {
        throw .invalidIndex(
          file: file,
          problem: "the place of tensor \"\(ForeignText.line(member.name))\" is not a plain file name")
      }
      names.insert(name)
    }
    guard !names.isEmpty else { throw .invalidIndex(file: file, problem: "it lists no files") }
    return names.sorted()
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
  case invalidIndex(file: String, problem: String)

  var description: String {
    switch self {
    case .invalidJSON(let file, let error): "\(file) is not valid JSON: \(error)."
    case .notUsable(let error): error.description
    case .namesNoModel(let file): "\(file) has no \"model_type\" and none of \(ModelFamily.names)'s settings."
    case .invalidIndex(let file, let problem): "\(file) is not an index of safetensors files: \(problem)."
    }
  }
}
