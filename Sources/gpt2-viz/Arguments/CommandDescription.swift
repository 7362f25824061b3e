/// What a command is called, takes and does, as data: the parser, the help pages, the manual page and the completions
/// are made of it.
struct CommandDescription: Sendable {
  /// Empty for the visualizer, which opens when no command is named.
  let name: String
  /// What it does, in one line of the overview.
  let summary: String
  /// The ways to call it, without the program's name.
  let synopsis: [String]
  /// What its help page says besides.
  let details: String
  let groups: [OptionGroup]
  let examples: [String]
  /// How many words that are no options it takes; nil for any number.
  let wordLimit: Int?
  /// What a shell can offer for them.
  let words: ValueKind

  init(
    _ name: String, _ summary: String, synopsis: [String], details: String = "", groups: [OptionGroup],
    examples: [String] = [], wordLimit: Int? = 1, words: ValueKind = .any
  ) {
    (self.name, self.summary, self.synopsis, self.details) = (name, summary, synopsis, details)
    self.groups = groups + [.general]
    (self.examples, self.wordLimit, self.words) = (examples, wordLimit, words)
  }

  var options: [Option] { groups.flatMap(\.options) }

  /// What `gpt2-viz help` calls it; nil for the program's own page.
  var page: String? { name.isEmpty ? nil : name }
}
