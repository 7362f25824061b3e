import Presentation

/// Which file for the shell `help` writes.
struct ShellFileOptions: OptionValues {
  /// `--man`, `--completions`
  var file: ShellFile?
}

struct HelpOptions: CommandOptions {
  let words: [String]
  let shell: ShellFileOptions

  init(_ call: CommandCall) { (words, shell) = (call.words, call[ShellFileOptions.self]) }
}

extension Command {
  static let help = Command(
    CommandDescription(
      "help", "this overview, or a command's page", synopsis: ["help [COMMAND] [options]"],
      groups: [
        OptionGroup(
          title: "Files for the shell",
          options: [
            Option(flag: "man", "the manual page, for man(1)") {
              (options: inout ShellFileOptions) in options.file = .manualPage
            },
            Option(
              "completions", nil, "SHELL", "completions for \(inWords(Shell.allCases.map(\.rawValue)))",
              \ShellFileOptions.file, offering: .words(Shell.allCases.map(\.rawValue))
            ) { argument throws(UsageError) in .completions(try argument.choice(of: Shell.self)) },
          ])
      ],
      examples: [
        "gpt2-viz help generate", "gpt2-viz help --man | man -l -", "gpt2-viz help --completions bash",
      ], words: .commands
    )
  ) { (options: HelpOptions, surroundings) in
    guard let file = options.shell.file else {
      return try writeHelp(about: options.words.first, to: surroundings.output)
    }
    guard options.words.isEmpty else {
      throw UsageError(
        "--man and --completions are about all commands; leave '\(options.words[0])' out", command: "help")
    }
    try surroundings.output.write(file.text(for: Command.descriptions))
  }
}

/// The page of a command, or the overview.
func writeHelp(about name: String?, to output: StandardOutput) throws {
  let help = HelpPage(commands: Command.descriptions)
  guard let name, !name.isEmpty else { return try output.write(help.overview) }
  guard let command = help.commands.first(where: { $0.name == name }) else {
    let nearest = nearestWord(to: name, among: help.commands.map(\.name))
    throw UsageError(
      "there is no command '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
  }
  try output.write(help.page(of: command))
}
