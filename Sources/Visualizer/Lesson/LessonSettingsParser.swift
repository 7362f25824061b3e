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
    if name == "order" {
      guard let order = ChainOrder(rawValue: value) else { return false }
      settings.order = order
      return true
    }
    return KnobDescription.all.first { $0.optionName == name }?.set(value, in: &settings) ?? false
  }
}
