/// What the config file, the environment and the command line say, each over the one before it.
struct SettingLayers {
  /// Lowest first.
  let layers: [[NamedSetting]]

  /// The options that the file and the environment may set, each once.
  static func configurableOptions(of commands: [Command]) -> [Option] {
    var options: [Option] = []
    for option in commands.flatMap(\.options) where option.setting != nil {
      if !options.contains(where: { $0.name == option.name }) { options.append(option) }
    }
    return options
  }

  /// `GPT2_VIZ_TOP_K` for `top-k`.
  static func variable(for option: Option) -> String {
    "GPT2_VIZ_" + String(option.name.map { $0 == "-" ? "_" : $0 }).uppercased()
  }

  /// Reads file and environment. Throws `UsageError` for what is written wrong there, `InputError` for a file
  /// that cannot be read.
  init(given: [GivenOption], commands: [Command], surroundings: Surroundings) throws {
    let options = Self.configurableOptions(of: commands)
    var file: [NamedSetting] = []
    if let config = ConfigFile(surroundings), let text = try config.text() {
      file = try config.settings(in: text, options: options, home: surroundings.variable("HOME"))
    }
    let environment = options.compactMap { option in
      let name = Self.variable(for: option)
      return surroundings.variable(name).map {
        NamedSetting(
          option: option, value: OptionValue(option: name, text: $0), source: .environment(name))
      }
    }
    let commandLine = given.map {
      NamedSetting(option: $0.option, value: $0.value, source: .option($0.value.option))
    }
    layers = [file, environment, commandLine]
  }

  /// Everything applied, lowest first. `watch` is told of each setting after it took effect.
  func resolve(
    watch: (_ setting: NamedSetting, _ before: Options, _ after: Options) -> Void = { _, _, _ in }
  ) throws(UsageError) -> Options {
    var options = Options()
    for layer in layers {
      for setting in layer {
        let before = options
        switch setting.source {
        case .option, .program: try setting.option.apply(&options, setting.value)
        case .file, .environment:
          do throws(UsageError) {
            try setting.option.setting?.apply(&options, setting.value)
          } catch {
            throw UsageError(error.description, command: "config")
          }
        }
        watch(setting, before, options)
      }
      options.closeLayer()
    }
    return options
  }
}

/// A setting in force.
struct EffectiveSetting {
  let option: Option
  /// As the config file would say it; nil where nothing is set.
  let value: String?
  let source: SettingSource
  /// The option that brought the value along, where it was another one: a preset.
  let through: String?
}

extension SettingLayers {
  /// What is in force for each option, and who set it.
  func effectiveSettings(of options: [Option]) throws(UsageError) -> [EffectiveSetting] {
    var sources: [String: (source: SettingSource, through: String?)] = [:]
    let resolved = try resolve { setting, before, after in
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
