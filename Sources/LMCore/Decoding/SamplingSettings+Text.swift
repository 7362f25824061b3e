extension SamplingSettings {
  /// Reads settings as a person writes them: the name of a preset, settings with their values, or a preset and then
  /// settings, separated by commas: `nucleus, min-p 0.05`. `known-only` among them stands alone.
  ///
  /// - Parameters:
  ///   - order: the order of the steps where the text names none.
  ///   - own: presets besides those that exist.
  /// - Throws: `.unknownSetting` with the part that is neither, or the error of a value outside its range.
  public init(described text: String, order: ChainOrder = .huggingFace, own: [SamplingPreset] = [])
    throws(SamplingError)
  {
    self.init()
    for (index, item) in text.split(separator: ",").enumerated() {
      let words = item.split(separator: " ").map(String.init)
      if words.count == 1, index == 0, let preset = try? SamplingPreset.named(words[0], own: own) {
        self = preset.settings(in: order)
        continue
      }
      if index == 0 { self.order = order }
      // A stage without a number.
      if words == ["known-only"] {
        knownOnly = true
        continue
      }
      guard words.count == 2, set(words[0], to: words[1]) else {
        throw .unknownSetting(words.joined(separator: " "))
      }
    }
    _ = try SamplerChain(self)
  }

  private mutating func set(_ name: String, to value: String) -> Bool {
    if name == "seed-like" {
      guard let rule = SeedRule(rawValue: value) else { return false }
      seedLike = rule
      return true
    }
    if name == "order" {
      guard let order = ChainOrder(rawValue: value) else { return false }
      self.order = order
      return true
    }
    return KnobDescription.all.first { $0.optionName == name }?.set(value, in: &self) ?? false
  }
}
