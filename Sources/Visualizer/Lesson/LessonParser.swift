import LMCore
import Presentation

/// Parser of a lesson file, line by line. Documentation/Lessons.md describes the format.
struct LessonParser {
  /// The header names, in the order in which a file uses them.
  static let names = ["title", "model", "prompt", "chat", "score", "settings", "seed", "plain", "until"]
  /// The size of a caption in a window of 80 columns.
  static let (captionColumns, captionLines) = (72, 4)

  private let file: String
  private let readText: (String) throws -> String
  private var lineNumber = 0
  private var title: String?
  private var model: String?
  private var steps: [LessonStep] = []
  private var scene = LessonScene()
  /// The header that gave the step its text.
  private var textHeader: String?
  private var caption: [Substring] = []
  /// The caption for plain mode; nil without a line "plain:".
  private var plain: [Substring]?
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
    if let colon = line.firstIndex(of: ":") {
      let (name, value) = (line[..<colon], line[line.index(after: colon)...])
      if Self.names.contains(String(name)) { return try set(String(name), to: String(value.trimmed())) }
      try refuseMisspelt(String(name), before: value)
    }
    if plain == nil { caption.append(line) } else { plain?.append(line) }
    captionEnd = lineNumber
  }

  /// Throws where one word with a colon begins a line and is nearly the name of a header; above a caption, also for any
  /// other word in lower case. Every other line with a colon belongs to a caption.
  private func refuseMisspelt(_ name: String, before value: Substring) throws(LessonProblem) {
    let word = String(name[...].trimmed())
    guard !word.isEmpty, !word.contains(where: \.isWhitespace) else { return }
    // "what:" and "that:" may begin a caption's line.
    let nearest = Self.names.first {
      $0 != "chat" && editDistance(word.lowercased(), $0) <= ($0.count > 6 ? 2 : 1)
    }
    if let nearest { throw .misspeltHeader(name, nearest: nearest) }
    let isWord = word.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "-") }
    if caption.isEmpty, isWord, value.isEmpty || value.hasPrefix(" ") { throw .unknownHeader(name) }
  }

  private mutating func set(_ name: String, to value: String) throws(LessonProblem) {
    if name == "plain" { return try beginPlain(value[...]) }
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
      if let textHeader, textHeader != name { throw .severalTexts(textHeader, name) }
      textHeader = name
      let prompt: Prompt =
        switch name {
        case "chat": .chat(ChatMessage(value))
        case "score": .human(try text(of: value))
        default: .text(value)
        }
      try put(prompt, in: &scene.prompt, name)
    }
  }

  /// Begins the wording for plain mode, which goes on to the end of the step.
  private mutating func beginPlain(_ line: Substring) throws(LessonProblem) {
    guard !caption.isEmpty else { throw .plainWithoutCaption }
    guard plain == nil else { throw .twice("plain") }
    plain = line.isEmpty ? [] : [line]
    captionEnd = lineNumber
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
    if plain?.isEmpty == true { throw .emptyValue("plain") }
    steps.append(
      LessonStep(scene: scene, caption: text, plain: plain?.joined(separator: " "), until: condition))
    (scene, caption, plain, textHeader) = (LessonScene(), [], nil, nil)
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
