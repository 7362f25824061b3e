/// The tensors of a model, from one safetensors file or from several by an index.
public struct Checkpoint {
  /// The file that holds each tensor.
  private let files: [String: SafetensorsFile]
  /// The one file, or the index: how error sentences name the whole.
  public let name: String

  public init(file: SafetensorsFile) {
    name = file.name
    files = file.header.tensors.mapValues { _ in file }
  }

  /// Reads a `model.safetensors.index.json` and maps the files it lists, no others.
  ///
  /// File names come from the index, so one that leaves the folder is refused.
  public init(indexPath: String) throws {
    let index = try MappedFile(path: indexPath)
    guard index.bytes.count <= JSON.largestDocument else {
      throw CheckpointError.invalidIndex(
        file: indexPath, problem: "it has \(index.bytes.count) bytes, too many for one")
    }
    let document: JSON
    do { document = try JSON(parsing: index.bytes) } catch {
      throw CheckpointError.invalidIndex(file: indexPath, problem: error.description)
    }
    guard let map = document["weight_map"]?.members else {
      throw CheckpointError.invalidIndex(file: indexPath, problem: "it has no table \"weight_map\"")
    }
    let folder = indexPath.lastIndex(of: "/").map { String(indexPath[...$0]) } ?? ""
    var shards: [String: SafetensorsFile] = [:]
    var files: [String: SafetensorsFile] = [:]
    for member in map {
      guard let shard = member.value.string else {
        throw CheckpointError.invalidIndex(
          file: indexPath,
          problem: "the place of tensor \"\(ForeignText.line(member.name))\" is not a file name")
      }
      guard !shard.isEmpty, shard != ".", !shard.utf8.contains(UInt8(ascii: "/")),
        !shard.utf8.contains(0), !shard.contains(".."), shard.utf8.count <= 255,
        ForeignText.wholeLine(shard) == shard
      else { throw CheckpointError.unsafeShardName(file: indexPath, shard: shard) }
      let file = try shards[shard] ?? SafetensorsFile(path: folder + shard)
      shards[shard] = file
      guard file.header.tensors[member.name] != nil else {
        throw SafetensorsError.tensorNotFound(file: file.name, tensor: member.name)
      }
      files[member.name] = file
    }
    name = indexPath
    self.files = files
  }

  /// Whether a tensor is there.
  public func contains(_ tensor: String) -> Bool { files[tensor] != nil }

  var tensorNames: some Collection<String> { files.keys }

  /// The name of the file that holds a tensor; of the whole where none does.
  func file(of tensor: String) -> String { files[tensor]?.name ?? name }

  /// The tensor of this name, where it lies: a matrix [rows, columns], or a vector as one row.
  ///
  /// - Throws: `CheckpointError` when it is missing, has another shape, or an element type other than F32, F16, BF16.
  func tensor(_ tensor: String, shape: [Int]) throws -> StoredTensor {
    guard let file = files[tensor], let entry = file.header.tensors[tensor] else {
      throw CheckpointError.missingTensor(file: name, tensor: tensor)
    }
    guard entry.shape == shape.map(UInt64.init) else {
      throw CheckpointError.wrongShape(file: file.name, tensor: tensor, shape: entry.shape, expected: shape)
    }
    let formats: [String: ElementFormat] = ["F32": .float32, "F16": .float16, "BF16": .bfloat16]
    guard let format = formats[entry.dtype] else {
      throw CheckpointError.unsupportedType(file: file.name, tensor: tensor, dtype: entry.dtype)
    }
    let bytes = try file.bytes(of: tensor)
    guard let pointer = bytes.baseAddress else {
      throw CheckpointError.missingTensor(file: name, tensor: tensor)
    }
    return StoredTensor(
      pointer: pointer, format: format, rows: shape.count == 2 ? shape[0] : 1, columns: shape[shape.count - 1]
    )
  }

  /// Brings the files into memory, so that the first step does not wait for the disk piece by piece.
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

  /// Whether every tensor lies in a mapped file, whose pages can be let go and come back.
  var isMapped: Bool { owners.allSatisfy(\.isMapped) }

  /// What keeps the tensors' bytes in place.
  var owners: [SafetensorsFile] {
    var seen: [ObjectIdentifier: SafetensorsFile] = [:]
    for file in files.values { seen[ObjectIdentifier(file)] = file }
    return Array(seen.values)
  }
}

/// Why the tensors at hand do not make the model.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  case invalidIndex(file: String, problem: String)
  case unsafeShardName(file: String, shard: String)
  case missingTensor(file: String, tensor: String)
  case wrongShape(file: String, tensor: String, shape: [UInt64], expected: [Int])
  case unsupportedType(file: String, tensor: String, dtype: String)
  /// A tensor that the configuration has no use for; `problem` names the likely setting.
  case strayTensor(file: String, tensor: String, problem: String)

  public var description: String {
    switch self {
    case .invalidIndex(let file, let problem):
      "\(file) is not an index of safetensors files: \(problem)."
    case .unsafeShardName(let file, let shard):
      "\(file) names the file \"\(ForeignText.line(shard))\", which is not a plain name in its own folder; it is not read."
    case .missingTensor(let file, let tensor):
      "\(file) has no tensor \"\(ForeignText.line(tensor))\", which the model's config.json calls for."
    case .wrongShape(let file, let tensor, let shape, let expected):
      "Tensor \"\(ForeignText.line(tensor))\" in \(file) has the shape \(ForeignText.line("\(shape)")), but config.json calls for \(expected)."
    case .unsupportedType(let file, let tensor, let dtype):
      "Tensor \"\(ForeignText.line(tensor))\" in \(file) is stored as \(dtype); only F32, F16 and BF16 can be read. "
        + "Save the model in one of them."
    case .strayTensor(let file, let tensor, let problem):
      "Tensor \"\(ForeignText.line(tensor))\" in \(file) has no place in the model that config.json describes: \(problem)."
    }
  }
}
