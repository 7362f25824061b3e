import Visualizer

/// gpt2-viz(1), made from the tables that the parser, the settings and the keys are read from.
struct ManualPage {
  let commands: [CommandDescription]
  /// The options of the visualizer, and those that several commands have with the same help; each name once.
  private let shared: [OptionGroup]

  init(commands: [CommandDescription]) {
    self.commands = commands
    shared = Self.shared(among: commands)
  }

  var source: String {
    var page = RoffText()
    page.macro(#".\" Made by 'gpt2-viz help --man'."#)
    page.macro(".TH GPT2\\-VIZ 1 \(programDate) \"gpt2\\-viz \(programVersion)\"")
    page.macro(RoffText.wholeWords)
    page.macro(".ad l")
    page.heading("NAME")
    page.macro("gpt2\\-viz \\- see how GPT\\-2 chooses its next word, one token at a time")
    writeSynopsis(to: &page)
    writeDescription(to: &page)
    writeCommands(to: &page)
    writeOptions(to: &page)
    writeKeys(to: &page)
    writeSettings(to: &page)
    writeEnds(to: &page)
    return page.source
  }

  private func writeSynopsis(to page: inout RoffText) {
    page.heading("SYNOPSIS")
    for (index, line) in commands.flatMap(\.synopsis).enumerated() {
      if index > 0 { page.macro(".br") }
      page.macro(Self.synopsis(line))
    }
  }

  /// Words that begin with a capital are placeholders.
  private static func synopsis(_ line: String) -> String {
    let words = line.split(separator: " ").map(String.init).map { word in
      if word == "[options]" { return "[\\fIoptions\\fR]" }
      let isName = word.first { $0.isLetter }?.isUppercase == true
      return isName ? RoffText.italic(word) : RoffText.bold(word)
    }
    return (["\\fBgpt2\\-viz\\fR"] + words).joined(separator: " ")
  }

  private func writeDescription(to page: inout RoffText) {
    page.heading("DESCRIPTION")
    page.paragraph(
      """
      A language model gives a probability for every token of its vocabulary; a decoding strategy turns that
      into one token. gpt2-viz runs GPT-2 in the terminal, one token a key press, and shows the whole decision:
      what the model believed, what temperature, top-k, top-p and their kin did to it, where the cut fell, and
      which random number was drawn. The other commands give the same numbers to scripts.
      """)
    page.paragraph(commands[0].details)
    page.paragraph(
      """
      A PROMPT or TEXT of - is read from standard input, -f FILE reads it from a file; nothing is trimmed. A text that
      is a command's name goes behind --: gpt2-viz -- next. Results are on standard output, messages on
      standard error.
      """)
  }

  private func writeCommands(to page: inout RoffText) {
    page.heading("COMMANDS")
    for command in commands.dropFirst() {
      page.subheading(command.name)
      page.macro(RoffText.escaped(command.summary.prefix(1).uppercased() + command.summary.dropFirst() + "."))
      if !command.details.isEmpty { page.paragraph(command.details) }
      let (own, shared) = split(command)
      for option in own { page.entry(Self.term(option), option.help + ".") }
      let general = OptionGroup.general.options
      let names = shared.filter { option in !general.contains { $0.name == option.name } }.map {
        "--" + $0.name
      }
      if !names.isEmpty { page.paragraph("Also, as below: " + names.joined(separator: ", ") + ".") }
      if !command.examples.isEmpty { page.example(command.examples) }
    }
  }

  /// A command's options that are its own, and those that OPTIONS describes.
  private func split(_ command: CommandDescription) -> (own: [Option], shared: [Option]) {
    let isShared = { (option: Option) in shared.contains { $0.options.contains { Self.same($0, option) } } }
    return (command.options.filter { !isShared($0) }, command.options.filter(isShared))
  }

  private static func shared(among commands: [CommandDescription]) -> [OptionGroup] {
    var groups: [(title: String, options: [Option])] = []
    for group in commands.flatMap(\.groups) {
      let at = groups.firstIndex { $0.title == group.title } ?? groups.count
      if at == groups.count { groups.append((group.title, [])) }
      for option in group.options {
        let isListed = groups.contains { $0.options.contains { $0.name == option.name } }
        let users = commands.filter { $0.options.contains { same($0, option) } }
        if !isListed, users.count > 1 || users.first?.name == "" { groups[at].options.append(option) }
      }
    }
    return groups.filter { !$0.options.isEmpty }.map { OptionGroup(title: $0.title, options: $0.options) }
  }

  private static func same(_ one: Option, _ other: Option) -> Bool {
    one.usage == other.usage && one.help == other.help
  }

  private func writeOptions(to page: inout RoffText) {
    page.heading("OPTIONS")
    for group in shared {
      let title = group.title.split(separator: ";", maxSplits: 1)
      page.subheading(String(title[0]))
      if title.count > 1 { page.macro(RoffText.escaped(Self.sentence(title[1].drop { $0 == " " }))) }
      for option in group.options { page.entry(Self.term(option), option.help + ".") }
    }
  }

  private static func term(_ option: Option) -> String {
    let names = (option.letter.map { ["-\($0)"] } ?? []) + ["--" + option.name]
    return names.map(RoffText.bold).joined(separator: ", ")
      + (option.placeholder.map { " " + RoffText.italic($0) } ?? "")
  }

  private static func sentence(_ text: some StringProtocol) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  private func writeKeys(to page: inout RoffText) {
    page.heading("KEYS")
    var group = ""
    for key in KeyDescription.all {
      if key.group != group { page.subheading(key.group) }
      group = key.group
      page.entry(RoffText.bold(key.keys), Self.sentence(key.what))
    }
  }

  private func writeSettings(to page: inout RoffText) {
    page.heading("CONFIGURATION")
    page.paragraph(
      """
      Defaults of your own stand in $XDG_CONFIG_HOME/gpt2-viz/config, or ~/.config/gpt2-viz/config where that is not
      set: one a line, name = value, named as the long options without their dashes. Flags are true or false.
      A # at the beginning of a line or behind a blank begins a comment. The same names in capitals, with _ for -
      and GPT2_VIZ_ before them, are variables of the environment. An option beats a variable, a variable beats the
      file, the file beats the program. What is wrong in the file is said with its line, and ends the program with
      code 2.
      """)
    page.example(["# my defaults", "model = ~/models/gpt2", "preset = nucleus", "ascii = true"])
    let names = SettingLayers.configurableOptions(of: commands).map(\.name)
    page.paragraph("The names are " + names.dropLast().joined(separator: ", ") + " and \(names.last ?? "").")
    page.heading("ENVIRONMENT")
    page.entry(
      RoffText.bold("GPT2_VIZ_MODEL, GPT2_VIZ_TOP_K, ..."), "The settings of CONFIGURATION, one each.")
    for variable in EnvironmentVariable.all { page.entry(RoffText.bold(variable.name), variable.what) }
    page.heading("FILES")
    page.entry(RoffText.bold("~/.config/gpt2-viz/config"), "Defaults of your own; see CONFIGURATION.")
    page.entry(
      RoffText.bold("~/.local/state/gpt2-viz"), "Running sessions, and those that broke off.")
    page.entry(
      RoffText.bold("~/.cache/huggingface/hub"), "Downloaded models, shared with transformers.")
  }

  private func writeEnds(to page: inout RoffText) {
    page.heading("EXIT STATUS")
    page.entry(RoffText.bold("0"), "Success.")
    page.entry(RoffText.bold("1"), "The operation failed: a file, a model, the network.")
    page.entry(RoffText.bold("2"), "Usage error: the command line, a variable or the config file.")
    page.entry(
      RoffText.bold("128 + n"),
      "Ended by signal n. A reader that closes the pipe early (141) is no failure and is met with silence.")
    page.heading("SEE ALSO")
    page.macro("The Curious Case of Neural Text Degeneration, arXiv 1904.09751.")
  }
}
