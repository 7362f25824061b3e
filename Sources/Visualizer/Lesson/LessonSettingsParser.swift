import LMCore

/// Reads what stands behind "settings:": a preset, knobs with numbers, or both, between commas.
enum LessonSettingsParser {
  static func parse(_ text: String) throws(LessonProblem) -> SamplingSettings {
    var settings = SamplingSettings()
    for (index, item) in text.split(separator: ",").enumerated() {
      let words = item.split(separator: " ").map(String.init)
      if words.count == 1, index == 0, let preset = try? SamplingPreset.named(words[0]) {
        settings = preset.settings
      } else {
        guard words.count == 2, set(words[0], to: words[1], in: &settings) else {
          throw .unknownSetting(words.joined(separator: " "))
        }
      }
    }
    do {
      _ = try SamplerChain(settings)
    } catch {
      throw .badSetting("\(error)")
    }
    return settings
  }

  private static func set(_ name: String, to value: String, in settings: inout SamplingSettings) -> Bool {
    switch name {
    case "temperature": set(\.temperature, to: value, in: &settings)
    case "top-k": set(\.topK, to: value, in: &settings)
    case "top-p": set(\.topP, to: value, in: &settings)
    case "min-p": set(\.minP, to: value, in: &settings)
    case "typical-p": set(\.typicalP, to: value, in: &settings)
    case "epsilon": set(\.epsilon, to: value, in: &settings)
    case "eta": set(\.eta, to: value, in: &settings)
    case "repetition-penalty": set(\.repetitionPenalty, to: value, in: &settings)
    case "no-repeat-ngram": set(\.noRepeatNgram, to: value, in: &settings)
    case "order": setOrder(value, in: &settings)
    default: false
    }
  }

  private static func setOrder(_ name: String, in settings: inout SamplingSettings) -> Bool {
    guard let order = SamplingSettings.Order(rawValue: name) else { return false }
    settings.order = order
    return true
  }

  private static func set<Value: LosslessStringConvertible>(
    _ knob: WritableKeyPath<SamplingSettings, Value>, to text: String, in settings: inout SamplingSettings
  ) -> Bool {
    guard let value = Value(text) else { return false }
    settings[keyPath: knob] = value
    return true
  }
}
