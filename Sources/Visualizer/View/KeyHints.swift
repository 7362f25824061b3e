import Presentation

/// The keys of the last line: those that matter where the user is, the most useful first.
struct KeyHints {
  let state: AppState
  let glyphs: GlyphSet

  /// Empty for an overlay that names its keys itself.
  var shown: [KeyHint] {
    switch state.overlay {
    case .history(let window): history(window)
    case .beams: beams
    case .contrastive: contrastive
    case .legend: keys([("→", "the next sign"), ("←", "the one before"), ("Esc", "close")])
    case nil: state.chain.map(chain) ?? main
    default: []
    }
  }

  private func chain(_ panel: ChainPanel) -> [KeyHint] {
    if panel.typed != nil { return keys([("Enter", "set it"), ("Esc", "leave it as it was")]) }
    let enter = state.table.chosenRank == nil ? "next token" : "append the row"
    // A recording shows its stages, and can change none.
    guard state.abilities.contains(.sampler) else {
      return keys([("↑↓", "stage"), ("Enter", enter), ("Esc", "close"), ("?", "help")])
    }
    if state.play.isRunning {
      return keys([("Space", "pause"), ("↑↓", "stage"), ("←→", "turn"), ("Esc", "close")])
    }
    let copy = state.isComparing ? [("y", "copy to the other lane"), ("Tab", "other lane")] : []
    return keys(
      [
        ("↑↓", "stage"), ("Space", "on/off"), ("←→", "turn"), ("0-9", "type"), ("J K", "move"),
        ("Esc", "close"), ("u", "my own"), ("Enter", enter),
      ] + copy + [("o", "order"), ("z", "bars after a stage"), ("v", "strategies"), ("?", "help")])
  }

  private var beams: [KeyHint] {
    let play = ("Space", state.play.isRunning ? "pause" : "play")
    let more = [("PgDn", "lower ranks"), ("Home End", "first, last")]
    guard state.abilities.contains(.beamSettings) else {
      return keys(
        [("→", "step"), ("←", "back"), ("↑↓", "choose"), play] + more + [("?", "help"), ("q", "quit")])
    }
    let groups = state.beamSettings.choice == .diverse ? [("g G", "groups"), ("d D", "diversity")] : []
    let stop = state.beamSettings.stopsEarly ? [("o", "when to stop")] : []
    let compares = state.beams?.rivals != nil
    return keys(
      [
        ("→", "step"), ("←", "back"), ("↑↓", "choose"), ("Enter", "take the text"), play,
        ("c", compares ? "beams alone" : "compare"), ("[ ]", "beams"), ("w", "write"),
        ("p P", "length penalty"),
      ] + stop + [("s", "draw the beams")] + groups + more)
      + always(closing: compares ? "back" : "close")
  }

  private var contrastive: [KeyHint] {
    let play = ("Space", state.play.isRunning ? "pause" : "play")
    guard state.abilities.contains(.beamSettings) else {
      return keys([
        ("→", "step"), ("←", "back"), ("↑↓", "candidate"), play, ("Home End", "first, last"), ("?", "help"),
        ("q", "quit"),
      ])
    }
    return keys([
      ("→", "step"), ("←", "back"), ("p P", "alpha"), ("[ ]", "k"), ("↑↓", "candidate"),
      ("Enter", "take the text"), play, ("Home End", "first, last"),
    ]) + always(closing: "close")
  }

  /// What stays on the narrowest screen in the window of a search.
  private func always(closing: String) -> [KeyHint] {
    [("Esc", closing), ("?", "help")].map { KeyHint(keys: glyphs.spelled($0.0), what: $0.1, priority: 1) }
  }

  private func history(_ window: HistoryWindow) -> [KeyHint] {
    keys([
      ("←→", "step"), ("↑↓", "chart"), ("Enter", "go there"), ("Esc", "close"), ("PgDn", "10 steps"),
      ("Space", state.play.isRunning ? "pause" : "play"),
      ("z", window.showsSingleSteps ? "all steps" : "single steps"), ("Home End", "first, last"),
    ])
  }

  private func keys(_ keys: [(String, String)]) -> [KeyHint] {
    keys.map { KeyHint(keys: glyphs.spelled($0.0), what: $0.1) }
  }

  private var main: [KeyHint] {
    let offered = Set(KeyMap.offered(to: state.abilities).map(\.action))
    // Help and quit stay on the narrowest screen.
    let always: [(Action, String)] = [(.help, "help"), (.quit, "quit")]
    let hints = actions.filter { offered.contains($0.0) }.map { (action: $0.0, what: $0.1, priority: 0) }
    return (hints + always.map { (action: $0.0, what: $0.1, priority: 1) }).map {
      KeyHint(
        keys: glyphs.spelled(KeyMap.firstKey(of: $0.action)), what: $0.what, priority: $0.priority)
    }
  }

  private var actions: [(Action, String)] {
    if state.play.isRunning {
      return [(.play, "pause"), (.faster, "faster"), (.slower, "slower"), (.history, "history")]
    }
    if state.lesson != nil {
      return [
        (.stepForward, "step"), (.stepBack, "back"), (.play, "play"), (.lessonForward, "next caption"),
        (.lessonBack, "caption before"), (.cancel, "twice: leave"), (.compare, "compare"),
        (.history, "history"),
      ]
    }
    if let lane = state.focusedLane, lane.decision == nil {
      return [
        (.stepBack, "back"), (.firstStep, "start"), (.history, "history"), (.editPrompt, "prompt"),
        (.branches, "branches"), (.writeTrace, "write"),
      ]
    }
    if state.table.chosenRank != nil {
      return [
        (.force, "append it"), (.chooseDown, "choose"), (.cancel, "deselect"), (.stepForward, "step"),
        (.stepBack, "back"), (.search, "find"), (.removedRows, "removed rows"),
      ]
    }
    return state.isComparing ? compared : single
  }

  /// Where other settings than the user's own are in use.
  private var ownSettings: [(Action, String)] {
    let focus = state.focus
    let isView = state.chains.indices.contains(focus) && state.chains[focus].isView
    return isView || state.showsEarlierSettings(lane: focus) ? [(.ownChain, "my settings")] : []
  }

  private var compared: [(Action, String)] {
    [(.stepForward, "both"), (.stepBack, "back"), (.focusOtherLane, "other")] + ownSettings + [
      (.compare, "one text"),
      (.history, "history"), (.play, "play"), (.stepLaneForward, "this one"), (.synchronize, "align"),
      (.greedy, "greedy"), (.nucleus, "nucleus"), (.cooler, "cooler"), (.topPDown, "top-p"),
      (.textUp, "scroll"),
    ]
  }

  private var single: [(Action, String)] {
    if state.focusedLane?.decision?.followed != nil {
      return [
        (.stepForward, "author's"), (.stepBack, "back"), (.chooseDown, "choose"), (.play, "play"),
        (.compare, "beside the model's"), (.history, "history"), (.editPrompt, "prompt"),
        (.textUp, "scroll"), (.search, "find"),
      ]
    }
    let moves: [(Action, String)] = [
      (.stepForward, "step"), (.stepBack, "back"), (.chooseDown, "choose"), (.play, "play"),
    ]
    return moves + ownSettings + [
      (.greedy, "greedy"), (.nucleus, "nucleus"), (.compare, "compare"), (.cooler, "cooler"),
      (.topPDown, "top-p"), (.search, "find"), (.history, "history"), (.editPrompt, "prompt"),
      (.presets, "strategies"), (.branches, "branches"), (.writeTrace, "write"), (.textUp, "scroll"),
    ]
  }
}
