import Presentation

/// The help pages, made from the same tables that the parser reads.
struct HelpPage {
  static let width = 80

  let commands: [CommandDescription]

  /// `gpt2-viz help`: all commands, and the options of the visualizer.
  var overview: String {
    var page = "gpt2-viz shows, one token at a time, how a language model chooses its next word.\n\nUsage:\n"
    for command in commands {
      let synopsis = command.synopsis[0].split(separator: " [options]", omittingEmptySubsequences: false)[0]
      page += Self.row("gpt2-viz \(synopsis)", command.summary, column: 36)
    }
    page += "\n" + Self.wrapped("A text that is a command's name goes behind '--': gpt2-viz -- next")
    page += Self.wrapped("The options of a command: gpt2-viz help COMMAND. Those of the visualizer follow.")
    page += "\n" + Self.wrapped(commands[0].details)
    return page + Self.optionText(commands[0].groups)
  }

  /// `gpt2-viz help COMMAND`
  func page(of command: CommandDescription) -> String {
    guard !command.name.isEmpty else { return overview }
    var page = "gpt2-viz \(command.name): \(command.summary)\n\nUsage:\n"
    for line in command.synopsis { page += "  gpt2-viz \(line)\n" }
    if !command.details.isEmpty { page += "\n" + Self.wrapped(command.details) }
    page += Self.optionText(command.groups)
    if !command.examples.isEmpty {
      page += "\nExamples:\n" + command.examples.map { "  \($0)\n" }.joined()
    }
    return page
  }

  private static func optionText(_ groups: [OptionGroup]) -> String {
    groups.map { group in
      "\n\(group.title):\n" + group.options.map { row($0.usage, $0.help, column: 32) }.joined()
    }.joined()
  }

  /// Two columns, the right one wrapped.
  private static func row(_ left: String, _ right: String, column: Int) -> String {
    let lines = lines(of: right, columns: width - column)
    let head = "  " + left
    let blanks = String(repeating: " ", count: column)
    // A usage too long for its column gets a line of its own.
    let first = head.count + 2 > column ? head + "\n" + blanks : head + blanks.dropFirst(head.count)
    return first + lines.joined(separator: "\n" + blanks) + "\n"
  }

  private static func wrapped(_ paragraph: String) -> String {
    lines(of: paragraph, columns: width).joined(separator: "\n") + "\n"
  }

  /// The words of a text, whose own lines do not count, in lines of at most `columns`.
  private static func lines(of text: String, columns: Int) -> [String] {
    TextFit.wrap(text.split(whereSeparator: \.isWhitespace).joined(separator: " "), columns: columns)
  }
}
