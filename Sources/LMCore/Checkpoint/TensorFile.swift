/// A file with named tensors, of whichever container.
protocol TensorFile: AnyObject {
  /// The name in error messages.
  var name: String { get }
  /// The whole file.
  var bytes: UnsafeRawBufferPointer { get }
  /// True where the bytes are those of a mapped file.
  var isMapped: Bool { get }
  var storedNames: [String] { get }

  /// The tensor of this name, not copied: a matrix [rows, columns], or a vector as one row.
  ///
  /// - Throws: an error that names file and tensor where it is missing, has another shape, or a type that cannot be read.
  func stored(_ tensor: String, shape: [Int]) throws -> StoredTensor
}

extension SafetensorsFile: TensorFile {
  var storedNames: [String] { Array(header.tensors.keys) }

  func stored(_ tensor: String, shape: [Int]) throws -> StoredTensor {
    guard let entry = header.tensors[tensor] else {
      throw CheckpointError.missingTensor(file: name, tensor: tensor)
    }
    guard entry.shape == shape.map(UInt64.init) else {
      throw CheckpointError.wrongShape(file: name, tensor: tensor, shape: entry.shape, expected: shape)
    }
    let formats: [String: BlockFormat] = ["F32": .float32, "F16": .float16, "BF16": .bfloat16]
    guard let format = formats[entry.dtype] else {
      throw CheckpointError.unsupportedType(file: name, tensor: tensor, dtype: entry.dtype)
    }
    guard let pointer = try bytes(of: tensor).baseAddress else {
      throw CheckpointError.missingTensor(file: name, tensor: tensor)
    }
    return StoredTensor(pointer: pointer, format: format, shape: shape)
  }
}

extension GGUFFile: TensorFile {
  var storedNames: [String] { tensorNames }

  func stored(_ tensor: String, shape: [Int]) throws -> StoredTensor {
    let found = try self.tensor(tensor, shape: shape)
    guard let pointer = found.bytes.baseAddress else {
      throw GGUFError.missingTensor(file: name, tensor: tensor)
    }
    return StoredTensor(pointer: pointer, format: found.format, shape: shape)
  }
}

extension StoredTensor {
  /// - Parameter shape: [rows, columns], or [columns].
  fileprivate init(pointer: UnsafeRawPointer, format: BlockFormat, shape: [Int]) {
    self.init(
      pointer: pointer, format: format, rows: shape.count == 2 ? shape[0] : 1,
      columns: shape[shape.count - 1])
  }
}
