/// The answer of a predictor for one text, small enough to keep for every position of a session.
///
/// `Predictor.belief(of:)` turns it into a distribution.
public struct Prediction: Sendable {
  package enum Content: Sendable {
    /// The model's last hidden state, [C]. The logits are computed from it again, bit for bit.
    case hidden([Float])
    /// Logits by id, [V], computed for many positions at once.
    case logits([Float])
    /// A distribution that the source gave.
    case belief(Belief)
    /// The ids of a text whose distribution the source keeps, as far as it knows it by now.
    case kept([Int])
  }

  package let content: Content

  package init(_ content: Content) { self.content = content }

  /// A prediction of a source that gives distributions.
  public init(_ belief: Belief) { content = .belief(belief) }
}
