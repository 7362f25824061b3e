/// Completions for fish.
struct FishCompletion {
  let commands: [CommandDescription]

  var script: String {
    var lines = [
      "# Completions of gpt2-viz for fish; made by 'gpt2-viz help --completions fish'.",
      "complete -c gpt2-viz -f",
    ]
    for command in commands {
      let name = command.name
      let condition =
        name.isEmpty
        ? "not __fish_seen_subcommand_from " + names.joined(separator: " ")
        : "__fish_seen_subcommand_from \(name)"
      let head = "complete -c gpt2-viz -n \(quoted(condition))"
      if name.isEmpty {
        for other in commands.dropFirst() {
          lines.append(
            "complete -c gpt2-viz -n __fish_use_subcommand -a \(other.name) -d \(quoted(other.summary))")
        }
      } else if let values = arguments(command.words) {
        lines.append(head + values)
      }
      for option in command.options {
        let letter = option.letter.map { " -s \($0)" } ?? ""
        let values = option.takesValue ? arguments(option.values) ?? " -x" : ""
        lines.append("\(head)\(letter) -l \(option.name)\(values) -d \(quoted(option.help))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var names: [String] { commands.dropFirst().map(\.name) }

  private func arguments(_ values: ValueKind) -> String? {
    switch values {
    case .any: nil
    case .file: " -r -F"
    case .folder: " -x -a '(__fish_complete_directories)'"
    case .model: " -x -a " + quoted("(\(modelNamesPipeline)) (__fish_complete_directories)")
    case .commands: " -x -a \(list(names))"
    case .words(let words): " -x -a \(list(words))"
    }
  }

  /// Behind a word's tab stands its description; an empty one keeps fish from repeating the option's help.
  private func list(_ words: [String]) -> String {
    "'" + words.map { $0 + "\\t" }.joined(separator: " ") + "'"
  }

  private func quoted(_ text: String) -> String { shellQuoted(text, for: .fish) }
}
