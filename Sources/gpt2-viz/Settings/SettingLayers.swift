import LMCore
import Presentation

/// What the config file, the environment and the command line say, each over the one before it.
struct SettingLayers {
  /// Lowest first.
  private let layers: [[NamedSetting]]

  /// The command line alone.
  init(given: [GivenOption]) { layers = [Self.commandLine(given)] }

  /// Reads file and environment. Throws `UsageError` for a wrong line or value there, `InputError` for a file that
  /// cannot be read.
  init(given: [GivenOption], commands: [CommandDescription], surroundings: Surroundings) throws {
    let options = Self.options(of: commands)
    var file: [NamedSetting] = []
    if let config = ConfigFile(surroundings), let text = try config.text() {
      file = try config.settings(in: text, options: options, home: surroundings.variable("HOME"))
    }
    var environment: [NamedSetting] = []
    for option in options {
      let name = Self.variable(for: option)
      guard let setting = option.setting, let text = surroundings.variable(name) else { continue }
      environment.append(
        NamedSetting(
          option: option, change: try setting.change(for: OptionArgument(option: name, text: text)),
          source: .environment(name)))
    }
    layers = [file, environment, Self.commandLine(given)]
  }

  private static func commandLine(_ given: [GivenOption]) -> [NamedSetting] {
    given.map { NamedSetting(option: $0.option, change: $0.change, source: .option($0.argument.option)) }
  }

  /// The options of all commands, each once. Where several commands have one of a name, one of them can stand for all.
  private static func options(of commands: [CommandDescription]) -> [Option] {
    var names: Set<String> = []
    return commands.flatMap(\.options).filter { names.insert($0.name).inserted }
  }

  /// The options that the file and the environment may set, each once.
  static func configurableOptions(of commands: [CommandDescription]) -> [Option] {
    options(of: commands).filter { $0.setting != nil }
  }

  /// `GPT2_VIZ_TOP_K` for `top-k`.
  private static func variable(for option: Option) -> String { variable(named: option.name) }

  private static func variable(named option: String) -> String {
    prefix + String(option.map { $0 == "-" ? "_" : $0 }).uppercased()
  }

  private static let prefix = "GPT2_VIZ_"

  /// Variables of the environment that are named like settings but are none, each with what may be meant. They are set
  /// elsewhere, maybe for another version: so they are told, and do not end the program as a wrong line of the file does.
  ///
  /// - Parameter others: variables of this prefix that are no settings.
  static func unknownVariables(
    in surroundings: Surroundings, commands: [CommandDescription], others: [String]
  ) -> [String] {
    let set = surroundings.environment.keys.filter {
      $0.hasPrefix(prefix) && surroundings.variable($0) != nil
    }
    guard !set.isEmpty else { return [] }
    let options = options(of: commands)
    let known = configurableOptions(of: commands).map(variable) + others
    return set.sorted().filter { !known.contains($0) }.map { name in
      let shown = ForeignText.line(name)
      if let option = options.first(where: { variable(for: $0) == name }) {
        return "\(shown) means nothing: --\(option.name) is for the command line alone"
      }
      // Without the prefix, whose letters would make every name alike.
      let word = String(name.dropFirst(prefix.count))
      let nearest = nearestWord(to: word, among: known.map { String($0.dropFirst(prefix.count)) })
      let hint = ForeignOption.hint(for: word.lowercased(), spelling: variable(named:))
      return "\(shown) means nothing" + (hint ?? nearest.map { "; did you mean \(prefix)\($0)?" } ?? "")
    }
  }

  /// The first of these options that stands on the command line, as it was spelled there.
  func givenOption(named names: [String]) -> String? {
    layers.last?.first { names.contains($0.option.name) }?.source.place
  }

  /// The values in force.
  var values: OptionStore { values { _, _, _ in } }

  /// The values in force. `watch` is told of each setting after it took effect.
  private func values(
    watch: (_ setting: NamedSetting, _ before: OptionStore, _ after: OptionStore) -> Void
  ) -> OptionStore {
    var values = OptionStore()
    for layer in layers {
      for setting in layer {
        let before = values
        setting.change(&values)
        watch(setting, before, values)
      }
      values.closeLayer()
    }
    return values
  }
}

extension Setting {
  /// Throws `UsageError`, whose hint names the help page about the config file and the environment.
  func change(for argument: OptionArgument) throws(UsageError) -> OptionChange {
    do throws(UsageError) {
      return try read(argument)
    } catch {
      throw UsageError(error.description, command: "config")
    }
  }
}

/// A setting in force.
struct EffectiveSetting {
  let option: Option
  /// As the config file would have it; nil where nothing is set.
  let value: String?
  let source: SettingSource
  /// The option that brought the value along, where it was another one: a preset.
  let through: String?
}

extension SettingLayers {
  /// What is in force for each option, and who set it.
  func effectiveSettings(of options: [Option]) -> [EffectiveSetting] {
    var sources: [String: (source: SettingSource, through: String?)] = [:]
    let resolved = values { setting, before, after in
      for option in options {
        let isNamed = option.name == setting.option.name
        guard isNamed || option.setting?.value(before) != option.setting?.value(after) else { continue }
        sources[option.name] = (setting.source, isNamed ? nil : setting.option.name)
      }
    }
    return options.map { option in
      let origin = sources[option.name]
      return EffectiveSetting(
        option: option, value: option.setting?.value(resolved), source: origin?.source ?? .program,
        through: origin?.through)
    }
  }
}
