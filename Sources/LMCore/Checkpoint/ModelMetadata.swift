/// What a model's config.json says, read key by key under the family's own names.
package struct ModelMetadata: Sendable {
  /// How error sentences name the file.
  package let file: String
  private let json: JSON
  /// What stands before a key in error sentences: "rope_parameters." in a table of that name.
  private let prefix: String

  /// - Throws: `ConfigurationError.notATable`.
  package init(json: JSON, file: String) throws(ConfigurationError) {
    guard json.members != nil else { throw .notATable(file: file) }
    self.init(table: json, file: file, prefix: "")
  }

  private init(table: JSON, file: String, prefix: String) {
    (json, self.file, self.prefix) = (table, file, prefix)
  }

  /// The names of all settings, in the order of the file.
  package var keys: [String] { (json.members ?? []).map(\.name) }

  /// The table of settings under a key; nil where the key is missing or null, or the table is empty.
  ///
  /// - Throws: `ConfigurationError.invalid` for what is no table.
  package func table(_ key: String) throws(ConfigurationError) -> ModelMetadata? {
    guard let value = present(key) else { return nil }
    guard let members = value.members else { throw invalid(key, value, "a table of settings") }
    return members.isEmpty ? nil : ModelMetadata(table: value, file: file, prefix: prefix + key + ".")
  }

  /// Whether a key is there, and null.
  package func isNull(_ key: String) -> Bool { json[key] == .null }

  /// Whether a key is there and not null.
  package func has(_ key: String) -> Bool { present(key) != nil }

  private func present(_ key: String) -> JSON? {
    guard let value = json[key], value != .null else { return nil }
    return value
  }

  /// A text; whatever else stands in its place, as it is written. nil where the key is missing or null.
  package func text(_ key: String) -> String? { present(key).map { $0.string ?? $0.description } }

  /// The texts of a list; none where there is no list.
  package func texts(_ key: String) -> [String] { json[key]?.array?.compactMap(\.string) ?? [] }

  /// A size, from the first of several names that is there.
  ///
  /// - Throws: `ConfigurationError.invalid` for what is no whole number from 1 to `most`.
  package func size(_ keys: [String], or fallback: Int, most: Int) throws(ConfigurationError) -> Int {
    for key in keys {
      guard let value = present(key) else { continue }
      guard let size = value.int, (1...most).contains(size) else {
        throw invalid(key, value, "a whole number from 1 to \(most)")
      }
      return size
    }
    return fallback
  }

  /// A size that every file of the family tells.
  ///
  /// - Throws: `ConfigurationError.missing`, or `ConfigurationError.invalid` for what is no whole number from 1 to `most`.
  package func size(_ key: String, most: Int) throws(ConfigurationError) -> Int {
    guard has(key) else { throw .missing(file: file, key: prefix + key) }
    return try size([key], or: 1, most: most)
  }

  /// A number above 0; nil where the key is missing or null.
  ///
  /// - Throws: `ConfigurationError.invalid` for any other value, and for what float32 cannot hold.
  package func positive(_ key: String) throws(ConfigurationError) -> Double? {
    guard let value = present(key) else { return nil }
    guard let number = value.double, number >= 1e-30, number <= 1e30 else {
      throw invalid(key, value, "a number above 0")
    }
    return number
  }

  /// A number above 0 that must be there.
  ///
  /// - Throws: `ConfigurationError.missing`, or `ConfigurationError.invalid` for any other value.
  package func requiredPositive(_ key: String) throws(ConfigurationError) -> Double {
    guard let number = try positive(key) else { throw .missing(file: file, key: prefix + key) }
    return number
  }

  /// An activation function by its name in transformers.
  ///
  /// - Throws: `ConfigurationError.unknownActivation`.
  package func activation(
    _ key: String, or fallback: ActivationFunction
  ) throws(ConfigurationError) -> ActivationFunction {
    guard let name = text(key) else { return fallback }
    guard let known = ActivationFunction.names.first(where: { $0.name == name }) else {
      throw .unknownActivation(file: file, name: name)
    }
    return known.function
  }

  /// The error for a setting whose arithmetic the transformer does not have.
  package func unsupported(_ key: String) -> ConfigurationError {
    .unsupported(file: file, key: prefix + key, value: (json[key] ?? .null).description)
  }

  /// - Throws: `ConfigurationError.invalid` for what is no number from 0 to 1.
  package func fraction(_ key: String, or fallback: Double) throws(ConfigurationError) -> Double {
    guard let value = present(key) else { return fallback }
    guard let number = value.double, number >= 0, number <= 1 else {
      throw invalid(key, value, "a number from 0 to 1")
    }
    return number
  }

  /// - Throws: `ConfigurationError.invalid` for what is neither true nor false.
  package func flag(_ key: String, or fallback: Bool) throws(ConfigurationError) -> Bool {
    guard let value = present(key) else { return fallback }
    guard let flag = value.bool else { throw invalid(key, value, "true or false") }
    return flag
  }

  /// One id, a list of them, or null for none.
  ///
  /// - Throws: `ConfigurationError.invalid` for anything else.
  package func ids(_ key: String, or fallback: [Int]) throws(ConfigurationError) -> [Int] {
    guard let value = json[key] else { return fallback }
    if value == .null { return [] }
    let ids = (value.array ?? [value]).map(\.int)
    guard !ids.contains(nil) else { throw invalid(key, value, "a token id or a list of them") }
    return ids.compactMap { $0 }
  }

  /// Throws for weights that a method of quantization made, as `quantization_config` says.
  package func refuseQuantization() throws(ConfigurationError) {
    guard let settings = present("quantization_config") else { return }
    let isEnabled = { settings[$0]?.bool == true }
    let bits = ["load_in_8bit": "bitsandbytes (8 bits)", "load_in_4bit": "bitsandbytes (4 bits)"].first {
      isEnabled($0.key)
    }
    throw .quantized(
      file: file, method: bits?.value ?? settings["quant_method"]?.string ?? "an unnamed method")
  }

  private func invalid(_ key: String, _ value: JSON, _ wanted: String) -> ConfigurationError {
    .invalid(file: file, key: prefix + key, value: value.description, wanted: wanted)
  }
}

