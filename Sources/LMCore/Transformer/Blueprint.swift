/// The sizes and variants of a transformer: all that its arithmetic depends on besides the weights.
package struct Blueprint: Equatable, Sendable {
  /// V
  package var vocabularySize: Int
  /// P: how many tokens can be fed.
  package var contextLength: Int
  /// C
  package var width: Int
  package var layerCount: Int
  package var headCount: Int
  /// I: the feed-forward part's inner width.
  package var innerWidth: Int
  package var activation: ActivationFunction
  package var normEpsilon: Float
  /// Attention scores are multiplied by this before softmax,
  package var attentionScale: Float
  /// and divided by the layer's number, counted from 1, where this says so.
  package var dividesScoresByLayer: Bool
  /// Whether the output matrix is the token embedding, unless the file holds one of its own.
  package var tiesOutput: Bool
  /// The ids that end a text; may be none.
  package var endOfText: [Int]

  package var headWidth: Int { width / headCount }

  /// The factor of attention scores in a layer.
  func attentionScale(layer: Int) -> Float {
    dividesScoresByLayer ? attentionScale / Float(layer + 1) : attentionScale
  }
}

/// What a tensor is for.
package enum TensorRole: Hashable, Sendable, CaseIterable {
  /// [V, C]
  case tokenEmbedding
  /// [P, C]
  case positionEmbedding
  /// Gain and bias [C], before attention.
  case norm1
  /// C to 3 C: queries, keys, values, each with its heads side by side.
  case queriesKeysValues
  /// C to C
  case attentionOutput
  /// Gain and bias [C], before the feed-forward part.
  case norm2
  /// C to I
  case up
  /// I to C
  case down
  /// Gain and bias [C], behind the last layer.
  case finalNorm
  /// C to V, without a bias: lm_head.
  case output

  /// The parts of each layer, in the order in which they are run.
  package static let ofLayer: [TensorRole] = [
    .norm1, .queriesKeysValues, .attentionOutput, .norm2, .up, .down,
  ]
}

/// How the matrix of a linear layer lies in the file.
package enum TensorLayout: Sendable {
  /// [out, in]
  case asStored
  /// [in, out]: GPT-2's Conv1D.
  case transposed
}
