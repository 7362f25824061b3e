/// A defect of a GGUF file, or something in it that cannot be read: one case for each.
public enum GGUFError: Error, Equatable, Sendable, CustomStringConvertible {
  // The container
  case empty(file: String)
  case notGGUF(file: String)
  /// A file of the formats before GGUF.
  case olderFormat(file: String)
  case bigEndian(file: String)
  case unsupportedVersion(file: String, version: UInt32)
  case cutShort(file: String, place: GGUFPlace, size: Int)
  case tooManyKeys(file: String, count: UInt64, most: Int)
  case tooManyTensors(file: String, count: UInt64, most: Int)
  case textTooLong(file: String, place: GGUFPlace, length: UInt64, remaining: Int)
  case listTooLong(file: String, key: String, count: UInt64, remaining: Int)
  /// One of several files that make a model.
  case oneOfSeveralParts(file: String, parts: Int)

  // Keys
  case keyLength(file: String, place: GGUFPlace, length: Int)
  case keyNotUTF8(file: String, place: GGUFPlace)
  case duplicateKey(file: String, key: String)
  case unknownValueType(file: String, key: String, type: UInt32)
  case nestedList(file: String, key: String)
  case neitherTrueNorFalse(file: String, key: String, value: UInt8)
  case missingKey(file: String, key: String)
  case wrongKind(file: String, key: String, found: GGUFValueKind, wanted: String)
  /// `value` is as a person writes it.
  case invalidValue(file: String, key: String, value: String, wanted: String)

  // Models
  /// `type` is the value of `general.type`.
  case notAModel(file: String, type: String)
  case otherArchitecture(file: String, architecture: String, known: [String])
  /// A setting that calls for arithmetic which the transformer does not have.
  case unsupported(file: String, key: String, value: String)
  /// Values that do not go together.
  case inconsistent(file: String, problem: String)

  // Tensors
  case tensorNameLength(file: String, place: GGUFPlace, length: Int)
  case tensorNameNotUTF8(file: String, place: GGUFPlace)
  case duplicateTensor(file: String, tensor: String)
  case dimensionCount(file: String, tensor: String, count: UInt32)
  case emptyTensor(file: String, tensor: String)
  case tensorTooLarge(file: String, tensor: String)
  case unknownTensorType(file: String, tensor: String, type: UInt32)
  /// `type` is ggml's name for it.
  case unsupportedTensorType(file: String, tensor: String, type: String)
  case partialBlock(file: String, tensor: String, columns: Int, format: BlockFormat)
  case misalignedTensor(file: String, tensor: String, offset: UInt64, alignment: Int)
  /// `end` is counted from the file's first byte.
  case tensorBeyondEnd(file: String, tensor: String, end: UInt64, size: Int)
  case overlappingTensors(file: String, first: String, second: String)
  case missingTensor(file: String, tensor: String)
  /// As of a PyTorch tensor: the last dimension is that of a row.
  case wrongShape(file: String, tensor: String, shape: [Int], expected: [Int])

