extension Command {
  static let help = Command(
    "help", "this overview, or a command's page", synopsis: ["help [COMMAND] [options]"],
    groups: [
      OptionGroup(
        title: "Files for the shell",
        options: [
          Option(flag: "man", "the manual page, for man(1)") { $0.shellFile = .manualPage },
          Option("completions", nil, "SHELL", "completions for \(inWords(Shell.allCases.map(\.rawValue)))") {
            options, value throws(UsageError) in
            guard let shell = Shell(rawValue: value.text) else {
              throw value.refused(inWords(Shell.allCases.map(\.rawValue)))
            }
            options.shellFile = .completions(shell)
          }.offering(.words(Shell.allCases.map(\.rawValue))),
        ])
    ],
    examples: [
      "gpt2-viz help generate", "gpt2-viz help --man | man -l -", "gpt2-viz help --completions bash",
    ], words: .commands
  ) { options, surroundings in
    guard let file = options.shellFile else {
      return try writeHelp(about: options.words.first, to: surroundings.output)
    }
    guard options.words.isEmpty else {
      throw UsageError(
        "--man and --completions are about all commands; leave '\(options.words[0])' out", command: "help")
    }
    try surroundings.output.write(file.text(for: Command.all))
  }
}

/// The page of a command, or the overview.
func writeHelp(about name: String?, to output: StandardOutput) throws {
  let help = HelpPage(commands: Command.all)
  guard let name, !name.isEmpty else { return try output.write(help.overview) }
  guard let command = Command.all.first(where: { $0.name == name }) else {
    let nearest = nearestWord(to: name, among: Command.all.map(\.name))
    throw UsageError(
      "there is no command '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
  }
  try output.write(help.page(of: command))
}
