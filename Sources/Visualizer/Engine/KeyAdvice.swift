import LMCore
import Presentation

/// An error as the screen tells it: the sentence, and the keys that help.
enum KeyAdvice {
  static func sentence(for error: any Error) -> String {
    switch error {
    case SamplingError.untold(let untold): sentence(for: untold)
    case PredictorError.source(let text, mayPass: true): Advice.joined(text, "; the next key tries again.")
    case let error as ServerError where error.mayPass:
      Advice.joined(error.description, "; the next key tries again.")
    default: "\(error)"
    }
  }

  static func sentence(for untold: Untold) -> String {
    guard case .draw = untold else { return untold.description }
    return Advice.joined(untold.description, ": r draws again, Down and Enter choose a token.")
  }
}
