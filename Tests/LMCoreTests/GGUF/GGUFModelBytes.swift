@testable import LMCore

/// The parts of a small GGUF model, to be put together again with changes.
struct GGUFModelBytes {
  var keys: [(name: String, bytes: [UInt8])] = []
  var tensors: [(name: String, shape: [Int], type: UInt32, data: [UInt8])] = []

  private static let types: [BlockFormat: UInt32] = [
    .float32: 0, .float16: 1, .q40: 2, .q41: 3, .q50: 6, .q51: 7, .q80: 8, .q2K: 10, .q3K: 11, .q4K: 12,
    .q5K: 13, .q6K: 14, .bfloat16: 30,
  ]

  init(_ file: GGUFFile) throws {
    let metadata = file.metadata
    for key in metadata.keys {
      guard let kind = metadata.kind(of: key), !kind.isList else { continue }
      switch kind.type {
      case .string: set(key, .string, GGUFBuilder.text(try metadata.text(key)))
      case .bool: set(key, .bool, [try metadata.flag(key) ? 1 : 0])
      case .float32: set(key, Float(try metadata.number(key)))
      default: set(key, try metadata.integer(key))
      }
    }
    for name in file.tensorNames {
      let tensor = try file.tensor(name)
      tensors.append((name, tensor.shape, Self.types[tensor.format] ?? 0, Array(tensor.bytes)))
    }
  }

  mutating func set(_ key: String, _ type: GGUFValueType, _ value: [UInt8]) {
    remove(key)
    keys.append((key, GGUFBuilder.key(key, type, value)))
  }

  mutating func set(_ key: String, _ value: Int) { set(key, .uint32, GGUFBuilder.number(UInt32(value))) }
  mutating func set(_ key: String, _ value: Float) {
    set(key, .float32, GGUFBuilder.number(value.bitPattern))
  }
  mutating func set(_ key: String, _ value: String) { set(key, .string, GGUFBuilder.text(value)) }

  mutating func setList(_ key: String, _ values: [Int]) {
    remove(key)
    keys.append(
      (
        key,
        GGUFBuilder.list(
          key, .uint32, count: UInt64(values.count), values.flatMap { GGUFBuilder.number(UInt32($0)) })
      ))
  }

  mutating func setFlags(_ key: String, _ values: [Bool]) {
    remove(key)
    let bytes = values.map { UInt8($0 ? 1 : 0) }
    keys.append((key, GGUFBuilder.list(key, .bool, count: UInt64(bytes.count), bytes)))
  }

  mutating func setTokens(_ tokens: [String]) {
    let key = "tokenizer.ggml.tokens"
    remove(key)
    let bytes = tokens.flatMap { GGUFBuilder.text($0) }
    keys.append((key, GGUFBuilder.list(key, .string, count: UInt64(tokens.count), bytes)))
  }

  mutating func remove(_ key: String) { keys.removeAll { $0.name == key } }

  mutating func addTensor(_ name: String, shape: [Int], _ values: [Float]) {
    tensors.append((name, shape, 0, values.flatMap { GGUFBuilder.number($0.bitPattern) }))
  }

  var bytes: [UInt8] {
    var data: [UInt8] = []
    var entries: [[UInt8]] = []
    for tensor in tensors {
      data += [UInt8](repeating: 0, count: (32 - data.count % 32) % 32)
      entries.append(
        GGUFBuilder.tensor(
          tensor.name, tensor.shape.reversed().map(UInt64.init), type: tensor.type, offset: UInt64(data.count)
        ))
      data += tensor.data
    }
    // One byte of data, so that the builder aligns their beginning.
    let head = GGUFBuilder(keys: keys.map(\.bytes), tensors: entries, data: 1).bytes.dropLast()
    return head + data
  }

  /// Opens the model.
  func open<Result>(_ body: (StoredModel) throws -> Result) throws -> Result {
    try bytes.withUnsafeBytes { bytes in
      let file = try GGUFFile(bytes: bytes, name: "m")
      return try body(GGUFModel(file, path: "m.gguf").openModel(name: nil, source: .file))
    }
  }

  /// What opening the model says; nil where it can be opened.
  func complaint() throws -> String? {
    do {
      return try open { _ in nil }
    } catch let error as GGUFError { return error.description } catch let error as CheckpointError {
      return error.description
    }
  }
}
