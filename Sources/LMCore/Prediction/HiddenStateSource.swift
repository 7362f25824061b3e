/// A source that tells the model's last hidden states: the vectors behind the last norm, of which the logits are a product.
public protocol HiddenStateSource: Predictor {
  /// The hidden state [C] behind every token of `ids`, in order.
  func hiddenStates(of ids: [Int]) throws(PredictorError) -> [[Float]]

  /// The hidden state [C] of a prediction that `predict` made.
  func hiddenState(of prediction: Prediction) -> [Float]
}

extension Predictor {
  /// The predictor as a source of hidden states. Throws `PredictorError.lacks(.hiddenStates)` where it is none.
  func requireHiddenStates() throws(PredictorError) -> any HiddenStateSource {
    guard let source = self as? any HiddenStateSource else { throw .lacks(.hiddenStates) }
    return source
  }
}
