/// One option: a row of the table that the parser reads and that help, manual page and completions are made of.
struct Option: Sendable {
  let name: String
  /// Names of other systems that are read as well, and shown nowhere.
  private(set) var otherNames: [String] = []
  let letter: Character?
  /// The name of the argument in help texts; nil for a flag.
  let placeholder: String?
  let help: String
  /// What a shell can offer for the argument.
  let values: ValueKind
  /// How the config file and the environment set it; nil where they cannot.
  let setting: Setting?
  /// What it asks for instead of the command's own work.
  let request: Request?
  /// Reads the argument given with it. The change that comes of it is applied when all layers are known.
  let read: @Sendable (OptionArgument) throws(UsageError) -> OptionChange

  enum Request: Sendable { case help, version }

  /// An option with an argument, from which `read` makes a change to `Values`.
  ///
  /// - Parameters:
  ///   - shown: makes the option a setting of the config file and the environment; its value as the file would have it.
  ///   - unset: what `config` shows where `shown` returns nil.
  init<Values: OptionValues>(
    _ name: String, _ letter: Character?, _ placeholder: String, _ help: String,
    offering values: ValueKind = .any, shown: (@Sendable (Values) -> String?)? = nil, unset: String = "",
    change: @escaping @Sendable (OptionArgument) throws(UsageError) -> @Sendable (inout Values) -> Void
  ) {
    (self.name, self.letter, self.placeholder, self.help) = (name, letter, placeholder, help)
    (self.values, request) = (values, nil)
    let read: @Sendable (OptionArgument) throws(UsageError) -> OptionChange = {
      argument throws(UsageError) in
      let change = try change(argument)
      return { change(&$0[Values.self]) }
    }
    self.read = read
    setting = shown.map { shown in Setting(unset: unset, value: { shown($0[Values.self]) }, read: read) }
  }

  /// An option whose argument becomes the value of one property.
  init<Values: OptionValues, Value: Sendable>(
    _ name: String, _ letter: Character?, _ placeholder: String, _ help: String,
    _ property: WritableKeyPath<Values, Value> & Sendable, offering values: ValueKind = .any,
    shown: (@Sendable (Values) -> String?)? = nil, unset: String = "",
    read: @escaping @Sendable (OptionArgument) throws(UsageError) -> Value
  ) {
    self.init(name, letter, placeholder, help, offering: values, shown: shown, unset: unset) {
      argument throws(UsageError) in
      let value = try read(argument)
      return { (options: inout Values) in options[keyPath: property] = value }
    }
  }

  /// A flag that sets `property` to `value`. In the config file and the environment, where it `isSetting`, it is
  /// true or false.
  init<Values: OptionValues>(
    flag name: String, letter: Character? = nil, _ help: String,
    _ property: WritableKeyPath<Values, Bool> & Sendable, to value: Bool = true, isSetting: Bool = false
  ) {
    self.init(flag: name, letter: letter, help) { (options: inout Values) in
      options[keyPath: property] = value
    } setting: {
      guard isSetting else { return nil }
      return Setting(
        unset: "", value: { $0[Values.self][keyPath: property] == value ? "true" : "false" },
        read: { argument throws(UsageError) in
          let isOn = try argument.flag()
          return { $0[Values.self][keyPath: property] = isOn == value }
        })
    }
  }

  /// A flag of the command line alone.
  init<Values: OptionValues>(
    flag name: String, letter: Character? = nil, _ help: String,
    change: @escaping @Sendable (inout Values) -> Void, setting: () -> Setting? = { nil }
  ) {
    (self.name, self.letter, placeholder, self.help) = (name, letter, nil, help)
    (values, self.setting, request) = (.any, setting(), nil)
    read = { _ throws(UsageError) in { change(&$0[Values.self]) } }
  }

  /// A flag that asks for something else than the command's own work.
  init(flag name: String, letter: Character, _ help: String, request: Request) {
    (self.name, self.letter, placeholder, self.help) = (name, letter, nil, help)
    (values, setting, self.request) = (.any, nil, request)
    read = { _ throws(UsageError) in { _ in } }
  }

  /// The same option, read under other names too.
  func alsoNamed(_ names: [String]) -> Option {
    var option = self
    option.otherNames = names
    return option
  }

  var takesValue: Bool { placeholder != nil }

  /// `-k`, `--top-k`
  var spellings: [String] { (letter.map { ["-\($0)"] } ?? []) + ["--" + name] }

  /// As the help page shows it: `-k, --top-k N`.
  var usage: String {
    (letter.map { "-\($0), " } ?? "    ") + "--" + name + (placeholder.map { " " + $0 } ?? "")
  }
}

/// What a shell can complete.
enum ValueKind: Equatable, Sendable {
  case any
  case file
  case folder
  /// The name of a model or a folder.
  case model
  /// The name of a command.
  case commands
  case words([String])

  /// What a sentence calls such a word.
  var noun: String {
    switch self {
    case .any: "text"
    case .file: "file"
    case .folder: "folder"
    case .model: "model"
    case .commands: "command"
    case .words: "name"
    }
  }
}

/// How the config file and the environment set an option.
struct Setting: Sendable {
  /// What `config` shows where nothing is set.
  let unset: String
  let value: @Sendable (OptionStore) -> String?
  let read: @Sendable (OptionArgument) throws(UsageError) -> OptionChange
}
