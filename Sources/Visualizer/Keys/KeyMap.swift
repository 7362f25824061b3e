/// The actions that keys are bound to. Help, README and manual page are made from the table in `KeyMap`.
enum Action: CaseIterable, Sendable {
  case stepForward, stepBack, chooseUp, chooseDown, force
  case firstStep, lastStep, play, faster, slower
  case greedy, pureSampling, nucleus, ownChain, presets, chainOrder, chain, nextStage, stageBefore
  case cooler, hotter, topKDown, topKUp, topPDown, topPUp
  case compare, focusOtherLane, stepLaneForward, stepLaneBack, synchronize
  case redraw, seed, editPrompt, branches, keptSessions, followText
  case beams, contrastive
  case pageUp, pageDown, removedRows, search, nextMatch, textScale, textUp, textDown, loopStart, history
  case writeTrace
  case lessonForward, lessonBack
  case help, redrawScreen, suspend, cancel, quit
}

struct KeyBinding: Sendable {
  enum Group: String, CaseIterable, Sendable {
    case steps = "Step through the text"
    case sampler = "Change the sampler"
    case compare = "Compare two strategies"
    case table = "Look at the distribution"
    case program = "The program"
  }

  let action: Action
  let keys: [Key]
  /// The keys as documentation writes them: "→ l".
  let shown: String
  let what: String
  let group: Group
  /// The ability that the lane must have: without it the key is neither listed nor carried out.
  let needs: LaneAbility?

  init(
    _ action: Action, _ keys: [Key], _ shown: String, _ what: String, _ group: Group,
    needs: LaneAbility? = nil
  ) {
    self.action = action
    self.keys = keys
    self.shown = shown
    self.what = what
    self.group = group
    self.needs = needs
  }
}

enum KeyMap {
  /// The keys that mean something else while the chain panel is open, for the help.
  static let chainPanel: [(shown: String, what: String)] = [
    ("↑ ↓", "choose a stage or one of its values"), ("Space", "switch the stage on or off"),
    ("← →", "turn the value"), ("0-9", "type a value; Enter sets it"),
    ("J K", "run the stage later, earlier"),
    ("y", "copy the chain to the other lane"), ("Esc C", "close the panel"),
  ]
  static let chainPanelGroup = "In the chain panel (C)"

  /// The keys of the window of beam search, for its help, and the ability that each needs.
  private static let beamWindow: [(shown: String, what: String, needs: LaneAbility?)] = [
    ("→ l", "a step of the search", nil), ("← h", "step back", nil),
    ("Home End", "the first step, the last one made", nil), ("Space", "play or pause", nil),
    ("+ -", "play faster, slower", nil), ("↑ ↓", "choose a text", nil),
    ("PgDn PgUp", "scroll the continuations", nil),
    ("Enter", "go on with the chosen text", .beamText),
    ("[ ]", "fewer beams, more beams", .beamSettings),
    ("p P", "lower, raise the length penalty", .beamSettings),
    ("o", "when the search stops", .beamSettings),
    ("s", "the best beams, drawn ones, whole texts, groups", .beamSettings),
    ("g G", "fewer, more groups", .beamSettings),
    ("d D", "lower, raise the diversity penalty", .beamSettings),
    ("c", "beside greedy and sampled texts, and back", .beamComparison),
    ("w", "write the search to a file", .trace), ("?", "this help", nil),
    ("Esc B q", "close the window; Esc first ends a comparison", .beamSettings),
  ]

  /// The keys of the window for a search with these abilities.
  static func beamWindow(offeredTo abilities: Set<LaneAbility>) -> [(shown: String, what: String)] {
    offered(beamWindow, to: abilities)
  }

  static let beamWindowGroup = "In the window of beam search (B)"

  /// The keys of the window of contrastive search, for its help.
  private static let contrastiveWindow: [(shown: String, what: String, needs: LaneAbility?)] = [
    ("→ l", "append the token with the best score", nil), ("← h", "step back", nil),
    ("Home End", "the first step, the last one made", nil), ("Space", "play or pause", nil),
    ("+ -", "play faster, slower", nil), ("↑ ↓", "look at another candidate", nil),
    ("PgDn PgUp", "ten candidates further", nil), ("p P", "lower, raise alpha", .beamSettings),
    ("[ ]", "fewer, more candidates (k)", .beamSettings), ("Enter", "go on with the text", .beamText),
    ("?", "this help", nil), ("Esc A q", "close the window", .beamSettings),
  ]

