/// Reads the words of a command line. Pure: no environment, no output.
///
/// Understands `--name=value`, `--name value`, `-n value`, `-nvalue`, flags together as `-abc`, unambiguous
/// beginnings of long names, and `--`, after which everything is text. The first word that is no option
/// and equals a command's name chooses the command; without one the first command of the list is meant.
struct ArgumentParser {
  let commands: [Command]

  /// Throws `UsageError`. Stops at the first `--help` or `--version`: what follows is not looked at.
  func parse(_ arguments: [String]) throws(UsageError) -> (command: Command, options: Options) {
    var command = commands[0]
    var options = Options()
    var used: [Option] = []
    var onlyText = false
    var rest = arguments[...]

    func value(of option: Option, named name: String, attached: String?) throws(UsageError) -> OptionValue {
      guard let placeholder = option.placeholder else {
        guard attached == nil else { throw UsageError("\(name) takes no value", command: command.page) }
        return OptionValue(option: name, text: "")
      }
      guard let text = attached ?? rest.popFirst() else {
        throw UsageError("\(name) needs a value: \(name) \(placeholder)", command: command.page)
      }
      return OptionValue(option: name, text: text)
    }

    func apply(_ option: Option, named name: String, attached: String?) throws(UsageError) {
      used.append(option)
      do throws(UsageError) {
        try option.apply(&options, try value(of: option, named: name, attached: attached))
      } catch {
        throw UsageError(error.description, command: command.page)
      }
    }

    while options.request == nil || options.request == .version, let word = rest.popFirst() {
      if onlyText || word == "-" || !word.hasPrefix("-") {
        if !onlyText, options.words.isEmpty, command.name.isEmpty,
          let chosen = commands.first(where: { $0.name == word })
        {
          command = chosen
          try check(used, belongTo: command)
        } else {
          options.words.append(word)
        }
      } else if word == "--" {
        onlyText = true
      } else if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let option = try find(String(parts[0]), in: command)
        try apply(option, named: "--" + option.name, attached: parts.count > 1 ? String(parts[1]) : nil)
      } else {
        var letters = word.dropFirst()
        while options.request != .help, let letter = letters.popFirst() {
          guard let option = command.options.first(where: { $0.letter == letter }) else {
            throw UsageError("unknown option '-\(letter)'", command: command.page)
          }
          let attached = option.takesValue && !letters.isEmpty ? String(letters) : nil
          if attached != nil { letters = "" }
          try apply(option, named: "-\(letter)", attached: attached)
        }
      }
    }
    if options.request == nil {
      if options.isVerbose { throw UsageError("-v, --verbose goes with --version", command: command.page) }
      try check(options.words, suit: command)
    }
    return (command, options)
  }

  /// The option that `name` names in full or by an unambiguous beginning.
  private func find(_ name: String, in command: Command) throws(UsageError) -> Option {
    if let exact = command.options.first(where: { $0.name == name }) { return exact }
    let begun = command.options.filter { !name.isEmpty && $0.name.hasPrefix(name) }
    if begun.count == 1 { return begun[0] }
    let problem =
      if begun.count > 1 {
        "'--\(name)' may mean \(inWords(begun.map { "--" + $0.name }))"
      } else if let nearest = nearestWord(to: name, among: command.options.map(\.name)) {
        "unknown option '--\(name)'; did you mean '--\(nearest)'?"
      } else if let other = commands.first(where: { $0.options.contains { $0.name == name } }) {
        "unknown option '--\(name)'; it belongs to 'gpt2-viz \(other.name)'"
      } else {
        "unknown option '--\(name)'"
      }
    throw UsageError(problem, command: command.page)
  }

  /// Options may stand before the command's name; the command must know them.
  private func check(_ used: [Option], belongTo command: Command) throws(UsageError) {
    for option in used where !command.options.contains(where: { $0.name == option.name }) {
      throw UsageError("'\(command.name)' has no option --\(option.name)", command: command.page)
    }
  }

  private func check(_ words: [String], suit command: Command) throws(UsageError) {
    guard let limit = command.wordLimit, words.count > limit else { return }
    if command.name.isEmpty,
      let nearest = nearestWord(to: words[0], among: commands.dropFirst().map(\.name))
    {
      throw UsageError("unknown command '\(words[0])'; did you mean '\(nearest)'?")
    }
    let problem =
      limit == 0
      ? "'\(command.name)' takes no words, but there is '\(words[0])'"
      : "one text is expected, but '\(words[limit])' follows it; put the whole text in quotes"
    throw UsageError(problem, command: command.page)
  }
}
