/// An ability that not all sources of predictions have.
public enum PredictorAbility: String, CaseIterable, Sendable {
  /// Predictions behind every token of a given text, as `score` and `logits --all` need them.
  case everyPosition
  /// The model's last hidden states, which contrastive search compares.
  case hiddenStates
}

/// An error of a prediction.
public enum PredictorError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The caller has cancelled the work.
  case cancelled
  case textTooLong(tokens: Int, limit: Int)
  case tokenOutOfRange(id: Int, vocabularySize: Int)
  case lacks(PredictorAbility)
  /// A sentence about a source outside this process, such as a server; and whether it may answer a little later.
  case source(String, mayPass: Bool)

  public var description: String {
    switch self {
    case .cancelled: "the prediction was cancelled"
    case .textTooLong(let tokens, let limit):
      "the text has \(tokens) tokens, but the model reads at most \(limit)"
    case .tokenOutOfRange(let id, let vocabularySize):
      "token id \(id) is not in the vocabulary of \(NumberFormat.grouped(vocabularySize)) tokens (0 to \(vocabularySize - 1))"
    case .source(let sentence, _): sentence
    case .lacks(.everyPosition):
      "this model does not tell its predictions inside a given text"
    case .lacks(.hiddenStates):
      "contrastive search compares the model's hidden states, which only a model on this machine tells"
    }
  }
}
