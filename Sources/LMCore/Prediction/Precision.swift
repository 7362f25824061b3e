/// The number format of a model's matrices.
public enum Precision: String, CaseIterable, Sendable {
  /// float32, over the weights as they are stored.
  case float32 = "f32"
  /// Matrices in 8 bits, made when the model is loaded, with a scale for each 64 weights. The rest stays float32.
  case int8
}
