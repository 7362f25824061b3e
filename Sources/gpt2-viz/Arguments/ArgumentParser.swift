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
    // How many words stood before "--", behind which everything is text.
    var wordsBeforeText: Int?
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
      do throws(UsageError) {
        let given = GivenOption(
          option: option, value: try value(of: option, named: name, attached: attached))
        options.given.append(given)
        try option.apply(&options, given.value)
      } catch {
        throw UsageError(error.description, command: command.page)
      }
    }

    while options.request == nil || options.request == .version, let word = rest.popFirst() {
      if wordsBeforeText != nil || word == "-" || !word.hasPrefix("-") {
        // The visualizer has no name; an empty word is an empty text.
        if wordsBeforeText == nil, options.words.isEmpty, command.name.isEmpty, !word.isEmpty,
          let chosen = commands.first(where: { $0.name == word })
        {
          command = chosen
          try check(options.given, belongTo: command)
        } else {
          options.words.append(word)
        }
      } else if word == "--" {
        wordsBeforeText = options.words.count
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
      try checkAgreement(of: options.given, for: command)
      try check(options.words, wordsBeforeText: wordsBeforeText, suit: command)
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
      } else {
        "unknown option '--\(name)'" + (home(of: name).map { "; it belongs to \($0)" } ?? "")
      }
    throw UsageError(problem, command: command.page)
  }

  /// The commands that have an option, in words.
  private func home(of name: String) -> String? {
    let homes = commands.filter { $0.options.contains { $0.name == name } }.map(\.name)
    // A lesson and a replay are the visualizer under another name; config only shows what all the others do.
    let named = homes.filter { !["", "lesson", "replay", "config"].contains($0) }.map { "'gpt2-viz \($0)'" }
    if !named.isEmpty { return inWords(named) }
    return homes.isEmpty ? nil : "the visualizer: 'gpt2-viz' without a command"
  }

  /// Options may stand before the command's name; the command must know them.
  private func check(_ used: [GivenOption], belongTo command: Command) throws(UsageError) {
    for name in used.map(\.option.name) where !command.options.contains(where: { $0.name == name }) {
      throw UsageError("'\(command.name)' has no option --\(name)", command: command.page)
    }
  }

  /// A flag and a value that contradict it must not silently win by their order.
  private func checkAgreement(of used: [GivenOption], for command: Command) throws(UsageError) {
    guard used.contains(where: { $0.option.name == "greedy" }),
      let temperature = used.last(where: { $0.option.name == "temperature" })?.value,
      Double(temperature.text) != 0
    else { return }
    throw UsageError(
      "--greedy means a temperature of 0, but there is also \(temperature.option) \(temperature.text); "
        + "leave one of them out", command: command.page)
  }

  private func check(
    _ words: [String], wordsBeforeText: Int?, suit command: Command
  ) throws(UsageError) {
    guard let limit = command.wordLimit, words.count > limit else { return }
    let text = words.indices.suffix(from: min(wordsBeforeText ?? words.count, words.count))
    if let option = text.first(where: { $0 >= limit && words[$0].hasPrefix("-") && words[$0].count > 1 }) {
      throw UsageError(
        "'\(words[option])' stands behind '--', where everything is text; options go before '--'",
        command: command.page)
    }
    if command.name.isEmpty, wordsBeforeText != 0,
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
