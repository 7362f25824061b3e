/// A source of predictions: a model in this process, or another one.
///
/// Not thread-safe: one thread at a time.
public protocol Predictor: AnyObject {
  /// Name and sizes of the model.
  var profile: ModelProfile { get }

  /// The number of texts in use at the same time, which should be kept ready for their next token. Sessions increment it
  /// when they are created, and decrement it when they end.
  var textsInUse: Int { get set }

  /// Reads texts, in one batch where possible, and predicts the token behind each; in the order of `texts`.
  ///
  /// Tokens that were read of a text with the same prompt and the same beginning need not be read again. After an error
  /// all texts can be requested again, and no earlier prediction has changed. Equal texts have equal predictions,
  /// independent of other requests.
  ///
  /// - Parameter isCancelled: called often during the work; once it returns true, `.cancelled` is thrown soon.
  func predict(
    _ texts: [TextPath], unless isCancelled: () -> Bool
  ) throws(PredictorError) -> [Prediction]

  /// Calls `body` with the prediction behind every token of `ids`, in order.
  ///
  /// - Parameter exactly: true where each must be equal to the prediction of the text that ends there, to the bit.
  ///   Otherwise the last bits may differ, and the work takes a fraction of the time.
  /// - Throws: `PredictorError`, `.lacks(.everyPosition)` where the source has none; and the errors of `body`.
  func predictEach(
    of ids: [Int], exactly: Bool, _ body: (_ position: Int, _ prediction: Prediction) throws -> Void
  ) throws

  /// The distribution of a prediction of this predictor; equal to the bit each time, until `extend` has made it longer.
  ///
  /// - Throws: `SamplingError` where a logit is not a number.
  func belief(of prediction: Prediction) throws -> Belief

  /// Asks for more ranks of a prediction of which only the first are known, and keeps them.
  ///
  /// - Parameter ranks: how many are wanted; nil for the next step of the source's own.
  /// - Returns: false where the source has no more, or all are known.
  func extend(_ prediction: Prediction, to ranks: Int?) throws(PredictorError) -> Bool

  /// The distributions of several predictions, in their order; each as `belief(of:)` gives it, to the bit.
  func beliefs(of predictions: [Prediction]) throws -> [Belief]
}

/// Defaults for a source that gives a distribution for each requested text, and keeps no state.
extension Predictor {
  public var textsInUse: Int {
    get { 0 }
    set {}
  }

  public func predictEach(
    of ids: [Int], exactly: Bool, _ body: (_ position: Int, _ prediction: Prediction) throws -> Void
  ) throws {
    throw PredictorError.lacks(.everyPosition)
  }

  public func extend(_ prediction: Prediction, to ranks: Int?) throws(PredictorError) -> Bool { false }

  public func belief(of prediction: Prediction) throws -> Belief {
    guard case .belief(let belief) = prediction.content else {
      preconditionFailure("a prediction is read by the predictor that made it")
    }
    return belief
  }

  public func beliefs(of predictions: [Prediction]) throws -> [Belief] {
    try predictions.map { try belief(of: $0) }
  }
}

extension Predictor {
  /// The prediction behind one text.
  public func predict(
    _ text: TextPath, unless isCancelled: () -> Bool = { false }
  ) throws(PredictorError) -> Prediction {
    try predict([text], unless: isCancelled)[0]
  }

  /// The distribution of a prediction with more ranks than before; nil where the source tells no more.
  func longerBelief(of prediction: Prediction) throws -> Belief? {
    try extend(prediction, to: nil) ? try belief(of: prediction) : nil
  }

  /// Throws for a text that the model cannot read; `more` stands behind `ids`.
  func check(_ ids: [Int], _ more: [Int] = []) throws(PredictorError) {
    let (limit, vocabularySize) = (profile.contextLength, profile.vocabularySize)
    guard ids.count + more.count <= limit else {
      throw .textTooLong(tokens: ids.count + more.count, limit: limit)
    }
    for part in [ids, more] {
      for id in part where !(0..<vocabularySize).contains(id) {
        throw .tokenOutOfRange(id: id, vocabularySize: vocabularySize)
      }
    }
  }
}
