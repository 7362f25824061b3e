import Glibc
import LMCore
import Presentation

/// The user's own defaults: lines of `name = value`, named as the long options.
struct ConfigFile: Equatable {
  let path: String
  /// GPT2_VIZ_CONFIG names it: then it must be there.
  let isNamed: Bool

  /// The file of GPT2_VIZ_CONFIG, else of the XDG base directory specification; nil where there is no home.
  init?(_ surroundings: Surroundings) {
    if let path = surroundings.variable("GPT2_VIZ_CONFIG") {
      (self.path, isNamed) = (path, true)
      return
    }
    guard let folder = BaseDirectory.configuration.programFolder(surroundings.environment) else { return nil }
    (path, isNamed) = (folder + "/config", false)
  }

  /// nil where there is no such file. Throws `InputError` for one that cannot be read, `UsageError` for one that is
  /// not UTF-8.
  func text() throws -> String? {
    var status = stat()
    if !isNamed, stat(path, &status) != 0, errno == ENOENT || errno == ENOTDIR { return nil }
    let bytes = try TextInput.bytes(ofFile: path)
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let line = bytes[..<TextInput.firstInvalidOffset(in: bytes)].count { $0 == UInt8(ascii: "\n") } + 1
    throw Self.error("\(path):\(line)", "this is not UTF-8; convert the file, e.g. with iconv")
  }

  /// The settings of a file's text, in order. Throws `UsageError` with the file's name and the line.
  ///
  /// - Parameter options: all options of the program, each once; only those with a `setting` may stand in the file.
  func settings(
    in text: String, options: [Option], home: String?
  ) throws(UsageError) -> [NamedSetting] {
    var settings: [NamedSetting] = []
    // A byte order mark does not belong to the first name.
    let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let place = "\(path):\(index + 1)"
      guard let (name, value) = try Self.parts(of: line, at: place) else { continue }
      guard let option = options.first(where: { $0.name == name }), let setting = option.setting else {
        throw Self.unknown(name, at: place, among: options)
      }
      // No shell has expanded the tilde.
      let isHome = option.values == .model && (value == "~" || value.hasPrefix("~/"))
      let argument = OptionArgument(
        option: "\(place): \(name)", text: isHome ? (home ?? "~") + value.dropFirst() : value)
      settings.append(
        NamedSetting(
          option: option, change: try setting.change(for: argument),
          source: .file(path: path, line: index + 1)))
    }
    return settings
  }

  /// Name and value of a line; nil for an empty line or a comment.
  private static func parts(
    of line: Substring, at place: String
  ) throws(UsageError) -> (name: String, value: String)? {
    var end = line.startIndex
    var isAfterBlank = true
    while end < line.endIndex, !(line[end] == "#" && isAfterBlank) {
      isAfterBlank = line[end].isWhitespace
      end = line.index(after: end)
    }
    let content = line[..<end].trimmed()
    guard !content.isEmpty else { return nil }
    guard let sign = content.firstIndex(of: "=") else {
      throw error(place, "'\(ForeignText.line(String(content)))' is no setting; write: name = value")
    }
    let (name, value) = (content[..<sign].trimmed(), content[content.index(after: sign)...].trimmed())
    guard !name.isEmpty else { throw error(place, "a name is missing before '='") }
    guard !value.isEmpty else {
      throw error(
        place,
        "\(ForeignText.line(String(name))) has no value; write: \(ForeignText.line(String(name))) = value")
    }
    return (String(name), String(value))
  }

  private static func unknown(_ name: String, at place: String, among options: [Option]) -> UsageError {
    if options.contains(where: { $0.name == name }) {
      return error(
        place,
        "'\(ForeignText.line(name))' is for the command line alone; 'gpt2-viz config' lists the settings")
    }
    let nearest = nearestWord(to: name, among: options.filter { $0.setting != nil }.map(\.name))
    let hint = ForeignOption.hint(for: name) { "'\($0)'" } ?? nearest.map { "; did you mean '\($0)'?" } ?? ""
    return error(place, "there is no setting '\(ForeignText.line(name))'" + hint)
  }

  private static func error(_ place: String, _ sentence: String) -> UsageError {
    UsageError("\(place): \(sentence)", command: "config")
  }
}
