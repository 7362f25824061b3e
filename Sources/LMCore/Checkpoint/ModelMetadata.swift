/// What a model's config.json says, read key by key under the family's own names.
package struct ModelMetadata: Sendable {
  /// How error sentences name the file.
  package let file: String
  private let json: JSON

  /// - Throws: `ConfigurationError.notATable`.
  package init(json: JSON, file: String) throws(ConfigurationError) {
    guard json.members != nil else { throw .notATable(file: file) }
    (self.json, self.file) = (json, file)
  }

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
    .invalid(file: file, key: key, value: value.description, wanted: wanted)
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
    case .quantized(let file, let method):
      "\(file) says that the weights are quantized with \(ForeignText.line(method)), which cannot be read; take the original model, or load this one with transformers and save model.dequantize()."
    case .unknownActivation(let file, let name):
      "\(file): the activation function \"\(ForeignText.line(name))\" is unknown; known are "
        + ActivationFunction.names.map(\.name).joined(separator: ", ") + "."
    }
  }
}
