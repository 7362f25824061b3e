import LMCore

extension AppState {
  mutating func turnKnob(_ action: Action) -> [AppEffect] {
    guard settings.indices.contains(focus) else { return [] }
    var turned = settings[focus]
    let vocabularySize = card?.vocabularySize ?? .max
    switch action {
    case .greedy: turned = inChosenOrder(.greedy)
    case .pureSampling: turned = inChosenOrder(.pure)
    case .nucleus: turned = inChosenOrder(.nucleus95)
    case .chainOrder: turned.order = turned.order == .huggingFace ? .llamaCpp : .huggingFace
    case .cooler: turned.temperature = Knob.temperature(turned.temperature, up: false)
    case .hotter: turned.temperature = Knob.temperature(turned.temperature, up: true)
    case .topKDown: turned.topK = Knob.topK(turned.topK, up: false, vocabularySize: vocabularySize)
    case .topKUp: turned.topK = Knob.topK(turned.topK, up: true, vocabularySize: vocabularySize)
    case .topPDown: turned.topP = Knob.topP(turned.topP, up: false)
    case .topPUp: turned.topP = Knob.topP(turned.topP, up: true)
    default: return []
    }
    explained = KnobExplanation(action, settings: turned)
    if turned.isGreedy, action != .greedy {
      message = "greedy decoding looks at no filter; T or n leaves it"
    }
    return turn(to: turned)
  }

  /// Gives the focused lane these settings.
  mutating func turn(to turned: SamplingSettings) -> [AppEffect] {
    guard settings.indices.contains(focus), turned != settings[focus] else { return [] }
    settings[focus] = turned
    return ask(.setSettings(turned, lane: focus))
  }

  /// A preset in the order of the chain that the user chose.
  func inChosenOrder(_ preset: SamplingPreset) -> SamplingSettings {
    var settings = preset.settings
    settings.order = self.settings[focus].order
    return settings
  }
}
