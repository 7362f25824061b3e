/// Where predictions come from: a model in this process, or any other source.
///
/// Not thread-safe: one thread at a time.
public protocol Predictor: AnyObject {
  /// What the model is called, and how large it is.
  var profile: ModelProfile { get }

  /// How many texts are being written at the same time: how many of them are worth keeping ready for their next token.
  /// Sessions count themselves in and out.
  var textsInUse: Int { get set }

  /// Reads texts, in one batch where that is possible, and predicts the token behind each; in the order of `texts`.
  ///
  /// What was read of a text with the same prompt and the same beginning need not be read again. After an error every text
  /// can be asked for anew, and no earlier prediction has changed. The same text has the same prediction, whatever was
  /// asked before and beside it.
  ///
  /// - Parameter isCancelled: asked often while the work goes on; once true, `.cancelled` is thrown soon.
  func predict(
    _ texts: [TextPath], unless isCancelled: () -> Bool
  ) throws(PredictorError) -> [Prediction]

  /// Hands over the predictions behind every token of `ids`, read in one piece, in order.
  ///
  /// - Parameter exactly: whether each must be the prediction of the text that ends there, to the bit. Otherwise
  ///   the last bits may differ, and the work takes a fraction of the time.
  /// - Throws: `PredictorError`, `.lacks(.everyPosition)` where the source has none; and what `body` throws.
  func predictEach(
    of ids: [Int], exactly: Bool, _ body: (_ position: Int, _ prediction: Prediction) throws -> Void
  ) throws

  /// The distribution that a prediction of this predictor stands for: equal to the bit each time.
  ///
  /// - Throws: `SamplingError` where a logit is no number that can be ranked.
  func belief(of prediction: Prediction) throws -> Belief
}

/// What holds for a source that tells a distribution for each text that it is asked for, and keeps nothing.
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

  public func belief(of prediction: Prediction) throws -> Belief {
    guard case .belief(let belief) = prediction.content else {
      preconditionFailure("a prediction is read by the predictor that made it")
    }
    return belief
  }
}

extension Predictor {
  /// The prediction behind one text.
  public func predict(
    _ text: TextPath, unless isCancelled: () -> Bool = { false }
  ) throws(PredictorError) -> Prediction {
    try predict([text], unless: isCancelled)[0]
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
