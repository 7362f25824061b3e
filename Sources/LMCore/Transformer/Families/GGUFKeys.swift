/// The keys of a GGUF file that begin with its architecture's name.
struct GGUFKeys {
  let file: GGUFFile
  private let architecture: String
  /// How many layers the model has, which is the length that lists must have.
  let layers: Int

  /// - Throws: `GGUFError` where the file does not tell how many layers there are.
  init(file: GGUFFile, architecture: String) throws(GGUFError) {
    (self.file, self.architecture) = (file, architecture)
    layers = try file.metadata.integer(architecture + ".block_count", in: 1...ModelFamily.most.layers)
  }

  /// "llama.block_count" of "block_count".
  func name(_ key: String) -> String { architecture + "." + key }

  func has(_ key: String) -> Bool { file.metadata.has(name(key)) }

  func isList(_ key: String) -> Bool { file.metadata.kind(of: name(key))?.isList == true }

  func integer(
    _ key: String, or fallback: Int? = nil, in range: ClosedRange<Int> = 0...Int.max
  ) throws(GGUFError) -> Int {
    try file.metadata.integer(name(key), or: fallback, in: range)
  }

  /// A number that is the same in all layers.
  func layerInteger(
    _ key: String, or fallback: Int? = nil, in range: ClosedRange<Int>
  ) throws(GGUFError) -> Int {
    try file.metadata.layerInteger(name(key), layers: layers, or: fallback, in: range)
  }

  func number(
    _ key: String, or fallback: Double? = nil, in range: ClosedRange<Double>
  ) throws(GGUFError) -> Double {
    try file.metadata.number(name(key), or: fallback, in: range)
  }

  func flag(_ key: String, or fallback: Bool? = nil) throws(GGUFError) -> Bool {
    try file.metadata.flag(name(key), or: fallback)
  }

  func text(_ key: String, or fallback: String) throws(GGUFError) -> String {
    try file.metadata.text(name(key), or: fallback)
  }

  /// True and false for each layer.
  func layerFlags(_ key: String) throws(GGUFError) -> [Bool] {
    let flags = try file.metadata.flags(name(key))
    guard flags.count == layers else {
      throw .invalidValue(
        file: file.name, key: name(key), value: "a list of \(flags.count)", wanted: "a list of \(layers)")
    }
    return flags
  }
}
