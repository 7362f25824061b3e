import LMCore

/// Completions for zsh, by its own `_arguments`.
struct ZshCompletion {
  let commands: [CommandDescription]

  var script: String {
    """
    #compdef gpt2-viz
    # Completions of gpt2-viz for zsh; made by 'gpt2-viz help --completions zsh'.

    _gpt2-viz_commands() {
      local -a commands=(
    \(commands.dropFirst().map { "    " + quoted("\($0.name):\($0.summary)") }.joined(separator: "\n"))
      )
      _describe -t commands 'command' commands
    }

    _gpt2-viz_models() {
      local -a names=(${(f)"$(\(modelNamesPipeline))"})
      _alternative 'models:model:compadd -a names' 'folders:folder:_files -/'
    }

    _gpt2-viz() {
      local command='' word
      integer i
      # The command is the first word that is neither an option nor an option's value.
      for ((i = 2; i < CURRENT; i++)); do
        word=${words[i]}
        case $word in
          (--) break ;;
          (\(valued.joined(separator: "|"))) ((i++)) ;;
          (-*) ;;
          (*) command=$word; break ;;
        esac
      done
      case $command in
    \(commands.dropFirst().map(block).joined(separator: "\n"))
        (*)
          _arguments -s -S : \\
    \(specifications(commands[0]))
            '1:command:_gpt2-viz_commands' ;;
      esac
    }

    _gpt2-viz "$@"

    """
  }

  private var valued: [String] {
    unique(commands.flatMap(\.options).filter(\.takesValue).flatMap(\.spellings))
  }

  private func block(_ command: CommandDescription) -> String {
    """
        (\(command.name))
          _arguments -s -S : \\
    \(specifications(command))
            '1:command:' \(quoted("*:word:" + action(command.words))) ;;
    """
  }

  private func specifications(_ command: CommandDescription) -> String {
    command.options.map { "        \(specification($0)) \\" }.joined(separator: "\n")
  }

  /// `'(-k --top-k)'{-k+,--top-k=}'[help]:N:'`
  private func specification(_ option: Option) -> String {
    let help = option.help.escaped { "[]\\:".unicodeScalars.contains($0) ? "\\\($0)" : nil }
    let value = option.placeholder.map { ":\($0):" + action(option.values) } ?? ""
    let rest = quoted("[\(help)]\(value)")
    let (short, long) = option.takesValue ? ("+", "=") : ("", "")
    guard let letter = option.letter else { return quoted("--\(option.name)\(long)") + rest }
    return "'(-\(letter) --\(option.name))'{-\(letter)\(short),--\(option.name)\(long)}\(rest)"
  }

  private func action(_ values: ValueKind) -> String {
    switch values {
    case .any: ""
    case .file: "_files"
    case .folder: "_files -/"
    case .model: "_gpt2-viz_models"
    case .commands: "_gpt2-viz_commands"
    case .words(let words): "(" + words.joined(separator: " ") + ")"
    }
  }

  private func quoted(_ text: String) -> String { shellQuoted(text, for: .zsh) }
}
