import LMCore

/// The list of strategies by name, and of prompts to try them on.
extension AppState {
  mutating func openPresets() {
    let current = presets.firstIndex { inChosenOrder($0) == settings[focus] }
    overlay = .presets(chosen: current ?? 0)
  }

  mutating func updatePresets(_ key: Key, chosen: Int) -> [AppEffect] {
    let count = presets.count + ExamplePrompt.all.count
    overlay = key.listEntry(from: chosen, of: count).map { .presets(chosen: $0) }
    return key == .enter ? applyPreset(chosen) : []
  }

  private mutating func applyPreset(_ index: Int) -> [AppEffect] {
    guard index < presets.count else {
      return startOver(with: .text(ExamplePrompt.all[index - presets.count].text))
    }
    return view(presets[index])
  }
}
