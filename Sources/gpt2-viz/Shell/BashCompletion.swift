/// Completions for bash, without the helpers of the bash-completion package.
struct BashCompletion {
  let commands: [CommandDescription]

  var script: String {
    """
    # Completions of gpt2-viz for bash; made by 'gpt2-viz help --completions bash'.

    _gpt2_viz_models() { \(modelNamesPipeline); }

    _gpt2_viz() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' options i word
      # bash cuts --name=value at the sign.
      if [[ $current == = ]]; then
        current=''
      elif [[ $previous == = ]] && ((COMP_CWORD > 1)); then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
      fi
      # The command is the first word that is neither an option nor an option's value.
      for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
          --) previous='' && break ;;
          \(patterns(valued)))
            [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
            ((i++)) ;;
          -* | =) ;;
          *)
            case $word in \(patterns(names))) command=$word ;; esac
            break ;;
        esac
      done
      case $command in
    \(optionCases)
      esac
      COMPREPLY=()
      case $command:$previous in
    \(valueCases)
      esac
      if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        return
      fi
      case $command in
        '') mapfile -t COMPREPLY < <(compgen -W \(quoted(names.joined(separator: " "))) -- "$current") ;;
    \(wordCases)
      esac
    }

    complete -F _gpt2_viz gpt2-viz

    """
  }

  private var names: [String] { commands.dropFirst().map(\.name) }

  private var valued: [String] {
    unique(commands.flatMap(\.options).filter(\.takesValue).flatMap(\.spellings))
  }

  private var optionCases: String {
    commands.map { command in
      let words = command.options.flatMap(\.spellings).joined(separator: " ")
      return "    \(command.name.isEmpty ? "''" : command.name)) options=\(quoted(words)) ;;"
    }.joined(separator: "\n")
  }

  /// Where an option's values are the same for all commands, once for all of them.
  private var valueCases: String {
    valued.flatMap { spelling in
      let users = commands.compactMap { command in
        command.options.first { $0.spellings.contains(spelling) }.map { (command.name, $0.values) }
      }
      if users.allSatisfy({ $0.1 == users[0].1 }) { return ["    *:\(spelling)) \(answer(users[0].1)) ;;"] }
      return users.map { "    \($0.0):\(spelling)) \(answer($0.1)) ;;" }
    }.joined(separator: "\n")
  }

  private var wordCases: String {
    commands.dropFirst().filter { $0.words != .any }.map {
      "    \($0.name)) \(reply($0.words)) ;;"
    }.joined(separator: "\n")
  }

  private func answer(_ values: ValueKind) -> String {
    values == .any ? "return" : reply(values) + "; return"
  }

  private func reply(_ values: ValueKind) -> String {
    let isPath = [.file, .folder, .model].contains(values)
    let what =
      switch values {
      case .any: "-W ''"
      case .file: "-f"
      case .folder: "-d"
      case .model: "-d -W \"$(_gpt2_viz_models)\""
      case .commands: "-W " + quoted(names.joined(separator: " "))
      case .words(let words): "-W " + quoted(words.joined(separator: " "))
      }
    return (isPath ? "compopt -o filenames; " : "")
      + "mapfile -t COMPREPLY < <(compgen \(what) -- \"$current\")"
  }

  private func quoted(_ text: String) -> String { shellQuoted(text, for: .bash) }

  private func patterns(_ words: [String]) -> String { words.joined(separator: " | ") }
}

func unique(_ words: [String]) -> [String] {
  var seen: Set<String> = []
  return words.filter { seen.insert($0).inserted }
}
