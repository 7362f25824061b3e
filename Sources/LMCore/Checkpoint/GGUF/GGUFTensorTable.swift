/// What a GGUF file says of a tensor.
struct GGUFTensorEntry {
  let name: String
  let format: BlockFormat
  /// The longest strides first.
  let shape: [Int]
  /// From where the tensors' bytes begin.
  let offset: UInt64
  let byteCount: Int
}

/// The entries of a GGUF file's tensors, each checked on its own and then against the file and each other.
struct GGUFTensorTable {
  /// In the order of the file.
  let entries: [GGUFTensorEntry]

  /// Ten times as many as the largest model in use; a count from a file takes no memory beyond them.
  static let mostTensors = 65_536
  /// A name of one byte with its length, the number of dimensions, one of them, type and offset.
  private static let smallestEntry = 33

  init(reading cursor: inout GGUFCursor, count: UInt64) throws(GGUFError) {
    let most = min(Self.mostTensors, cursor.remaining / Self.smallestEntry)
    guard count <= UInt64(most) else {
      throw .tooManyTensors(file: cursor.file, count: count, most: most)
    }
    var entries: [GGUFTensorEntry] = []
    var names: Set<String> = []
    for number in 0..<Int(count) {
      cursor.place = .tensor(number + 1, of: Int(count))
      let entry = try Self.entry(&cursor)
      guard names.insert(entry.name).inserted else {
        throw .duplicateTensor(file: cursor.file, tensor: entry.name)
      }
      entries.append(entry)
    }
    self.entries = entries
  }

  private static func entry(_ cursor: inout GGUFCursor) throws(GGUFError) -> GGUFTensorEntry {
    let file = cursor.file
    let text = try cursor.text()
    guard (1...GGUFTensor.longestName).contains(text.count) else {
      throw .tensorNameLength(file: file, place: cursor.place, length: text.count)
    }
    guard let name = String(validating: text, as: UTF8.self) else {
      throw .tensorNameNotUTF8(file: file, place: cursor.place)
    }
    let dimensions = try cursor.integer(UInt32.self)
    guard (1...4).contains(dimensions) else {
      throw .dimensionCount(file: file, tensor: name, count: dimensions)
    }
    var shape: [Int] = []
    for _ in 0..<dimensions {
      let dimension = try cursor.integer(UInt64.self)
      guard dimension > 0 else { throw .emptyTensor(file: file, tensor: name) }
      guard let dimension = Int(exactly: dimension) else { throw .tensorTooLarge(file: file, tensor: name) }
      shape.insert(dimension, at: 0)
    }
    let format = try format(cursor.integer(), file: file, tensor: name)
    let columns = shape[shape.count - 1]
    guard columns % format.weightsPerBlock == 0 else {
      throw .partialBlock(file: file, tensor: name, columns: columns, format: format)
    }
    // Of blocks, the number of weights is the greater one.
    let blocks = Array(shape.dropLast()) + [columns / format.weightsPerBlock, format.bytesPerBlock]
    guard product(shape) != nil, let bytes = product(blocks) else {
      throw .tensorTooLarge(file: file, tensor: name)
    }
    return GGUFTensorEntry(
      name: name, format: format, shape: shape, offset: try cursor.integer(), byteCount: bytes)
  }

  /// Nil where no `Int` holds the product.
  private static func product(_ factors: [Int]) -> Int? {
    factors.reduce(1) { product, factor in
      let next = product?.multipliedReportingOverflow(by: factor)
      return next.flatMap { $0.overflow ? nil : $0.partialValue }
    }
  }

  /// Throws where a tensor's bytes are not aligned, not in the file, or also another's. Gaps and any order are allowed.
  ///
  /// - Parameter start: where the tensors' bytes begin in the file.
  func checkPlaces(
    start: Int, alignment: Int, size: Int, file: String
  ) throws(GGUFError) {
    for entry in entries {
      guard entry.offset % UInt64(alignment) == 0 else {
        throw .misalignedTensor(
          file: file, tensor: entry.name, offset: entry.offset, alignment: alignment)
      }
      let first = UInt64(start).addingReportingOverflow(entry.offset)
      let end = first.partialValue.addingReportingOverflow(UInt64(entry.byteCount))
      guard !first.overflow, !end.overflow, end.partialValue <= UInt64(size) else {
        throw .tensorBeyondEnd(
          file: file, tensor: entry.name, end: first.overflow || end.overflow ? .max : end.partialValue,
          size: size)
      }
    }
    let inOrder = entries.sorted { ($0.offset, $0.name) < ($1.offset, $1.name) }
    for (first, second) in zip(inOrder, inOrder.dropFirst())
    where second.offset - first.offset < UInt64(first.byteCount) {
      throw .overlappingTensors(file: file, first: first.name, second: second.name)
    }
  }

  // MARK: Types

  private static func format(
    _ number: UInt32, file: String, tensor: String
  ) throws(GGUFError) -> BlockFormat {
    if let format = formats[number] { return format }
    guard let name = otherTypes[number] else {
      throw .unknownTensorType(file: file, tensor: tensor, type: number)
    }
    throw .unsupportedTensorType(file: file, tensor: tensor, type: name)
  }

  private static let formats: [UInt32: BlockFormat] = [
    0: .float32, 1: .float16, 2: .q40, 3: .q41, 6: .q50, 7: .q51, 8: .q80, 10: .q2K, 11: .q3K, 12: .q4K,
    13: .q5K, 14: .q6K, 30: .bfloat16,
  ]

  /// ggml's names; of types that it has withdrawn, the last ones.
  private static let otherTypes: [UInt32: String] = [
    4: "Q4_2", 5: "Q4_3", 9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
    20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64",
    28: "F64", 29: "IQ1_M", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8", 34: "TQ1_0", 35: "TQ2_0",
    36: "IQ4_NL_4_4", 37: "IQ4_NL_4_8", 38: "IQ4_NL_8_8", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0", 42: "Q2_0",
  ]
}
