/// What config.json says of a GPT-2: sizes and variants, with transformers' defaults where it is silent.
public struct GPT2Configuration: Equatable, Sendable {
  /// V
  public var vocabularySize = 50_257
  /// n_positions: how many tokens can be fed.
  public var contextLength = 1024
  /// C
  public var width = 768
  public var layerCount = 12
  public var headCount = 12
  /// I: the feed-forward part's inner width, 4 C where the file says nothing.
  public var innerWidth = 3072
  public var activation = ActivationFunction.geluTanh
  public var layerNormEpsilon: Float = 1e-5
  /// Whether attention scores are divided by the root of the head's width.
  public var scalesAttention = true
  /// Whether they are also divided by the layer's number, counted from 1.
  public var scalesAttentionByInverseLayer = false
  /// Whether the output matrix is wte, unless the file holds one of its own.
  public var tiesWordEmbeddings = true
  /// The ids that end a text; may be none.
  public var endOfSequence: [Int] = [50_256]

  public var headWidth: Int { width / headCount }

  public init() {}

  /// Scores are multiplied by this before softmax.
  func attentionScale(layer: Int) -> Float {
    let scale = scalesAttention ? 1 / Float(headWidth).squareRoot() : 1
    return scalesAttentionByInverseLayer ? scale / Float(layer + 1) : scale
  }
}

// MARK: - Reading

extension GPT2Configuration {
  /// No real model comes near; products of these sizes and of 4 bytes stay far from overflow.
  private static let most = (vocabulary: 1 << 24, positions: 1 << 20, width: 1 << 16, layers: 1 << 12)

  /// - Parameter file: how error sentences name the file.
  public init(json: JSON, file: String) throws(ConfigurationError) {
    guard json.members != nil else { throw .notATable(file: file) }
    if let type = Self.present(json, "model_type"), type.string != "gpt2" {
      throw .otherModel(file: file, type: type.string ?? type.description)
    }
    let reader = Reader(json: json, file: file)
    let most = Self.most
    vocabularySize = try reader.size(["vocab_size"], or: vocabularySize, most: most.vocabulary)
    // Where both names are there, transformers takes the alias.
    contextLength = try reader.size(
      ["max_position_embeddings", "n_positions"], or: contextLength, most: most.positions)
    width = try reader.size(["hidden_size", "n_embd"], or: width, most: most.width)
    layerCount = try reader.size(["num_hidden_layers", "n_layer"], or: layerCount, most: most.layers)
    headCount = try reader.size(["num_attention_heads", "n_head"], or: headCount, most: most.width)
    innerWidth = try reader.size(["n_inner"], or: 4 * width, most: 4 * most.width)
    guard width % headCount == 0 else {
      throw .unevenHeads(file: file, width: width, heads: headCount)
    }
    if let name = Self.present(json, "activation_function") {
      guard let known = ActivationFunction.names.first(where: { $0.name == name.string }) else {
        throw .unknownActivation(file: file, name: name.string ?? name.description)
      }
      activation = known.function
    }
    if let epsilon = Self.present(json, "layer_norm_epsilon") {
      guard let value = epsilon.double, value >= 0, value <= 1 else {
        throw .invalid(
          file: file, key: "layer_norm_epsilon", value: epsilon.description, wanted: "a number from 0 to 1")
      }
      layerNormEpsilon = Float(value)
    }
    scalesAttention = try reader.flag("scale_attn_weights", or: true)
    scalesAttentionByInverseLayer = try reader.flag("scale_attn_by_inverse_layer_idx", or: false)
    tiesWordEmbeddings = try reader.flag("tie_word_embeddings", or: true)
    endOfSequence = try reader.ids("eos_token_id", or: endOfSequence)
  }

  /// A member that is there and not null.
  private static func present(_ json: JSON, _ key: String) -> JSON? {
    guard let value = json[key], value != .null else { return nil }
    return value
  }

  private struct Reader {
    let json: JSON
    let file: String

    func size(_ keys: [String], or fallback: Int, most: Int) throws(ConfigurationError) -> Int {
      for key in keys {
        guard let value = GPT2Configuration.present(json, key) else { continue }
        guard let size = value.int, (1...most).contains(size) else {
          throw .invalid(
            file: file, key: key, value: value.description, wanted: "a whole number from 1 to \(most)")
        }
        return size
      }
      return fallback
    }

    func flag(_ key: String, or fallback: Bool) throws(ConfigurationError) -> Bool {
      guard let value = GPT2Configuration.present(json, key) else { return fallback }
      guard let flag = value.bool else {
        throw .invalid(file: file, key: key, value: value.description, wanted: "true or false")
      }
      return flag
    }

    /// One id, a list of them, or null for none.
    func ids(_ key: String, or fallback: [Int]) throws(ConfigurationError) -> [Int] {
      guard let value = json[key] else { return fallback }
      if value == .null { return [] }
      let ids = (value.array ?? [value]).map(\.int)
      guard !ids.contains(nil) else {
        throw .invalid(file: file, key: key, value: value.description, wanted: "a token id or a list of them")
      }
      return ids.compactMap { $0 }
    }
  }
}

/// Why a config.json describes no GPT-2 that can be run.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  case notATable(file: String)
  case otherModel(file: String, type: String)
  case invalid(file: String, key: String, value: String, wanted: String)
  case unevenHeads(file: String, width: Int, heads: Int)
  case unknownActivation(file: String, name: String)

  public var description: String {
    switch self {
    case .notATable(let file):
      "\(file) is not a table of settings."
    case .otherModel(let file, let type):
      "\(file) describes a model of type \"\(ForeignText.line(type))\"; only \"gpt2\" can be run."
    case .invalid(let file, let key, let value, let wanted):
      "\(file): \(key) is \(ForeignText.line(value)), but must be \(wanted)."
    case .unevenHeads(let file, let width, let heads):
      "\(file): the width \(width) (n_embd) cannot be divided among \(heads) heads (n_head)."
    case .unknownActivation(let file, let name):
      "\(file): the activation function \"\(ForeignText.line(name))\" is unknown; known are "
        + ActivationFunction.names.map(\.name).joined(separator: ", ") + "."
    }
  }
}
