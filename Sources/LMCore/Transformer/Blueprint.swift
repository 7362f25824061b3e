/// The sizes and variants of a transformer: all that its arithmetic depends on besides the weights.
package struct Blueprint: Equatable, Sendable {
  /// What may differ from layer to layer.
  package struct Layer: Hashable, Sendable {
    /// How many positions a token sees, its own among them: from W - 1 before it to itself. nil for all that are before it.
    package var window: Int?
    /// How queries and keys are rotated; nil where positions have an embedding, or none.
    package var rotary: Rotary?

    /// A layer that sees the whole text, where nothing else is said.
    package init(window: Int? = nil, rotary: Rotary? = nil) { (self.window, self.rotary) = (window, rotary) }
  }

  /// How the file holds the projections to queries, keys and values, D being the width of a head.
  package enum HeadLayout: Sendable {
    /// One matrix each.
    case separate
    /// One matrix: the queries of all heads, then all keys, then all values.
    case together
    /// One matrix: query, key and value of one head side by side, [H, 3, D].
    case byHead
  }

  package enum Norm: Sendable {
    /// Layer norm, with mean and bias (arXiv 1607.06450).
    case layer
    /// Without mean and bias (arXiv 1910.07467).
    case rootMeanSquare
  }

  /// V
  package var vocabularySize: Int
  /// P: how many tokens can be fed.
  package var contextLength: Int
  /// C
  package var width: Int
  /// One for each layer.
  package var layers: [Layer]
  /// H: the heads of queries.
  package var headCount: Int
  /// K: the heads of keys and values, which divide H. Heads of queries share one in blocks: head h reads head h / (H / K).
  package var keyValueHeadCount: Int
  /// D. H · D need not be C.
  package var headWidth: Int
  /// I: the feed-forward part's inner width.
  package var innerWidth: Int
  package var headLayout = HeadLayout.together
  package var activation: ActivationFunction
  /// Whether the inner part is f(gate(x)) · up(x) instead of f(up(x)) (arXiv 2002.05202).
  package var isGated = false
  package var norm = Norm.layer
  package var normEpsilon: Float
  /// Whether each head's query and key are normalized before they are rotated (arXiv 2010.04245), with one gain [D] for all heads.
  package var normalizesHeads = false
  /// Whether the outputs of attention and feed-forward part are normalized before they are added to the residual stream.
  package var normalizesOutputs = false
  /// Whether attention and feed-forward part read the same residual stream, instead of one behind the other.
  package var isParallel = false
  /// Attention scores are multiplied by this before softmax, more than 0,
  package var attentionScale: Float
  /// and divided by the layer's number, counted from 1, where this says so.
  package var dividesScoresByLayer = false
  /// Whether positions have an embedding, which is added to that of the token.
  package var embedsPositions = false
  /// Token embeddings are multiplied by this.
  package var embeddingScale: Float = 1
  /// c, more than 0, where the logits are c · tanh(logits / c).
  package var logitCap: Float?
  /// What has a bias besides its matrix or gain.
  package var biases: Set<TensorRole> = []
  /// Whether the output matrix is the token embedding, unless the file holds one of its own.
  package var tiesOutput: Bool
  /// The ids that end a text; may be none.
  package var endOfText: [Int]

  package var layerCount: Int { layers.count }
  /// H · D
  var queryWidth: Int { headCount * headWidth }
  /// K · D
  var keyValueWidth: Int { keyValueHeadCount * headWidth }
  /// (H + 2 K) · D
  var projectedWidth: Int { queryWidth + 2 * keyValueWidth }

  /// The factor of attention scores in a layer.
  func attentionScale(layer: Int) -> Float {
    dividesScoresByLayer ? attentionScale / Float(layer + 1) : attentionScale
  }

  /// The rotations that occur, each once.
  var rotaries: [Rotary] {
    var found: [Rotary] = []
    for case let rotary? in layers.map(\.rotary) where !found.contains(rotary) { found.append(rotary) }
    return found
  }

  /// The parts of each layer, in the order in which they are run.
  package var rolesOfLayer: [TensorRole] {
    var roles: [TensorRole] = [.norm1]
    roles += headLayout == .separate ? [.queries, .keys, .values] : [.queriesKeysValues]
    if normalizesHeads { roles += [.queryNorm, .keyNorm] }
    roles.append(.attentionOutput)
    if normalizesOutputs { roles.append(.outputNorm1) }
    roles.append(.norm2)
    if isGated { roles.append(.gate) }
    roles += [.up, .down]
    if normalizesOutputs { roles.append(.outputNorm2) }
    return roles
  }

  /// Inputs and outputs of a role's matrix; nil for a norm.
  func size(of role: TensorRole) -> (inputs: Int, outputs: Int)? {
    switch role {
    case .tokenEmbedding, .positionEmbedding, .norm1, .norm2, .outputNorm1, .outputNorm2, .finalNorm,
      .queryNorm,
      .keyNorm:
      nil
    case .queriesKeysValues: (width, projectedWidth)
    case .queries: (width, queryWidth)
    case .keys, .values: (width, keyValueWidth)
    case .attentionOutput: (queryWidth, width)
    case .gate, .up: (width, innerWidth)
    case .down: (innerWidth, width)
    case .output: (width, vocabularySize)
    }
  }
}
