import LMCore

/// The list of strategies by name, and of prompts to try them on.
extension AppState {
  mutating func openPresets() {
    let current = SamplingPreset.all.firstIndex { inChosenOrder($0) == settings[focus] }
    overlay = .presets(chosen: current ?? 0)
  }

  mutating func updatePresets(_ key: Key, chosen: Int) -> [AppEffect] {
    let count = SamplingPreset.all.count + ExamplePrompt.all.count
    switch key {
    case .down, .character("j"), .mouse(.wheelDown, _): overlay = .presets(chosen: min(chosen + 1, count - 1))
    case .up, .character("k"), .mouse(.wheelUp, _): overlay = .presets(chosen: max(chosen - 1, 0))
    case .home, .pageUp: overlay = .presets(chosen: 0)
    case .end, .pageDown: overlay = .presets(chosen: count - 1)
    case .enter:
      overlay = nil
      return applyPreset(chosen)
    default: overlay = nil
    }
    return []
  }

  private mutating func applyPreset(_ index: Int) -> [AppEffect] {
    guard index < SamplingPreset.all.count else {
      return startOver(with: ExamplePrompt.all[index - SamplingPreset.all.count].text)
    }
    return view(SamplingPreset.all[index])
  }
}
