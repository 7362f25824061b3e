import LMCore
import Presentation

/// Keys while an overlay is open.
extension AppState {
  mutating func updateOverlay(_ key: Key, on target: ScreenTarget?) -> [AppEffect] {
    let effects = updateOpenOverlay(key, on: target)
    if overlay == nil { (overlay, windowBehind) = (windowBehind, nil) }
    return effects
  }

  private mutating func updateOpenOverlay(_ key: Key, on target: ScreenTarget?) -> [AppEffect] {
    switch overlay {
    case .help(let scroll): updateHelp(key, scroll: scroll)
    case .legend(let number): updateLegend(key, number: number)
    case .prompt(let editor): return updatePrompt(key, editor)
    case .seed(let field): return updateField(key, field, AppState.Overlay.seed) { $0.setSeed($1) }
    case .humanText(let field):
      return updateField(key, field, AppState.Overlay.humanText) { $0.follow($1) }
    case .trace(let field, let isTaken):
      return updateField(key, field, { .trace($0, isTaken: isTaken) }) { $0.writeTrace(to: $1) }
    case .search(let line): return updateSearch(key, line)
    case .branches(let browser): return updateBranches(key, browser)
    case .presets(let chosen): return updatePresets(key, chosen: chosen)
    case .kept(let list): return updateKept(key, list)
    case .history(let window): return updateHistory(key, window, on: target)
    case .beams(let window): return updateBeams(key, window)
    case .contrastive(let window): return updateContrastive(key, window)
    case .offer(let offer): return updateOffer(key, offer, on: target)
    case nil: break
    }
    return []
  }

  private mutating func updateHelp(_ key: Key, scroll: Int) {
    let page = max(size.rows - 4, 1)
    // `take` clamps it to the end that the picture measures.
    switch key {
    case .down, .character("j"), .mouse(.wheelDown, _): overlay = .help(scroll: scroll + 1)
    case .up, .character("k"), .mouse(.wheelUp, _): overlay = .help(scroll: max(scroll - 1, 0))
    case .pageDown, .character(" "): overlay = .help(scroll: scroll + page)
    case .pageUp: overlay = .help(scroll: max(scroll - page, 0))
    case .tab where windowBehind == nil: overlay = .legend(number: 0)
    default: overlay = nil
    }
  }

  private mutating func updateField(
    _ key: Key, _ field: TextInput, _ wrap: (TextInput) -> Overlay,
    submit: (inout AppState, String) -> [AppEffect]
  ) -> [AppEffect] {
    switch key {
    case .escape:
      overlay = nil
      return []
    case .enter:
      overlay = nil
      return submit(&self, field.text)
    default:
      var field = field
      _ = field.handle(key)
      overlay = wrap(field)
      return []
    }
  }

  private mutating func follow(_ text: String) -> [AppEffect] {
    prompt = .human(text)
    play.isRunning = false
    return ask(.start(prompt: prompt, settings: settings, seed: seed))
  }

  private mutating func setSeed(_ text: String) -> [AppEffect] {
    let largest = settings.map(\.seedLike.largestSeed).min() ?? .max
    guard let seed = UInt64(text), seed <= largest else {
      // The text stays in the field, so that it can be corrected.
      overlay = .seed(TextInput(text, isSelected: true))
      let shown = PrintableToken.line(text, glyphs: appearance.glyphs)
      message = "a seed is a whole number from 0 to \(largest), not '\(shown)'"
      return []
    }
    self.seed = seed
    return ask(.setSeed(seed))
  }
}
