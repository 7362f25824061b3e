import LMCore

/// An error in a lesson file: the file, the line, and the problem.
public struct LessonError: Error, Equatable, Sendable, CustomStringConvertible {
  public let file: String
  /// The line's number, from 1.
  public let line: Int
  let problem: LessonProblem

  public var description: String { "\(file), line \(line): \(problem)" }
}

enum LessonProblem: Error, Equatable, CustomStringConvertible {
  case noTitle
  case noSteps
  case emptyValue(String)
  case twice(String)
  case unknownHeader(String)
  case misspeltHeader(String, nearest: String)
  case notInHeader(String)
  case insideCaption(String)
  case plainWithoutCaption
  case noCaption
  case captionTooLong(lines: Int, limit: Int)
  case unknownKey(String)
  case unknownCondition(String)
  case notAComparison(String)
  case unknownSetting(String)
  case badSetting(String)
  case badSeed(String)
  case severalTexts(String, String)
  case unreadableText(String)

  var description: String {
    switch self {
    case .noTitle: "the lesson has no 'title:' line; begin it with one"
    case .noSteps: "the lesson has no caption; write one below the title"
    case .emptyValue(let name): "there is nothing behind '\(ForeignText.line(name)):'"
    case .twice(let name):
      "'\(ForeignText.line(name)):' stands here for the second time; leave one of them out"
    case .unknownHeader(let name):
      "'\(ForeignText.line(name)):' means nothing here; what a lesson can set is \(LessonParser.names.joined(separator: ", "))"
    case .misspeltHeader(let name, let nearest):
      "'\(ForeignText.line(name)):' means nothing; did you mean '\(nearest):'? A sentence cannot begin a line with this word and a colon"
    case .notInHeader(let name): "'\(ForeignText.line(name)):' belongs above the first caption"
    case .insideCaption(let name): "'\(ForeignText.line(name)):' belongs above the caption of its step"
    case .plainWithoutCaption: "'plain:' belongs below the caption of its step, which it words for plain mode"
    case .noCaption: "this 'until:' has no caption above it"
    case .captionTooLong(let lines, let limit):
      "the caption takes \(lines) lines of a window of 80 columns, and \(limit) fit; shorten it, or make two steps of it"
    case .unknownKey(let key):
      "no key is called '\(ForeignText.line(key))'; 'gpt2-viz' shows them all with '?'"
    case .unknownCondition(let text):
      "'\(ForeignText.line(text))' is nothing to wait for; write any key, key X, loop, ended, greedy, compare, forced, or compare "
        + LessonMeasure.allCases.map(\.rawValue).joined(separator: ", ") + " with a number"
    case .notAComparison(let text): "'\(ForeignText.line(text))' is no comparison; write it as 'top-p <= 0.5'"
    case .unknownSetting(let text):
      "'\(ForeignText.line(text))' is no setting; write a preset's name, or a knob and its number as in 'temperature 0.7, top-k 40'"
    case .badSetting(let sentence): ForeignText.line(sentence, limit: 300)
    case .badSeed(let text):
      "a seed is a whole number from 0 to \(UInt64.max), not '\(ForeignText.line(text))'"
    case .severalTexts(let one, let other):
      "'\(one):' and '\(other):' cannot both be set: each gives the step its text; leave one of them out"
    case .unreadableText(let sentence): ForeignText.line(sentence, limit: 300)
    }
  }
}
