import Presentation

/// Reads the words of a command line. Pure: no environment, no output.
///
/// Understands `--name=value`, `--name value`, `-n value`, `-nvalue`, flags together as `-abc`, unambiguous
/// beginnings of long names, and `--`, after which everything is text. The first word that is no option
/// and equals a command's name chooses the command; without one the first command of the list is meant.
struct ArgumentParser {
  let commands: [CommandDescription]

  /// Throws `UsageError`. Stops at `--help`: what follows is not looked at.
  func parse(_ arguments: [String]) throws(UsageError) -> ParsedArguments {
    var parsed = ParsedArguments(command: commands[0])
    // How many words stood before "--", behind which everything is text.
    var wordsBeforeText: Int?
    var rest = arguments[...]

    func text(for option: Option, named name: String, attached: String?) throws(UsageError) -> String {
      guard let placeholder = option.placeholder else {
        guard attached == nil else { throw UsageError("\(name) takes no value") }
        return ""
      }
      guard let text = attached ?? rest.popFirst() else {
        throw UsageError("\(name) needs a value: \(name) \(placeholder)")
      }
      return text
    }

    func take(_ option: Option, named name: String, attached: String?) throws(UsageError) {
      do throws(UsageError) {
        let argument = OptionArgument(
          option: name, text: try text(for: option, named: name, attached: attached))
        parsed.given.append(
          GivenOption(option: option, argument: argument, change: try option.read(argument)))
        parsed.request = parsed.request ?? option.request
      } catch {
        throw UsageError(error.description, command: parsed.command.page)
      }
    }

    while parsed.request != .help, let word = rest.popFirst() {
      if wordsBeforeText != nil || word == "-" || !word.hasPrefix("-") {
        // The visualizer has no name; an empty word is an empty text.
        if wordsBeforeText == nil, parsed.words.isEmpty, parsed.command.name.isEmpty, !word.isEmpty,
          let chosen = commands.first(where: { $0.name == word })
        {
          parsed.command = chosen
          try check(parsed.given, belongTo: chosen)
        } else {
          parsed.words.append(word)
        }
      } else if word == "--" {
        wordsBeforeText = parsed.words.count
      } else if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let option = try find(String(parts[0]), in: parsed.command)
        try take(option, named: "--" + option.name, attached: parts.count > 1 ? String(parts[1]) : nil)
      } else {
        var letters = word.dropFirst()
        // llama.cpp has long names behind one hyphen: -ngl, -temp.
        if letters.count > 1, let hint = hint(forOneHyphen: String(letters), in: parsed.command) {
          throw UsageError("unknown option '\(word)'" + hint, command: parsed.command.page)
        }
        while parsed.request != .help, let letter = letters.popFirst() {
          guard let option = parsed.command.options.first(where: { $0.letter == letter }) else {
            throw UsageError(
              "unknown option '-\(letter)'" + hint(for: String(letter), in: parsed.command),
              command: parsed.command.page)
          }
          let attached = option.takesValue && !letters.isEmpty ? String(letters) : nil
          if attached != nil { letters = "" }
          try take(option, named: "-\(letter)", attached: attached)
        }
      }
    }
    if parsed.request == nil {
      try checkAgreement(of: parsed.given, for: parsed.command)
      try check(parsed.words, wordsBeforeText: wordsBeforeText, suit: parsed.command)
    }
    return parsed
  }

  /// The end of a sentence about a whole name behind one hyphen; nil for letters.
  private func hint(forOneHyphen name: String, in command: CommandDescription) -> String? {
    let own = command.options.first { $0.name == name || $0.otherNames.contains(name) }
    return own.map { "; here it is --\($0.name)" } ?? ForeignOption.hint(for: name) { "--" + $0 }
  }

  /// The option that `name` names in full or by an unambiguous beginning.
  private func find(_ name: String, in command: CommandDescription) throws(UsageError) -> Option {
    if let exact = command.options.first(where: { $0.name == name || $0.otherNames.contains(name) }) {
      return exact
    }
    let begun = command.options.filter { !name.isEmpty && $0.name.hasPrefix(name) }
    if begun.count == 1 { return begun[0] }
    let problem =
      if begun.count > 1 {
        "'--\(name)' may mean \(inWords(begun.map { "--" + $0.name }))"
      } else {
        "unknown option '--\(name)'" + hint(for: name, in: command)
      }
    throw UsageError(problem, command: command.page)
  }

  /// What may be meant by an unknown name or letter, as the end of a sentence; empty where nothing is known.
  private func hint(for name: String, in command: CommandDescription) -> String {
    let hyphened = ForeignOption.hyphened(name)
    if let own = commands.flatMap(\.options).first(where: { $0.otherNames.contains(name) }) {
      return counterpart(own.name, in: command)
    }
    switch ForeignOption.answer(to: name) {
    case .words(let words): return "; \(words)"
    case .option(let own): return counterpart(own, in: command)
    case nil where hyphened != name && home(of: hyphened) != nil: return counterpart(hyphened, in: command)
    case nil: break
    }
    if let nearest = nearestWord(to: name, among: command.options.map(\.name)) {
      return "; did you mean '--\(nearest)'?"
    }
    return home(of: name).map { "; it belongs to \($0)" } ?? ""
  }

  private func counterpart(_ own: String, in command: CommandDescription) -> String {
    let isHere = command.options.contains { $0.name == own }
    return "; here it is --\(own)" + (isHere ? "" : home(of: own).map { ", of \($0)" } ?? "")
  }

  /// The commands that have an option of this name or letter, in words.
  private func home(of name: String) -> String? {
    let homes = commands.filter { command in
      command.options.contains { $0.name == name || $0.letter.map(String.init) == name }
    }.map(\.name)
    // A lesson and a replay are the visualizer under another name; config only shows what all the others do.
    let alike =
      homes.contains("") ? ["", "lesson", "replay", "config"] : homes == ["config"] ? [] : ["config"]
    let named = homes.filter { !alike.contains($0) }.map { "'gpt2-viz \($0)'" }
    let visualizer = homes.contains("") ? ["the visualizer ('gpt2-viz' without a command)"] : []
    return homes.isEmpty ? nil : inWords(visualizer + named)
  }

  /// Options may stand before the command's name; the command must know them.
  private func check(_ used: [GivenOption], belongTo command: CommandDescription) throws(UsageError) {
    for name in used.map(\.option.name) where !command.options.contains(where: { $0.name == name }) {
      throw UsageError(
        "'\(command.name)' has no option --\(name)" + hint(for: name, in: command), command: command.page)
    }
  }

  /// Options of which one leaves no part for others, and why.
  private static let contradictions: [(option: String, others: [String], reason: String)] = [
    ("stochastic", ["sample"], "one draws whole texts, the other the continuations of each step"),
    ("stochastic", ["early-stopping"], "it ends when all its texts have ended"),
    ("contrastive", ["method"], "each opens the screen with a search of its own"),
    ("groups", ["sample", "stochastic"], "it takes the best continuations of each group and draws none"),
  ]

  /// Options that contradict each other must not silently win by their order.
  private func checkAgreement(of used: [GivenOption], for command: CommandDescription) throws(UsageError) {
    guard !used.contains(where: { $0.option.name == "verbose" }) else {
      throw UsageError("-v, --verbose goes with --version", command: command.page)
    }
    func has(_ name: String) -> Bool { used.contains { $0.option.name == name } }
    for (option, others, reason) in Self.contradictions where has(option) {
      guard let other = others.first(where: has) else { continue }
      throw UsageError("--\(option) does not go with --\(other): \(reason)", command: command.page)
    }
    guard used.contains(where: { $0.option.name == "greedy" }),
      let temperature = used.last(where: { $0.option.name == "temperature" })?.argument,
      Double(temperature.text) != 0
    else { return }
    throw UsageError(
      "--greedy means a temperature of 0, but there is also \(temperature.option) \(temperature.text); "
        + "leave one of them out", command: command.page)
  }

  private func check(
    _ words: [String], wordsBeforeText: Int?, suit command: CommandDescription
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
      : command.words == .any
        ? "one text is expected, but '\(words[limit])' follows it; put the whole text in quotes"
        : "'\(command.name)' takes one \(command.words.noun), but '\(words[limit])' follows '\(words[limit - 1])'"
    throw UsageError(problem, command: command.page)
  }
}

/// What the words of a command line ask for.
struct ParsedArguments: Sendable {
  var command: CommandDescription
  /// The words that are no options, in order.
  var words: [String] = []
  /// In the order of the command line.
  var given: [GivenOption] = []
  /// What is asked for instead of the command's own work.
  var request: Option.Request?
}