/// Why a config.json describes no model that can be run.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  case notATable(file: String)
  /// `known` are the types that can be run.
  case otherModel(file: String, type: String, known: [String])
  case invalid(file: String, key: String, value: String, wanted: String)
  /// Two values that do not go together.
  case inconsistent(file: String, problem: String)
  case unknownActivation(file: String, name: String)
  /// A setting without which the sizes of the model are unknown.
  case missing(file: String, key: String)
  /// A setting that calls for arithmetic which the transformer does not have.
  case unsupported(file: String, key: String, value: String)
  case quantized(file: String, method: String)

  public var description: String {
    switch self {
    case .notATable(let file):
      "\(file) is not a table of settings."
    case .otherModel(let file, let type, let known):
      "\(file) describes a model of type \"\(ForeignText.line(type))\"; only "
        + known.map { "\"\($0)\"" }.joined(separator: ", ") + " can be run."
    case .invalid(let file, let key, let value, let wanted):
      "\(file): \(key) is \(ForeignText.line(value)), but must be \(wanted)."
    case .inconsistent(let file, let problem):
      "\(file): \(problem)."
    case .missing(let file, let key):
      "\(file) has no \(key), without which the model cannot be run."
    case .unsupported(let file, let key, let value):
      "\(file): \(ForeignText.line(key)) is \(ForeignText.line(value)), which gpt2-viz does not compute; without it the probabilities would be those of another model."
    case .quantized(let file, let method):
      "\(file) says that the weights are quantized with \(ForeignText.line(method)), which cannot be read; take the original model, or load this one with transformers and save model.dequantize()."
    case .unknownActivation(let file, let name):
      "\(file): the activation function \"\(ForeignText.line(name))\" is unknown; known are "
        + ActivationFunction.names.map(\.name).joined(separator: ", ") + "."
    }
  }
}
