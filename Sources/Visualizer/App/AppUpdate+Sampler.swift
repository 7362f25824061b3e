import LMCore
import Presentation

extension AppState {
  mutating func turnKnob(_ action: Action) -> [AppEffect] {
    guard settings.indices.contains(focus) else { return [] }
    var turned = settings[focus]
    func turnStep(_ step: StepName, up: Bool) {
      step.knobs.first?.turn(&turned, up: up, limit: card?.vocabularySize ?? .max)
    }
    switch action {
    case .chainOrder: turned.order = turned.order.next
    case .cooler: turnStep(.temperature, up: false)
    case .hotter: turnStep(.temperature, up: true)
    case .topKDown: turnStep(.topK, up: false)
    case .topKUp: turnStep(.topK, up: true)
    case .topPDown: turnStep(.topP, up: false)
    case .topPUp: turnStep(.topP, up: true)
    case .greedy: return view(.greedy, action)
    case .pureSampling: return view(.pure, action)
    case .nucleus: return view(.nucleus95, action)
    case .ownChain: return takeOwnChain()
    default: return []
    }
    explained = KnobExplanation(action, settings: turned)
    if turned.isGreedy { message = "greedy decoding looks at no filter; T or n leaves it" }
    return turn(to: turned)
  }

  /// Gives the focused lane these settings, as the user's own.
  mutating func turn(to turned: SamplingSettings) -> [AppEffect] {
    guard settings.indices.contains(focus), turned != settings[focus] else { return [] }
    chains[focus].turn(to: turned, from: settings[focus])
    return set(turned)
  }

  /// Shows the focused lane with a strategy by name; the same one again brings the user's own settings back.
  mutating func view(_ preset: SamplingPreset, _ action: Action? = nil) -> [AppEffect] {
    guard settings.indices.contains(focus) else { return [] }
    let shown = inChosenOrder(preset)
    // At an earlier step the key sets what it names, whatever was chosen since.
    if showsEarlierSettings(lane: focus), chains[focus].current == shown { return set(shown) }
    chains[focus].view(shown)
    let chosen = chains[focus].current
    if chosen != shown {
      notice = "your own settings again: \(name(of: chosen))"
    } else if let action {
      explained = KnobExplanation(action, settings: chosen)
    }
    return set(chosen)
  }

  /// Takes the settings that the user chose last to this step; where they are in use, goes back to the user's own.
  private mutating func takeOwnChain() -> [AppEffect] {
    guard settings.indices.contains(focus) else { return [] }
    if !showsEarlierSettings(lane: focus) {
      let before = chains[focus].current
      chains[focus].back()
      // The next change in the chain panel keeps these again.
      chain?.changedLanes.remove(focus)
      guard chains[focus].current != before else {
        notice = "these are your own settings already"
        return []
      }
    }
    let chosen = chains[focus].current
    notice = "your own settings: \(name(of: chosen))"
    return set(chosen)
  }

  private mutating func set(_ chosen: SamplingSettings) -> [AppEffect] {
    guard chosen != settings[focus] else { return [] }
    settings[focus] = chosen
    return ask(.setSettings(chosen, lane: focus))
  }

  private func name(of settings: SamplingSettings) -> String {
    ChainDescription(settings, glyphs: appearance.glyphs).brief
  }

  /// A preset in the order of the chain that the user chose, and among a server's tokens alone where the user chose that.
  func inChosenOrder(_ preset: SamplingPreset) -> SamplingSettings {
    let chosen = settings[focus]
    return preset.settings(in: chosen.order, seedLike: chosen.seedLike, knownOnly: chosen.knownOnly)
  }
}
