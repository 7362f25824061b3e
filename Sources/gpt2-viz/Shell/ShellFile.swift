import LMCore

/// A shell whose completions the program can write.
enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

/// A file for the shell, made from the program's own tables, so that it cannot go stale.
enum ShellFile: Equatable, Sendable {
  case manualPage
  case completions(Shell)

  func text(for commands: [CommandDescription]) -> String {
    switch self {
    case .manualPage: ManualPage(commands: commands).source
    case .completions(.bash): BashCompletion(commands: commands).script
    case .completions(.zsh): ZshCompletion(commands: commands).script
    case .completions(.fish): FishCompletion(commands: commands).script
    }
  }
}

/// What a shell runs for the names that `-m` takes: the first column of the table, without its heading.
let modelNamesPipeline = "gpt2-viz models 2>/dev/null | sed -n '2,$s/ .*//p'"

/// A text in single quotes, in which the shell changes nothing; only fish gives `\` a meaning there.
func shellQuoted(_ text: String, for shell: Shell) -> String {
  let escaped = text.escaped { scalar in
    switch scalar {
    case "'": shell == .fish ? "\\'" : "'\\''"
    case "\\" where shell == .fish: "\\\\"
    default: nil
    }
  }
  return "'\(escaped)'"
}
