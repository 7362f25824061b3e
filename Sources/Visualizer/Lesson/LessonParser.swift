import LMCore
import Presentation

/// Parser of a lesson file, line by line. Documentation/Lessons.md describes the format.
struct LessonParser {
  /// The header names, in the order in which a file uses them.
  static let names = ["title", "model", "prompt", "score", "settings", "seed", "until"]
  /// The size of a caption in a window of 80 columns.
  static let (captionColumns, captionLines) = (72, 4)

  private let file: String
  private let readText: (String) throws -> String
  private var lineNumber = 0
  private var title: String?
  private var model: String?
  private var steps: [LessonStep] = []
  private var scene = LessonScene()
  private var hasScore = false
  private var caption: [Substring] = []
  private var captionEnd = 0

  private init(file: String, readText: @escaping (String) throws -> String) {
    (self.file, self.readText) = (file, readText)
  }

  /// - Parameters:
  ///   - name: the lesson's name.
  ///   - file: the file's name in errors.
  ///   - readText: reads the file that `score:` names.
  static func parse(
    _ source: String, name: String, file: String, readText: @escaping (String) throws -> String
  ) throws(LessonError) -> Lesson {
    var parser = LessonParser(file: file, readText: readText)
    do throws(LessonProblem) {
      for line in source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
        parser.lineNumber += 1
        try parser.read(line.trimmed())
      }
      try parser.finish()
      guard let title = parser.title else { throw .noTitle }
      return Lesson(name: name, title: title, model: parser.model, steps: parser.steps, source: source)
    } catch {
      throw LessonError(file: file, line: max(parser.lineNumber, 1), problem: error)
    }
  }

  private mutating func read(_ line: Substring) throws(LessonProblem) {
    if line.isEmpty || line.hasPrefix("#") { return }
    guard let colon = line.firstIndex(of: ":"), isHeader(line[..<colon]),
      line.index(after: colon) == line.endIndex || line[line.index(after: colon)] == " "
    else {
      caption.append(line)
      captionEnd = lineNumber
      return
    }
    try set(String(line[..<colon]), to: String(line[line.index(after: colon)...].trimmed()))
  }

  /// True for one of the names. Where no caption has begun, also for any other word in lower case: a misspelt name.
  private func isHeader(_ text: Substring) -> Bool {
    if Self.names.contains(String(text)) { return true }
    return caption.isEmpty && !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "-") }
  }

  private mutating func set(_ name: String, to value: String) throws(LessonProblem) {
    guard Self.names.contains(name) else { throw .unknownHeader(name) }
    guard !value.isEmpty else { throw .emptyValue(name) }
    if name == "until" { return try finishStep(until: try LessonConditionParser.parse(value)) }
    guard caption.isEmpty else { throw .insideCaption(name) }
    switch name {
    case "title", "model":
      guard steps.isEmpty else { throw .notInHeader(name) }
      if name == "title" { try put(value, in: &title, name) } else { try put(value, in: &model, name) }
    case "settings": try put(try LessonSettingsParser.parse(value), in: &scene.settings, name)
    case "seed":
      guard let seed = UInt64(value) else { throw .badSeed(value) }
      try put(seed, in: &scene.seed, name)
    default:
      guard scene.prompt == nil || hasScore == (name == "score") else { throw .promptAndScore }
      hasScore = name == "score"
      try put(hasScore ? .human(try text(of: value)) : .text(value), in: &scene.prompt, name)
    }
  }

  private func put<Value>(_ value: Value, in place: inout Value?, _ name: String) throws(LessonProblem) {
    guard place == nil else { throw .twice(name) }
    place = value
  }

  private func text(of path: String) throws(LessonProblem) -> String {
    do {
      return try readText(path)
    } catch {
      throw .unreadableText("\(error)")
    }
  }

  private mutating func finishStep(until condition: LessonCondition?) throws(LessonProblem) {
    guard !caption.isEmpty else { throw .noCaption }
    let text = caption.joined(separator: " ")
    let lines = TextFit.wrap(text, columns: Self.captionColumns).count
    guard lines <= Self.captionLines else { throw .captionTooLong(lines: lines, limit: Self.captionLines) }
    steps.append(LessonStep(scene: scene, caption: text, until: condition))
    (scene, caption, hasScore) = (LessonScene(), [], false)
  }

  /// Ends the file: a caption behind the last "until:" is the last step, without a condition.
  private mutating func finish() throws(LessonProblem) {
    if !caption.isEmpty {
      lineNumber = captionEnd
      try finishStep(until: nil)
    }
    guard scene.isEmpty || steps.isEmpty else { throw .noCaption }
    guard !steps.isEmpty else { throw .noSteps }
  }
}
