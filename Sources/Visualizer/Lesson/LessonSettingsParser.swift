import LMCore

/// Reads what stands behind "settings:": a preset, knobs with numbers, or both, between commas.
enum LessonSettingsParser {
  static func parse(_ text: String) throws(LessonProblem) -> SamplingSettings {
    do throws(SamplingError) {
      return try SamplingSettings(described: text)
    } catch {
      if case .unknownSetting(let part) = error { throw .unknownSetting(part) }
      throw .badSetting("\(error)")
    }
  }
}
