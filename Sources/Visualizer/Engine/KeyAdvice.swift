import LMCore

/// An error as the screen tells it: the sentence, and the keys that help.
enum KeyAdvice {
  static func sentence(for error: any Error) -> String {
    switch error {
    case SamplingError.untold(let untold): sentence(for: untold)
    case PredictorError.source(let text, mayPass: true): joined(text, "; the next key tries again.")
    case let error as ServerError where error.mayPass:
      joined(error.description, "; the next key tries again.")
    default: "\(error)"
    }
  }

  static func sentence(for untold: Untold) -> String {
    guard case .draw = untold else { return untold.description }
    return joined(untold.description, ": r draws again, Enter chooses a token.")
  }

  private static func joined(_ sentence: String, _ advice: String) -> String {
    (sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence) + advice
  }
}
