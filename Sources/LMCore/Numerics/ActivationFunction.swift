/// The function between the two layers of the feed-forward part, by the names of transformers' ACT2FN.
public enum ActivationFunction: Hashable, Sendable {
  /// x Φ(x), exact by erf.
  case gelu
  /// The tanh form of GELU (arXiv 1606.08415), which GPT-2 was trained with.
  case geluTanh
  /// x σ(1.702 x)
  case quickGelu
  case relu
  case silu
  case tanh

  static let names: [(name: String, function: ActivationFunction)] = [
    ("gelu_new", .geluTanh), ("gelu", .gelu), ("gelu_pytorch_tanh", .geluTanh), ("gelu_fast", .geluTanh),
    ("gelu_python", .gelu), ("gelu_python_tanh", .geluTanh), ("gelu_accurate", .geluTanh),
    ("quick_gelu", .quickGelu), ("relu", .relu), ("silu", .silu), ("swish", .silu), ("tanh", .tanh),
  ]
}
