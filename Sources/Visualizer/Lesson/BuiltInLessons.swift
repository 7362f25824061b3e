import CLessons

extension Lesson {
  /// The lessons that the program brings along, in the order of a course.
  ///
  /// Throws `LessonError` for one that is written wrong, which a test rules out.
  public static func builtIn() throws(LessonError) -> [Lesson] {
    var lessons: [Lesson] = []
    for index in 0..<lesson_count() {
      let name = String(cString: lesson_name(index))
      lessons.append(
        try LessonParser.parse(text(lesson_text(index)), name: name, file: name) { _ in
          text(lesson_human_text())
        })
    }
    return lessons
  }

  /// Reads a lesson that somebody wrote.
  ///
  /// - Parameters:
  ///   - path: the file's; its last part without its ending becomes the lesson's name.
  ///   - readText: the text of a file that the lesson names, seen from the lesson's own place.
  public static func parse(
    _ source: String, path: String, readText: @escaping (String) throws -> String
  ) throws(LessonError) -> Lesson {
    let last = path.split(separator: "/").last.map(String.init) ?? path
    let name = last.split(separator: ".").dropLast().joined(separator: ".")
    return try LessonParser.parse(source, name: name.isEmpty ? last : name, file: path, readText: readText)
  }

  private static func text(_ embedded: lesson_bytes) -> String {
    String(decoding: UnsafeRawBufferPointer(start: embedded.start, count: embedded.size), as: UTF8.self)
  }
}
