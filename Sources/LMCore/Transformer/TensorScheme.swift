/// How one container names and stores the tensors of a family.
package struct TensorScheme: Sendable {
  /// The names that a tensor may have, without `.weight` and `.bias`; where none is there, the first is missed.
  let names: @Sendable (TensorRole, _ layer: Int) -> [String]
  let layout: @Sendable (TensorRole) -> TensorLayout
  /// Tensors that the next token's probabilities do not depend on.
  let isOptional: @Sendable (_ tensor: String) -> Bool
  /// The number of the layer that a tensor belongs to by its name.
  let layer: @Sendable (_ tensor: String) -> Int?
  /// The setting that tells how many layers there are.
  let layerCountKey: String
  /// Whether models of the family are trained without biases too: zeros stand in the place of those that the file lacks.
  var mayLackBiases = false
  /// What is added to the stored gains of norms.
  var gainOffset: Float = 0
}
