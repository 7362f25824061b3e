import CLessons

extension Lesson {
  /// The embedded lessons, in the order of a course.
  ///
  /// Throws `LessonError` for an invalid one, which a test excludes.
  public static func builtIn() throws(LessonError) -> [Lesson] {
    var lessons: [Lesson] = []
    for index in 0..<lesson_count() {
      let name = String(cString: lesson_name(index))
      var lesson = try LessonParser.parse(text(lesson_text(index)), name: name, file: name) { _ in
        text(lesson_human_text())
      }
      lesson.part = String(cString: lesson_part(index))
      lessons.append(lesson)
    }
    return lessons
  }

  /// The names of the embedded lessons, without parsing them: every start of the program needs them for its help.
  public static var builtInNames: [String] {
    (0..<lesson_count()).map { String(cString: lesson_name($0)) }
  }

  /// Parses the text of a lesson file.
  ///
  /// - Parameters:
  ///   - path: the file's path, for errors; its last component without the extension becomes the lesson's name.
  ///   - readText: reads a file that the lesson names, relative to the lesson's folder.
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
