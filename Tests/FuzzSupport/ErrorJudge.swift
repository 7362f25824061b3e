/// Whether an error is one that may be shown to a user.
enum ErrorJudge {
  /// More fits no line that anybody reads; paths of test folders are a part of it.
  private static let longestSentence = 600
  private static let modules = ["LMCore.", "Visualizer.", "gpt2_viz."]

  /// What is wrong with an error; nil where it is one of the program's own, and says what it has to in one line.
  static func complaint(about error: any Error) -> String? {
    let type = String(reflecting: Swift.type(of: error))
    guard modules.contains(where: { type.hasPrefix($0) }) else {
      return "an error of a foreign type, \(type): \(error)"
    }
    guard error is any CustomStringConvertible else { return "\(type) has no sentence: \(error)" }
    return complaint(aboutSentence: "\(error)").map { "\($0) (\(type)): \(error)" }
  }

  static func complaint(aboutSentence sentence: String) -> String? {
    if sentence.split(separator: " ").count < 3 { return "an error without a sentence" }
    if sentence.count > longestSentence { return "an error of \(sentence.count) characters" }
    let bad = sentence.unicodeScalars.first { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      default: false
      }
    }
    return bad.map { "an error with the character U+\(String($0.value, radix: 16, uppercase: true))" }
  }
}
