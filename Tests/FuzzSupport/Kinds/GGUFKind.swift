import LMCore

extension FuzzKind {
  /// A GGUF file: what is accepted lies within the file without overlap, and each key and each tensor can be read.
  static let gguf = FuzzKind(
    "gguf", .gguf,
    seeds: ["metadata", "version-2", "alignment-64", "blocks", "undefined"].map {
      SeedFiles.read("Tests/LMCoreTests/Fixtures/GGUF/\($0).gguf")
    }
  ) { input, _ in
    try input.withUnsafeBytes { bytes in
      let file = try GGUFFile(bytes: bytes, name: "model.gguf")
      try checkKeys(of: file.metadata)
      try checkTensors(of: file, bytes)
    }
  }

  /// Asks each key for a value of every kind: the right question gets an answer, the others a sentence.
  private static func checkKeys(of metadata: GGUFMetadata) throws {
    try require(Set(metadata.keys).count == metadata.keys.count, "a key stands twice")
    for key in metadata.keys {
      guard let kind = metadata.kind(of: key), let count = metadata.count(of: key) else {
        throw WrongResult("a key has no value")
      }
      try require(kind.isList || count == 1, "one value has \(count) elements")
      func ask(_ answers: Bool, _ question: () throws -> Int) throws {
        do {
          try require(try question() == count, "a list has lost elements")
          try require(answers, "\(kind) was read as something else")
        } catch let error as GGUFError {
          if let complaint = ErrorJudge.complaint(about: error) { throw WrongResult(complaint) }
          // A number may be outside its range, and a text no UTF-8.
          if case .invalidValue = error { return }
          try require(!answers, "\(error)")
        }
      }
      let isText = kind.type == .string
      let isFlag = kind.type == .bool
      let isFloat = kind.type == .float32 || kind.type == .float64
      let isInteger = !isText && !isFlag && !isFloat
      let isOne = !kind.isList
      try ask(isOne && isText) {
        _ = try metadata.text(key)
        return 1
      }
      try ask(isOne && isFlag) {
        _ = try metadata.flag(key)
        return 1
      }
      try ask(isOne && isInteger) { (1...1000).contains(try metadata.integer(key, in: 1...1000)) ? 1 : 0 }
      try ask(isOne && !isText && !isFlag) { try metadata.number(key).isFinite ? 1 : 0 }
      try ask(!isOne && isText) { try metadata.strings(key).reduce(0) { count, _ in count + 1 } }
      try ask(!isOne && isInteger) { try metadata.integers(key).count }
      try ask(!isOne && !isText && !isFlag) { try metadata.numbers(key).count }
      try ask(!isOne && isFlag) { try metadata.flags(key).count }
    }
  }

  private static func checkTensors(of file: GGUFFile, _ bytes: UnsafeRawBufferPointer) throws {
    try require(Set(file.tensorNames).count == file.tensorNames.count, "a tensor stands twice")
    var places: [Range<Int>] = []
    for name in file.tensorNames {
      let tensor = try file.tensor(name)
      guard let whole = bytes.baseAddress, let start = tensor.bytes.baseAddress else {
        throw WrongResult("a tensor has no bytes")
      }
      let place = start - whole..<start - whole + tensor.bytes.count
      try require(place.lowerBound >= 24 && place.upperBound <= bytes.count, "a tensor leaves the file")
      try require(place.lowerBound % file.alignment == 0, "a tensor is not aligned")
      try require(tensor.rows * tensor.bytesPerRow == tensor.bytes.count, "rows do not fill a tensor")
      places.append(place)
      for row in Set([0, tensor.rows - 1]) {
        let weights = tensor.dequantized(rows: row..<row + 1)
        try require(weights.count == tensor.columns && tensor.columns > 0, "a row has another length")
        guard tensor.format == .float32 else { continue }
        let stored = tensor.bytes(ofRows: row..<row + 1)
        try require(
          weights.withUnsafeBytes { $0.elementsEqual(stored) }, "a float32 is not what is stored")
      }
    }
    let inOrder = places.sorted { $0.lowerBound < $1.lowerBound }
    for (first, second) in zip(inOrder, inOrder.dropFirst()) {
      try require(first.upperBound <= second.lowerBound, "tensors overlap")
    }
  }
}
