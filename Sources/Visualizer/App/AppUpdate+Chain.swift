import LMCore
import Presentation

/// The chain panel, and the bars between the steps of the chain.
extension AppState {
  mutating func toggleChainPanel() {
    guard chain == nil, settings.indices.contains(focus) else {
      chain = nil
      return
    }
    chain = ChainPanel(chosen: "")
    // A row that the panel would push off the screen must not be what Enter appends.
    table.chosenRank = nil
    chooseBindingStage()
  }

  /// Chooses the row of the stage that makes the cut, else the first one.
  mutating func chooseBindingStage() {
    guard chain != nil else { return }
    let rows = chainRows
    let binding = focusedLane?.decision?.distribution.bindingFilter
    chain?.chosen = (rows.first { $0.step == binding && $0.state == .on } ?? rows.first)?.knob.name ?? ""
  }

  /// The rows of the panel, of the focused lane.
  var chainRows: [ChainRow] {
    guard let chain, settings.indices.contains(focus) else { return [] }
    return ChainRow.all(of: settings[focus], chosen: chain.chosen, isServed: card?.source == .server)
  }

  /// The chosen row; the first one where the chosen setting is not among them.
  var chosenChainRow: Int {
    chainRows.firstIndex { $0.knob.name == chain?.chosen } ?? 0
  }

  /// Handles a key of the panel. Returns nil for a key that keeps its usual meaning.
  mutating func updateChain(_ key: Key, on target: ScreenTarget?) -> [AppEffect]? {
    guard chain != nil else { return nil }
    if let field = chain?.typed { return type(key, in: field) }
    switch key {
    case .up, .down, .character("k"), .character("j"), .home, .end:
      choose(key.listEntry(from: chosenChainRow, of: chainRows.count) ?? 0)
    case .character(" ") where play.isRunning: play.isRunning = false
    case .character(" "): return changeChain { $0.toggle(at: $0.chosenChainRow) }
    case .left, .character("h"): return changeChain { $0.turned(at: $0.chosenChainRow, up: false) }
    case .right, .character("l"): return changeChain { $0.turned(at: $0.chosenChainRow, up: true) }
    case .character("J"): return changeChain { $0.moved(later: true) }
    case .character("K"): return changeChain { $0.moved(later: false) }
    case .character("y"): return copyChain()
    case .character(let digit) where "0123456789.-".unicodeScalars.contains(digit):
      return changeChain { state in
        state.chain?.typed = TextInput(String(digit))
        return nil
      }
    case .escape: chain = nil
    case .mouse(let action, _):
      guard case .chainRow(let row, let isMark) = target, chainRows.indices.contains(row) else { return nil }
      return updateChain(action, row, isMark: isMark)
    default: return nil
    }
    return []
  }

  private mutating func updateChain(_ action: MouseAction, _ row: Int, isMark: Bool) -> [AppEffect] {
    choose(row)
    switch action {
    case .press: return isMark ? changeChain { $0.toggle(at: row) } : []
    case .wheelUp: return changeChain { $0.turned(at: row, up: true) }
    case .wheelDown: return changeChain { $0.turned(at: row, up: false) }
    case .release: return []
    }
  }

  private mutating func choose(_ row: Int) {
    let rows = chainRows
    if rows.indices.contains(row) { chain?.chosen = rows[row].knob.name }
  }

  // MARK: Changes

  /// Gives the lane the settings that `change` makes; nil for no change. The first change keeps the user's own settings from
  /// before, to which u goes back.
  private mutating func changeChain(
    _ change: (inout AppState) -> SamplingSettings?
  ) -> [AppEffect] {
    guard abilities.contains(.sampler) else {
      message = LaneAbility.sampler.refusal
      return []
    }
    guard let turned = change(&self), settings.indices.contains(focus), turned != settings[focus] else {
      return []
    }
    do throws(SamplingError) {
      try turned.validate()
    } catch {
      message = "\(error)"
      return []
    }
    if chain?.changedLanes.insert(focus).inserted == true { chains[focus].keepOwn() }
    return turn(to: turned)
  }

  private mutating func toggle(at row: Int) -> SamplingSettings {
    let (step, now) = (chainRows[row].step, settings[focus])
    var turned = now
    if step.isOn(now) {
      chain?.switchedOff[step] = now
      step.switchOff(&turned)
    } else {
      step.switchOn(&turned, as: chain?.switchedOff[step])
    }
    chain?.chosen = step.knobs.first?.name ?? ""
    return turned
  }

  private func turned(at row: Int, up: Bool) -> SamplingSettings {
    var turned = settings[focus]
    chainRows[row].knob.turn(&turned, up: up, limit: card?.vocabularySize ?? .max)
    return turned
  }

  private mutating func moved(later: Bool) -> SamplingSettings? {
    let step = chainRows[chosenChainRow].step
    let moved = settings[focus].moving(step, later: later)
    if moved == settings[focus] {
      notice =
        step == .known
        ? "\(step.title) is the last stage in any order"
        : step.isOn(moved)
          ? "\(step.title) is the \(later ? "last" : "first") stage already"
          : "\(step.title) is off; Space switches it on"
    }
    return moved
  }

  /// Gives the other lane of a comparison the same settings.
  private mutating func copyChain() -> [AppEffect] {
    guard isComparing else {
      message = "y copies these settings to the other lane of a comparison; c opens one"
      return []
    }
    guard abilities.contains(.sampler) else {
      message = LaneAbility.sampler.refusal
      return []
    }
    let (copied, from) = (settings[focus], focus)
    focus = 1 - from
    defer { focus = from }
    if chain?.changedLanes.insert(focus).inserted == true { chains[focus].keepOwn() }
    notice = "lane \(LaneName.of(1 - from)) has these settings too"
    return turn(to: copied)
  }

  private mutating func type(_ key: Key, in field: TextInput) -> [AppEffect] {
    switch key {
    case .escape: chain?.typed = nil
    case .enter, .up, .down, .tab:
      let row = chosenChainRow
      var turned = settings[focus]
      let knob = chainRows[row].knob
      guard knob.set(field.text, in: &turned) else {
        let shown = PrintableToken.line(field.text, glyphs: appearance.glyphs)
        message = "\(knob.title) must be \(knob.range), but it is '\(shown)'"
        chain?.typed = TextInput(field.text, isSelected: true)
        return []
      }
      let effects = changeChain { _ in turned }
      chain?.typed = message == nil ? nil : TextInput(field.text, isSelected: true)
      return effects
    default:
      var field = field
      _ = field.handle(key)
      chain?.typed = field
    }
    return []
  }

  // MARK: Bars between the stages

  /// Shows what one step more, or one less, of the focused lane's chain leaves.
  mutating func stepStage(forward: Bool) -> [AppEffect] {
    guard let lane = focusedLane, lane.decision != nil else { return [] }
    let count = lane.stages.count
    guard count > 1 else {
      notice =
        count == 0
        ? "no stage is on: the bars show the model's own distribution"
        : "the chain has one stage; with more of them this key shows the bars between them"
      return []
    }
    // The whole chain stands before the first step and behind the last but one.
    let now = lane.partial?.stepCount ?? 0
    let next = (now + (forward ? 1 : count - 1)) % count
    notice =
      next == 0
      ? "the bars show the whole chain"
      : "the bars show what is left after \(lane.stages[next - 1].name.title), stage \(next) of \(count)"
    return ask(.showStage(next == 0 ? nil : next, lane: focus))
  }
}
