import LMCore
import Presentation
import Visualizer

/// Whether `lesson` opens a lesson or prints it.
struct PrintingOptions: OptionValues {
  /// `--print`
  var printsLesson = false
}

struct LessonOptions: CommandOptions {
  let words: [String]
  let model: ModelOptions
  let screen: ScreenOptions
  /// Set by the config file and the environment only.
  let saving: SavingOptions
  let printing: PrintingOptions
  let output: OutputOptions

  init(_ call: CommandCall) {
    (words, model, screen) = (call.words, call[ModelOptions.self], call[ScreenOptions.self])
    (saving, printing) = (call[SavingOptions.self], call[PrintingOptions.self])
    output = call[OutputOptions.self]
  }
}

extension Command {
  static let lesson = Command(
    CommandDescription(
      "lesson", "guided tours in the visualizer", synopsis: ["lesson [NAME|FILE] [options]"],
      details: """
        Without a NAME it lists the lessons that are built in. A lesson opens the visualizer with a
        caption that says what to press and what to look at, and goes on when that was done. All keys
        work as ever; > and < go on and back in the lesson, and > at its end opens the next one. FILE is a lesson of your own: --print shows
        how the built-in ones are written.
        """,
      groups: [
        .model, .screen,
        .output(
          [.table, .json],
          [
            Option(
              flag: "print", "print the lesson's file instead of opening it", \PrintingOptions.printsLesson)
          ]),
      ],
      examples: ["gpt2-viz lesson", "gpt2-viz lesson greedy-loops --print"],
      words: .words(Lesson.builtInNames)
    )
  ) { (options: LessonOptions, surroundings) in
    guard let name = options.words.first else {
      guard !options.printing.printsLesson else {
        throw UsageError("--print needs the name of a lesson", command: "lesson")
      }
      return try writeList(options, surroundings)
    }
    let (lesson, next) = try findLesson(name)
    if options.printing.printsLesson {
      // The file may come from anyone: no escape sequence of it may reach the terminal.
      let isForTerminal = surroundings.output.isTerminal
      return try surroundings.output.write(isForTerminal ? withoutControls(lesson.source) : lesson.source)
    }
    try open(lesson, next, options, surroundings)
  }
}

private func writeList(_ options: LessonOptions, _ surroundings: Surroundings) throws {
  let lessons = try Lesson.builtIn()
  if options.output.format == .json {
    let list = lessons.map { lesson in
      [
        "name": JSON(lesson.name), "title": JSON(lesson.title), "steps": JSON(lesson.stepCount),
        "model": JSON(lesson.model), "part": JSON(lesson.part),
      ] as JSON
    }
    return try surroundings.output.writeLine(JSON.object([.init("lessons", .array(list))]).description)
  }
  var table = TextTable(columns: [.left("name"), .left("part"), .right("steps"), .left("title")])
  for lesson in lessons {
    table.append([lesson.name, lesson.part ?? "", String(lesson.stepCount), lesson.title])
  }
  try surroundings.output.write(table.text)
}

/// A built-in lesson by its name, with those behind it in the course; else the one in the file of this path.
private func findLesson(_ name: String) throws -> (lesson: Lesson, next: [Lesson]) {
  let lessons = try Lesson.builtIn()
  if let index = lessons.firstIndex(where: { $0.name == name }) {
    return (lessons[index], Array(lessons[(index + 1)...]))
  }
  guard name == "-" || name.contains("/") || name.contains(".") || TextInput.exists(name) else {
    let nearest = nearestWord(to: name, among: lessons.map(\.name))
    throw UsageError(
      "there is no lesson '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? ", and no file of this name"),
      command: "lesson")
  }
  let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
  let own = try Lesson.parse(try TextInput.text(ofFile: name), path: name) { path in
    // A lesson from anyone must not make the program wait for a pipe or read standard input.
    try TextInput.text(ofRegularFile: path.hasPrefix("/") ? path : (folder.isEmpty ? "./" : folder) + path)
  }
  return (own, [])
}

private func open(
  _ lesson: Lesson, _ next: [Lesson], _ options: LessonOptions, _ surroundings: Surroundings
) throws {
  let opening = lesson.opening
  try openVisualizer(
    VisualizerStart(
      prompt: opening.prompt, settings: [opening.settings], seed: opening.seed, lesson: lesson,
      nextLessons: next,
      inputIsTaken: options.words.first == "-"),
    try location(for: lesson, options.model, surroundings), options.model, options.screen, options.saving,
    surroundings)
}

/// The user's model; else the one that the lesson was written for, if it is on this machine; else the default.
private func location(
  for lesson: Lesson, _ options: ModelOptions, _ surroundings: Surroundings
) throws -> ModelLocation {
  if options.name == nil, let wanted = lesson.model, let location = try? ModelLocator.resolve(wanted) {
    return location
  }
  return try locateModel(options, surroundings)
}