  public var description: String {
    switch self {
    case .empty(let file): "\(file) is empty; download it again."
    case .notGGUF(let file):
      "\(file) is no GGUF file: it does not begin with the letters GGUF; look for the right file, or download it again."
    case .olderFormat(let file):
      "\(file) is a ggml file from before GGUF, which cannot be read; look for a GGUF file of the model."
    case .bigEndian(let file):
      "\(file) is written for machines with the other byte order; convert it with gguf_convert_endian.py of llama.cpp."
    case .unsupportedVersion(let file, let version):
      "\(file) is GGUF of version \(version), but only 2 and 3 can be read; look for a newer file of the model."
    case .cutShort(let file, let place, let size):
      "\(file) ends after \(size) bytes, in \(place); it is cut short, download it again."
    case .tooManyKeys(let file, let count, let most):
      "\(file) announces \(count) keys, but can hold at most \(most); \(Self.damaged)."
    case .tooManyTensors(let file, let count, let most):
      "\(file) announces \(count) tensors, but can hold at most \(most); \(Self.damaged)."
    case .textTooLong(let file, let place, let length, let remaining):
      "\(file) announces a text of \(length) bytes in \(place), but \(remaining) bytes follow; \(Self.damaged)."
    case .listTooLong(let file, let key, let count, let remaining):
      "\(file) announces a list of \(count) elements for key \"\(shown(key))\", but \(remaining) bytes follow; \(Self.damaged)."
    case .oneOfSeveralParts(let file, let parts):
      "\(file) is one of \(parts) parts of a model, which cannot be read; join them with llama-gguf-split --merge of llama.cpp."

    case .keyLength(let file, let place, let length):
      "\(file) has a name of \(length) bytes for \(place), but 1 to \(GGUFMetadata.longestKey) are possible; \(Self.damaged)."
    case .keyNotUTF8(let file, let place):
      "\(file) has a name for \(place) that is not UTF-8 text; \(Self.damaged)."
    case .duplicateKey(let file, let key):
      "\(file) has the key \"\(shown(key))\" twice; \(Self.damaged)."
    case .unknownValueType(let file, let key, let type):
      "\(file) has a value of the unknown type \(type) for key \"\(shown(key))\"; \(Self.damaged)."
    case .nestedList(let file, let key):
      "\(file) has a list of lists for key \"\(shown(key))\", which cannot be read; convert the model again without it."
    case .neitherTrueNorFalse(let file, let key, let value):
      "\(file) has the byte \(value) for key \"\(shown(key))\", where 0 (false) or 1 (true) must be; \(Self.damaged)."
    case .missingKey(let file, let key):
      "\(file) lacks the key \"\(shown(key))\", which the model needs; convert the model again."
    case .wrongKind(let file, let key, let found, let wanted):
      "\(file): the value of \"\(shown(key))\" is \(found), but must be \(wanted)."
    case .invalidValue(let file, let key, let value, let wanted):
      "\(file): \"\(shown(key))\" is \(shown(value)), but must be \(wanted)."

    case .notAModel(let file, let type):
      "\(file) holds \(Self.article(type)) \(shown(type)), not a model; give the file of the model."
    case .otherArchitecture(let file, let architecture, let known):
      "\(file) holds a model of the architecture \"\(shown(architecture))\"; only "
        + known.map { "\"\($0)\"" }.joined(separator: ", ") + " can be run."
    case .unsupported(let file, let key, let value):
      "\(file): \(shown(key)) is \(shown(value)), which gpt2-viz does not compute; without it the probabilities would be those of another model."
    case .inconsistent(let file, let problem):
      "\(file): \(problem); convert the model again."

    case .tensorNameLength(let file, let place, let length):
      "\(file) has a name of \(length) bytes in \(place), but 1 to \(GGUFTensor.longestName) are possible; \(Self.damaged)."
    case .tensorNameNotUTF8(let file, let place):
      "\(file) has a name in \(place) that is not UTF-8 text; \(Self.damaged)."
    case .duplicateTensor(let file, let tensor):
      "\(file) has the tensor \"\(shown(tensor))\" twice; \(Self.damaged)."
    case .dimensionCount(let file, let tensor, let count):
      "\(file) has a tensor \"\(shown(tensor))\" of \(count) dimensions, but 1 to 4 are possible; \(Self.damaged)."
    case .emptyTensor(let file, let tensor):
      "\(file) has a tensor \"\(shown(tensor))\" without elements; \(Self.damaged)."
    case .tensorTooLarge(let file, let tensor):
      "\(file) has a tensor \"\(shown(tensor))\" that is larger than any memory; \(Self.damaged)."
    case .unknownTensorType(let file, let tensor, let type):
      "\(file) has a tensor \"\(shown(tensor))\" of the unknown type \(type); \(Self.damaged)."
    case .unsupportedTensorType(let file, let tensor, let type):
      "Tensor \"\(shown(tensor))\" in \(file) is stored as \(type), which cannot be read; take a file of the model in one of "
        + BlockFormat.allCases.map(\.rawValue).joined(separator: ", ") + "."
    case .partialBlock(let file, let tensor, let columns, let format):
      "\(file) has a tensor \"\(shown(tensor))\" with rows of \(columns) weights, but \(format.rawValue) stores \(format.weightsPerBlock) at a time; \(Self.damaged)."
    case .misalignedTensor(let file, let tensor, let offset, let alignment):
      "\(file) has tensor \"\(shown(tensor))\" at offset \(offset), which is no multiple of \(alignment); \(Self.damaged)."
    case .tensorBeyondEnd(let file, let tensor, let end, let size):
      "\(file) ends after \(size) bytes, but tensor \"\(shown(tensor))\" ends after \(end); it is cut short, download it again."
    case .overlappingTensors(let file, let first, let second):
      "\(file) has tensors \"\(shown(first))\" and \"\(shown(second))\" in the same place; \(Self.damaged)."
    case .missingTensor(let file, let tensor):
      "\(file) has no tensor \"\(shown(tensor))\", which the model needs; convert the model again."
    case .wrongShape(let file, let tensor, let shape, let expected):
      "Tensor \"\(shown(tensor))\" in \(file) has the shape \(shape), but the model's keys call for \(expected); convert the model again."
    }
  }

  private static func article(_ word: String) -> String {
    word.first.map { "aeio".contains($0) } == true ? "an" : "a"
  }

  private static let damaged = "it is damaged, download it again"

  private func shown(_ text: String) -> String { ForeignText.line(text) }
}
