/// A command: its description, and what it does.
struct Command: Sendable {
  let description: CommandDescription
  /// Throws `UsageError` for wrong words, any other error for an operation that failed.
  let run: @Sendable (CommandCall, Surroundings) throws -> Void

  init<Options: CommandOptions>(
    _ description: CommandDescription, run: @escaping @Sendable (Options, Surroundings) throws -> Void
  ) {
    self.description = description
    self.run = { call, surroundings in try run(Options(call), surroundings) }
  }
}

/// The options of one command: the groups it takes, and its words.
protocol CommandOptions: Sendable {
  init(_ call: CommandCall)
}

/// What a command is called with.
struct CommandCall: Sendable {
  /// The words that are no options, in order.
  let words: [String]
  /// Who set which value; for `config`.
  let layers: SettingLayers
  let values: OptionStore

  init(words: [String], layers: SettingLayers) {
    (self.words, self.layers) = (words, layers)
    var values = layers.values
    let ofServers = OptionGroup.server.options.map(\.name)
    values[ModelOptions.self].givenForServer = layers.givenOption(named: ofServers)
    values[ModelOptions.self].givenForLocal = layers.givenOption(named: OptionGroup.localOptionNames)
    self.values = values
  }

  subscript<Values: OptionValues>(type: Values.Type) -> Values { values[type] }
}

extension Command {
  /// All commands, in the order of the overview. The first one needs no name.
  static let all: [Command] = [
    visualizer, lesson, generate, beam, next, tokenize, logits, filter, score, study, replay, report, models,
    download, serveCheck, bench, config, help,
  ]

  static let descriptions = all.map(\.description)
}
