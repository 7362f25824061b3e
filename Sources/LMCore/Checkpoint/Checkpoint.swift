/// The tensors of a model: from one safetensors file, from several by an index, or from a GGUF file.
public struct Checkpoint {
  /// The file that holds each tensor.
  private let files: [String: any TensorFile]
  /// The one file, or the index: the name for error messages.
  public let name: String

  /// The tensors of one file.
  public init(file: SafetensorsFile) { self.init(of: file) }

  /// The tensors of one file.
  public init(file: GGUFFile) { self.init(of: file) }

  private init(of file: any TensorFile) {
    name = file.name
    files = Dictionary(file.storedNames.map { ($0, file) }) { first, _ in first }
  }

  /// Reads a `model.safetensors.index.json` and maps the files it lists, no others. A tensor that it lists and the file lacks
  /// is missed only where it is needed: an output matrix that is tied is left out when a model is saved, and stays listed.
  ///
  /// - Throws: `FileError`, `SafetensorsError` or `CheckpointError`.
  public init(indexPath: String) throws {
    let document = try MappedFile(path: indexPath)
    let index = try withExtendedLifetime(document) {
      try SafetensorsIndex(parsing: document.bytes, file: indexPath)
    }
    let folder = indexPath.lastIndex(of: "/").map { String(indexPath[...$0]) } ?? ""
    var shards: [String: SafetensorsFile] = [:]
    var files: [String: any TensorFile] = [:]
    for (tensor, shard) in index.places {
      let file = try shards[shard] ?? SafetensorsFile(path: folder + shard)
      shards[shard] = file
      if file.header.tensors[tensor] != nil { files[tensor] = file }
    }
    // transformers reads what is in the files, listed or not.
    for file in shards.values {
      for tensor in file.header.tensors.keys where files[tensor] == nil { files[tensor] = file }
    }
    name = indexPath
    self.files = files
  }

  /// True where the tensor exists.
  public func contains(_ tensor: String) -> Bool { files[tensor] != nil }

  var tensorNames: some Collection<String> { files.keys }

  /// The name of the file that holds a tensor; of the whole where none does.
  func file(of tensor: String) -> String { files[tensor]?.name ?? name }

  /// The tensor of this name, not copied: a matrix [rows, columns], or a vector as one row.
  ///
  /// - Throws: `CheckpointError` or `GGUFError` when it is missing, has another shape, or a type that cannot be read.
  func tensor(_ tensor: String, shape: [Int]) throws -> StoredTensor {
    guard let file = files[tensor] else { throw missing(tensor) }
    return try file.stored(tensor, shape: shape)
  }

  private func missing(_ tensor: String) -> any Error {
    isGGUF
      ? GGUFError.missingTensor(file: name, tensor: tensor)
      : CheckpointError.missingTensor(file: name, tensor: tensor)
  }

  /// Whether the tensors are those of a GGUF file.
  var isGGUF: Bool { owners.contains { $0 is GGUFFile } }

  /// Reads the files into memory, so that the first step does not wait for single pages.
  ///
  /// - Parameter progress: called with 0...1.
  func readAhead(_ progress: (Double) -> Void) {
    let files = owners
    let total = files.reduce(0) { $0 + $1.bytes.count }
    var done = 0
    for file in files {
      let before = done
      MappedFile.readAhead(file.bytes) { progress(Double(before + $0) / Double(max(total, 1))) }
      done += file.bytes.count
    }
    progress(1)
  }

  /// True where every tensor lies in a mapped file, whose pages can be released and read again.
  var isMapped: Bool { owners.allSatisfy(\.isMapped) }

  /// The files whose memory holds the tensors.
  var owners: [any TensorFile] {
    var seen: [ObjectIdentifier: any TensorFile] = [:]
    for file in files.values { seen[ObjectIdentifier(file)] = file }
    return Array(seen.values)
  }
}

/// Why the tensors do not fit the model.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  case invalidIndex(file: String, problem: String)
  case unsafeShardName(file: String, shard: String)
  case missingTensor(file: String, tensor: String)
  /// The weights are those of a method of quantization, as config.json or the names of tensors tell.
  case quantized(file: String, method: String)
  case wrongShape(file: String, tensor: String, shape: [UInt64], expected: [Int])
  case unsupportedType(file: String, tensor: String, dtype: String)
  /// A tensor that the model's settings have no place for; `problem` names the likely setting.
  case unexpectedTensor(file: String, tensor: String, problem: String)

  public var description: String {
    switch self {
    case .invalidIndex(let file, let problem):
      "\(file) is not an index of safetensors files: \(problem)."
    case .unsafeShardName(let file, let shard):
      "\(file) names the file \"\(ForeignText.line(shard))\", which is not the plain name of a .safetensors file in its own folder; it is not read."
    case .missingTensor(let file, let tensor):
      "\(file) has no tensor \"\(ForeignText.line(tensor))\", which the model's config.json calls for."
    case .quantized(let file, let method):
      "\(file) holds weights quantized with \(ForeignText.line(method)), which cannot be read; take the original model, or load this one with transformers and save model.dequantize()."
    case .wrongShape(let file, let tensor, let shape, let expected):
      "Tensor \"\(ForeignText.line(tensor))\" in \(file) has the shape \(ForeignText.line("\(shape)")), but config.json calls for \(expected)."
    case .unsupportedType(let file, let tensor, let dtype):
      "Tensor \"\(ForeignText.line(tensor))\" in \(file) is stored as \(dtype); only F32, F16 and BF16 can be read. "
        + "Save the model in one of them."
    case .unexpectedTensor(let file, let tensor, let problem):
      "Tensor \"\(ForeignText.line(tensor))\" in \(file) has no place in the model: \(problem)."
    }
  }
}
