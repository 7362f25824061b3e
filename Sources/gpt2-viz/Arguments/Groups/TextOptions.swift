/// Where the text of a command comes from, if not from the command line.
struct TextOptions: OptionValues {
  /// `-f`
  var file: String?
  /// `--ids`: token ids in the place of a text.
  var ids: [Int]?
  /// `--special`
  var parsesSpecial = false
  /// `--chat`
  var isChat = false
  /// `--system`
  var system: String?

  /// How the text is read, is given.
  var hasReading: Bool { isChat || system != nil || parsesSpecial }
  var isEmpty: Bool { file == nil && ids == nil }
}

extension OptionGroup {
  static let text = OptionGroup(
    title: "Text",
    options: [
      Option(
        "file", "f", "FILE", "read the text from FILE ('-' is standard input)", \TextOptions.file,
        offering: .file
      ) { argument throws(UsageError) in argument.text },
      Option(
        flag: "chat", "the text is a message to a chat model, written as the model's template wants it",
        \TextOptions.isChat),
      Option(
        "system", nil, "TEXT",
        "with --chat: what the model is told first, instead of its template's own text",
        \TextOptions.system
      ) { argument throws(UsageError) in argument.text },
      Option(
        flag: "special", "special tokens in the text, as <|im_end|>, are read as such",
        \TextOptions.parsesSpecial),
    ])

  static let textOrIDs = OptionGroup(
    title: "Text",
    options: text.options + [
      Option("ids", nil, "IDS", "token ids instead of a text; needs no vocabulary", \TextOptions.ids) {
        argument throws(UsageError) in try argument.tokenIDs()
      }
    ])
}
