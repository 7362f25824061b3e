import Glibc

/// A model in one GGUF file: settings, weights and vocabulary.
public struct GGUFModel {
  /// As given.
  public let path: String
  let file: GGUFFile
  let architecture: GGUFArchitecture
  package let blueprint: Blueprint

  /// Maps the file and reads its keys.
  ///
  /// - Throws: `FileError`, or `GGUFError` for a damaged file and for models that cannot be run.
  public init(path: String) throws {
    let file = try GGUFFile(path: path)
    try self.init(file, path: path)
  }

  package init(_ file: GGUFFile, path: String) throws(GGUFError) {
    (self.path, self.file) = (path, file)
    architecture = try GGUFArchitecture.of(file)
    blueprint = try architecture.blueprint(file)
  }

  /// The GGUF file that a path means: itself, or the only one in a folder that has no other weights. nil where it means none.
  ///
  /// - Throws: `ModelDirectoryError.severalGGUFFiles`.
  public static func file(at path: String) throws(ModelDirectoryError) -> String? {
    guard !hasOtherWeights(path) else { return nil }
    let files = files(at: path)
    guard files.count <= 1 else {
      let names = files.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
      throw .severalGGUFFiles(path: path, names: names)
    }
    return files.first
  }

  /// The GGUF files of a downloaded model, with the shortest words that name each; none where it has other weights.
  package static func files(inSnapshot path: String) -> [(word: String, path: String)] {
    guard !hasOtherWeights(path) else { return [] }
    let choice = GGUFChoice(among: FileSystem.names(in: path))
    return zip(choice.names, choice.files).map { ($0, path + "/" + $1) }
  }

  private static func hasOtherWeights(_ folder: String) -> Bool {
    [ModelFiles.weights, ModelFiles.index, ModelFiles.adapter].contains {
      ModelDirectory.kind(of: folder + "/" + $0) != nil
    }
  }

  private static func isGGUF(_ path: String) -> Bool {
    guard let file = try? MappedFile(path: path) else { return false }
    return withExtendedLifetime(file) { file.bytes.starts(with: "GGUF".utf8) }
  }

  /// The path of a GGUF file itself, or of all in a folder; by their names, or of a file also by its first bytes.
  package static func files(at path: String) -> [String] {
    switch ModelDirectory.kind(of: path) {
    case S_IFDIR:
      GGUFChoice(among: FileSystem.names(in: path)).files.map {
        (path.hasSuffix("/") ? path : path + "/") + $0
      }
    case S_IFREG where path.lowercased().hasSuffix(".gguf"): [path]
    case S_IFREG:
      isGGUF(path) ? [path] : []
    default: []
    }
  }
}

extension GGUFModel: OpenableModel {
  package func openModel(name: String?, source: ModelProfile.Source) throws -> StoredModel {
    try StoredModel(
      Checkpoint(file: file), blueprint, architecture.family, scheme: architecture.scheme,
      mixture: GGUFFileType.name(in: file.metadata),
      name: name ?? Self.name(of: path), path: path, source: source)
  }

  /// The file's name without its folder and ".gguf".
  package static func name(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.lowercased().hasSuffix(".gguf") && name.count > 5 ? String(name.dropLast(5)) : name
  }

  /// Nil where the file has no vocabulary.
  public func readTokenizer() throws(TokenizerError) -> (any Tokenizer)? {
    guard file.metadata.has("tokenizer.ggml.model") else { return nil }
    return try GGUFTokenizer.read(file.metadata)
  }
}

/// A model's files, of whichever container, opened as far as their headers.
package protocol OpenableModel {
  /// Finds the tensors. Of the weights only headers are read.
  ///
  /// - Parameter name: what to call the model; nil for the name of its folder or file.
  func openModel(name: String?, source: ModelProfile.Source) throws -> StoredModel

  /// The tokenizer; nil where there is no vocabulary.
  func readTokenizer() throws(TokenizerError) -> (any Tokenizer)?
}

extension ModelDirectory: OpenableModel {}

/// Opens what a path means: a GGUF file, or a folder in Hugging Face layout.
///
/// - Throws: what the two throw.
package func openModel(at path: String) throws -> any OpenableModel {
  if let file = try GGUFModel.file(at: path) { return try GGUFModel(path: file) }
  return try ModelDirectory(path: path)
}
