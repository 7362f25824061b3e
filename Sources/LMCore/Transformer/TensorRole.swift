/// What a tensor is for.
package enum TensorRole: Hashable, Sendable, CaseIterable {
  /// [V, C]
  case tokenEmbedding
  /// [P, C]
  case positionEmbedding
  /// Gain and bias [C], before attention.
  case norm1
  /// C to (H + 2 K) D, in one matrix; `Blueprint.HeadLayout` tells the order.
  case queriesKeysValues
  /// C to H D
  case queries
  /// C to K D
  case keys
  /// C to K D
  case values
  /// Gain [D], over each head's query.
  case queryNorm
  /// Gain [D], over each head's key.
  case keyNorm
  /// H D to C
  case attentionOutput
  /// Gain [C], behind attention.
  case outputNorm1
  /// Gain and bias [C], before the feed-forward part.
  case norm2
  /// C to I: what the activation function is applied to, where the feed-forward part is gated.
  case gate
  /// C to I
  case up
  /// I to C
  case down
  /// Gain [C], behind the feed-forward part.
  case outputNorm2
  /// Gain and bias [C], behind the last layer.
  case finalNorm
  /// C to V, without a bias: lm_head.
  case output
}

/// How the matrix of a linear layer lies in the file.
package enum TensorLayout: Sendable {
  /// [out, in]
  case asStored
  /// [in, out]: GPT-2's Conv1D.
  case transposed
}