  /// The keys of that window for a search with these abilities.
  static func contrastiveWindow(offeredTo abilities: Set<LaneAbility>) -> [(shown: String, what: String)] {
    offered(contrastiveWindow, to: abilities)
  }

  private static func offered(
    _ keys: [(shown: String, what: String, needs: LaneAbility?)], to abilities: Set<LaneAbility>
  ) -> [(shown: String, what: String)] {
    let offered = keys.filter { $0.needs.map(abilities.contains) ?? true }.map { ($0.shown, $0.what) }
    return abilities.contains(.beamSettings) ? offered : offered + [("q Ctrl-C", "quit")]
  }
  static let contrastiveWindowGroup = "In the window of contrastive search (A)"

  static let bindings: [KeyBinding] = [
    KeyBinding(
      .stepForward, [.right, .character("l")], "→ l", "append the drawn token", .steps),
    KeyBinding(.stepBack, [.left, .character("h")], "← h", "step back; → replays", .steps),
    KeyBinding(.chooseUp, [.up, .character("k")], "↑ k", "choose the row above", .steps),
    KeyBinding(.chooseDown, [.down, .character("j")], "↓ j", "choose the row below", .steps),
    KeyBinding(
      .force, [.enter], "Enter", "append the chosen token instead", .steps, needs: .otherToken),
    KeyBinding(.firstStep, [.home], "Home", "back to the prompt", .steps),
    KeyBinding(.lastStep, [.end], "End", "forward to the last step made", .steps),
    KeyBinding(.loopStart, [.character("L")], "L", "to the step where the loop began", .steps),
    KeyBinding(.play, [.character(" ")], "Space", "play or pause", .steps),
    KeyBinding(.faster, [.character("+"), .character("=")], "+", "play faster", .steps),
    KeyBinding(.slower, [.character("-")], "-", "play slower", .steps),

    KeyBinding(
      .greedy, [.character("g")], "g", "greedy: always the most probable", .sampler, needs: .sampler),
    KeyBinding(.pureSampling, [.character("s")], "s", "pure sampling: no filter", .sampler, needs: .sampler),
    KeyBinding(
      .nucleus, [.character("n")], "n", "nucleus sampling", .sampler, needs: .sampler),
    KeyBinding(
      .ownChain, [.character("u")], "u", "your own settings again, also at an earlier step", .sampler,
      needs: .sampler),
    KeyBinding(
      .presets, [.character("v")], "v", "the strategies by name, and prompts", .sampler, needs: .sampler),
    KeyBinding(
      .cooler, [.character("t")], "t", "lower the temperature", .sampler, needs: .sampler),
    KeyBinding(.hotter, [.character("T")], "T", "raise the temperature", .sampler, needs: .sampler),
    KeyBinding(
      .topKDown, [.character("["), .character(",")], "[ ,", "fewer tokens in top-k", .sampler, needs: .sampler
    ),
    KeyBinding(
      .topKUp, [.character("]"), .character(".")], "] .", "more tokens in top-k", .sampler, needs: .sampler),
    KeyBinding(.topPDown, [.character("p")], "p", "lower top-p", .sampler, needs: .sampler),
    KeyBinding(.topPUp, [.character("P")], "P", "raise top-p", .sampler, needs: .sampler),
    KeyBinding(
      .chainOrder, [.character("o")], "o", "order: transformers, llama.cpp or vLLM", .sampler, needs: .sampler
    ),
    KeyBinding(.chain, [.character("C")], "C", "the chain, stage by stage; change it there", .sampler),
    KeyBinding(
      .nextStage, [.character("z")], "z", "bars after the next stage of the chain", .sampler, needs: .sampler),
    KeyBinding(
      .stageBefore, [.character("Z")], "Z", "bars after the stage before", .sampler, needs: .sampler),
    KeyBinding(
      .redraw, [.character("r")], "r", "draw again: the stream's next u", .sampler, needs: .draws),
    KeyBinding(.seed, [.character("S")], "S", "set the seed of the draws", .sampler, needs: .draws),

    KeyBinding(
      .compare, [.character("c")], "c", "my text beside another strategy, and back", .compare,
      needs: .comparison),
    KeyBinding(
      .focusOtherLane, [.tab, .backTab], "Tab", "the other lane: knobs act on the focused one", .compare,
      needs: .otherLane),
    KeyBinding(
      .stepLaneForward, [.character("f")], "f", "step the focused lane alone", .compare, needs: .otherLane),
    KeyBinding(
      .stepLaneBack, [.character("d")], "d", "step the focused lane back alone", .compare, needs: .otherLane),
    KeyBinding(
      .synchronize, [.character("y")], "y", "bring the other lane to the same step", .compare,
      needs: .otherLane),

    KeyBinding(
      .beams, [.character("B")], "B", "beam search behind the text, step by step", .compare, needs: .beams),
    KeyBinding(
      .contrastive, [.character("A")], "A", "contrastive search, weighed by alpha, step by step", .compare,
      needs: .contrastive),

    KeyBinding(.pageDown, [.pageDown], "PgDn", "scroll to lower ranks", .table),
    KeyBinding(.pageUp, [.pageUp], "PgUp", "scroll to higher ranks", .table),
    KeyBinding(.removedRows, [.character("x")], "x", "mark, dim or hide removed tokens", .table),
    KeyBinding(.search, [.character("/")], "/", "find a token by its text or #id", .table),
    KeyBinding(.nextMatch, [.character("N")], "N", "the next token that was found", .table),
    KeyBinding(
      .textScale, [.character("m")], "m", "colour the text by rank, p, surprisal, entropy", .table),
    KeyBinding(
      .textUp, [.character("("), .character("{")], "( {", "scroll the text towards its beginning", .table),
    KeyBinding(
      .textDown, [.character(")"), .character("}")], ") }", "scroll the text towards its end", .table),
    KeyBinding(.history, [.character("H")], "H", "the whole history in charts", .table),

    KeyBinding(
      .editPrompt, [.character("e")], "e", "edit the prompt", .program, needs: .prompt),
    KeyBinding(
      .branches, [.character("b")], "b", "branches: every text written so far", .program, needs: .branches),
    KeyBinding(
      .keptSessions, [.character("R")], "R", "sessions kept from earlier runs", .program, needs: .prompt),
    KeyBinding(
      .followText, [.character("a")], "a", "follow a text that an author wrote", .program, needs: .prompt),
    KeyBinding(
      .lessonForward, [.character(">")], ">", "lesson: on to the next step", .program, needs: .prompt),
    KeyBinding(
      .lessonBack, [.character("<")], "<", "lesson: back to the step before", .program, needs: .prompt),
    KeyBinding(
      .writeTrace, [.character("w")], "w", "write the text and its decisions to a file", .program,
      needs: .trace),
    KeyBinding(
      .help, [.character("?"), .function(1)], "? F1", "this help; Tab explains the signs on screen", .program),
    KeyBinding(.redrawScreen, [.control("l")], "Ctrl-L", "draw the screen again", .program),
    KeyBinding(.suspend, [.suspend, .control("z")], "Ctrl-Z", "suspend; fg resumes", .program),
    KeyBinding(.cancel, [.escape], "Esc", "close, cancel, deselect", .program),
    KeyBinding(
      .quit, [.character("q")], "q Ctrl-C", "quit; Ctrl-C first stops what runs", .program),
  ]

  private static let actions: [Key: Action] = Dictionary(
    uniqueKeysWithValues: bindings.flatMap { binding in binding.keys.map { ($0, binding.action) } })

  private static let needs: [Action: LaneAbility] = Dictionary(
    uniqueKeysWithValues: bindings.compactMap { binding in binding.needs.map { (binding.action, $0) } })

  static func action(for key: Key) -> Action? { actions[key] }

  /// The first key of an action, as documentation writes it.
  static func firstKey(of action: Action) -> String { firstKeys[action] ?? "" }

  private static let firstKeys: [Action: String] = Dictionary(
    uniqueKeysWithValues: bindings.map { ($0.action, String($0.shown.prefix { $0 != " " })) })

  /// The ability that the lane must have for an action; nil for none.
  static func needs(of action: Action) -> LaneAbility? { needs[action] }

  /// The key bindings of a lane with these abilities.
  static func offered(to abilities: Set<LaneAbility>) -> [KeyBinding] {
    bindings.filter { $0.needs.map(abilities.contains) ?? true }
  }
}
