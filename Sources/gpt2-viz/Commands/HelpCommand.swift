extension Command {
  static let help = Command(
    "help", "this overview, or a command's page", synopsis: ["help [COMMAND]"], groups: [],
    examples: ["gpt2-viz help generate"]
  ) { options, surroundings in
    try writeHelp(about: options.words.first, to: surroundings.output)
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
