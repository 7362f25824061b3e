import LMCore

struct ConfigOptions: CommandOptions {
  let layers: SettingLayers
  let output: OutputOptions

  init(_ call: CommandCall) { (layers, output) = (call.layers, call[OutputOptions.self]) }
}

extension Command {
  static let config = Command(
    CommandDescription(
      "config", "the settings in force, and where each comes from", synopsis: ["config [options]"],
      details: """
        Defaults of your own stand in $XDG_CONFIG_HOME/gpt2-viz/config (~/.config/gpt2-viz/config), one a
        line: name = value, named as the long options without their dashes; flags are true or false; what
        follows a # at the beginning or behind a blank is a comment. Each is also a variable of the environment:
        top-k is GPT2_VIZ_TOP_K. An option beats a variable, a variable the file. GPT2_VIZ_CONFIG names
        another file; /dev/null is none. With options, the table shows what they would change.
        """,
      groups: [.model, .sampler, .seed, .screen, .output([.table, .json])],
      examples: ["gpt2-viz config", "GPT2_VIZ_PRESET=nucleus gpt2-viz config -t 0.8 --format json"],
      wordLimit: 0
    )
  ) { (options: ConfigOptions, surroundings) in
    let settings = options.layers.effectiveSettings(
      of: SettingLayers.configurableOptions(of: Command.descriptions))
    let file = ConfigFile(surroundings)
    let isThere = try file?.text() != nil
    if options.output.format == .json {
      let answer: JSON = [
        "file": JSON(file?.path), "file_exists": JSON(isThere), "settings": .array(settings.map(\.json)),
      ]
      try surroundings.output.writeLine(answer.description)
    } else {
      let place = file.map { withoutControls($0.path) + (isThere ? "" : " (not there)") }
      try surroundings.output.write("config file: \(place ?? "none, as HOME is not set")\n\n")
      try surroundings.output.write(table(settings))
    }
  }
}

extension EffectiveSetting {
  var json: JSON {
    [
      "name": JSON(option.name), "value": jsonValue, "source": JSON(source.kind),
      "place": JSON(source.place), "through": JSON(through),
    ]
  }

  private var jsonValue: JSON {
    guard let value else { return .null }
    if !option.takesValue { return JSON(value == "true") }
    let isNumber = option.placeholder == "N" || option.placeholder == "X"
    // An infinite temperature is written as text: JSON has no such number.
    return isNumber && Double(value)?.isFinite == true ? .number(value) : JSON(value)
  }

  /// "preset, /home/me/.config/gpt2-viz/config:3"
  fileprivate var origin: String {
    let place = source.place ?? source.kind
    // The place is the option's name already.
    if case .option = source { return place }
    return through.map { "\($0), \(place)" } ?? place
  }
}

private func table(_ settings: [EffectiveSetting]) -> String {
  var table = TextTable(columns: [.left("setting"), .left("value"), .left("from")])
  for setting in settings {
    let value = setting.value ?? "(\(setting.option.setting?.unset ?? ""))"
    table.append([
      setting.option.name, withoutControls(value, except: []), withoutControls(setting.origin, except: []),
    ])
  }
  return table.text
}
