/// Where the text of a command comes from, if not from the command line.
struct TextOptions: OptionValues {
  /// `-f`
  var file: String?
  /// `--ids`: token ids in the place of a text.
  var ids: [Int]?

  var isEmpty: Bool { file == nil && ids == nil }
}

extension OptionGroup {
  static let text = OptionGroup(
    title: "Text",
    options: [
      Option(
        "file", "f", "FILE", "read the text from FILE ('-' is standard input)", \TextOptions.file,
        offering: .file
      ) { argument throws(UsageError) in argument.text }
    ])

  static let textOrIDs = OptionGroup(
    title: "Text",
    options: text.options + [
      Option("ids", nil, "IDS", "token ids instead of a text; needs no vocabulary", \TextOptions.ids) {
        argument throws(UsageError) in try argument.tokenIDs()
      }
    ])
}
