/// What a key can ask for. One table binds keys to actions; help, README and man page are made from it.
enum Action: CaseIterable, Sendable {
  case stepForward, stepBack, chooseUp, chooseDown, force
  case firstStep, lastStep, play, faster, slower
  case greedy, pureSampling, nucleus, presets, chainOrder
  case cooler, hotter, topKDown, topKUp, topPDown, topPUp
  case compare, focusOtherLane, stepLaneForward, stepLaneBack, synchronize
  case redraw, seed, editPrompt, branches, followText
  case pageUp, pageDown, removedRows, search, nextMatch, textScale, loopStart
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
  /// As a person writes them: "→ l".
  let shown: String
  let what: String
  let group: Group
  /// Two words for the bottom line; nil where it does not stand there.
  var hint: String?

  init(
    _ action: Action, _ keys: [Key], _ shown: String, _ what: String, _ group: Group, hint: String? = nil
  ) {
    self.action = action
    self.keys = keys
    self.shown = shown
    self.what = what
    self.group = group
    self.hint = hint
  }
}

enum KeyMap {
  static let bindings: [KeyBinding] = [
    KeyBinding(
      .stepForward, [.right, .character("l")], "→ l", "append the drawn token", .steps, hint: "step"),
    KeyBinding(.stepBack, [.left, .character("h")], "← h", "step back; → replays", .steps, hint: "back"),
    KeyBinding(.chooseUp, [.up, .character("k")], "↑ k", "choose the row above", .steps),
    KeyBinding(.chooseDown, [.down, .character("j")], "↓ j", "choose the row below", .steps, hint: "choose"),
    KeyBinding(.force, [.enter], "Enter", "append the chosen token instead", .steps, hint: "force"),
    KeyBinding(.firstStep, [.home], "Home", "back to the prompt", .steps),
    KeyBinding(.lastStep, [.end], "End", "forward to the last step made", .steps),
    KeyBinding(.loopStart, [.character("L")], "L", "to the step where the loop began", .steps),
    KeyBinding(.play, [.character(" ")], "Space", "play or pause", .steps, hint: "play"),
    KeyBinding(.faster, [.character("+"), .character("=")], "+", "play faster", .steps),
    KeyBinding(.slower, [.character("-")], "-", "play slower", .steps),

    KeyBinding(.greedy, [.character("g")], "g", "greedy: always the most probable", .sampler, hint: "greedy"),
    KeyBinding(.pureSampling, [.character("s")], "s", "pure sampling: no filter", .sampler),
    KeyBinding(.nucleus, [.character("n")], "n", "nucleus sampling", .sampler, hint: "nucleus"),
    KeyBinding(.presets, [.character("v")], "v", "the strategies by name, and prompts", .sampler),
    KeyBinding(.cooler, [.character("t")], "t", "lower the temperature", .sampler, hint: "cooler"),
    KeyBinding(.hotter, [.character("T")], "T", "raise the temperature", .sampler),
    KeyBinding(.topKDown, [.character("["), .character(",")], "[ ,", "fewer tokens in top-k", .sampler),
    KeyBinding(.topKUp, [.character("]"), .character(".")], "] .", "more tokens in top-k", .sampler),
    KeyBinding(.topPDown, [.character("p")], "p", "lower top-p", .sampler, hint: "top-p"),
    KeyBinding(.topPUp, [.character("P")], "P", "raise top-p", .sampler),
    KeyBinding(.chainOrder, [.character("o")], "o", "order: transformers or llama.cpp", .sampler),
    KeyBinding(.redraw, [.character("r")], "r", "draw again: the stream's next u", .sampler, hint: "redraw"),
    KeyBinding(.seed, [.character("S")], "S", "set the seed of the draws", .sampler),

    KeyBinding(
      .compare, [.character("c")], "c", "greedy beside nucleus, and back to one text", .compare,
      hint: "compare"),
    KeyBinding(
      .focusOtherLane, [.tab, .backTab], "Tab", "the other lane: knobs act on the focused one", .compare),
    KeyBinding(.stepLaneForward, [.character("f")], "f", "step the focused lane alone", .compare),
    KeyBinding(.stepLaneBack, [.character("d")], "d", "step the focused lane back alone", .compare),
    KeyBinding(
      .synchronize, [.character("y")], "y", "bring the other lane to the same step", .compare),

    KeyBinding(.pageDown, [.pageDown], "PgDn", "scroll to lower ranks", .table),
    KeyBinding(.pageUp, [.pageUp], "PgUp", "scroll to higher ranks", .table),
    KeyBinding(.removedRows, [.character("x")], "x", "mark, dim or hide removed tokens", .table),
    KeyBinding(.search, [.character("/")], "/", "find a token by its text or #id", .table, hint: "find"),
    KeyBinding(.nextMatch, [.character("N")], "N", "the next token that was found", .table),
    KeyBinding(
      .textScale, [.character("m")], "m", "colour the text by rank, p, surprisal, entropy", .table),

    KeyBinding(.editPrompt, [.character("e")], "e", "edit the prompt", .program, hint: "prompt"),
    KeyBinding(.branches, [.character("b")], "b", "branches: every text written so far", .program),
    KeyBinding(.followText, [.character("a")], "a", "follow a text that an author wrote", .program),
    KeyBinding(.lessonForward, [.character(">")], ">", "lesson: on to the next step", .program),
    KeyBinding(.lessonBack, [.character("<")], "<", "lesson: back to the step before", .program),
    KeyBinding(.writeTrace, [.character("w")], "w", "write the text and its decisions to a file", .program),
    KeyBinding(.help, [.character("?"), .function(1)], "? F1", "this help", .program, hint: "help"),
    KeyBinding(.redrawScreen, [.control("l")], "Ctrl-L", "draw the screen again", .program),
    KeyBinding(.suspend, [.suspend, .control("z")], "Ctrl-Z", "suspend; fg resumes", .program),
    KeyBinding(.cancel, [.escape], "Esc", "close, cancel, deselect", .program),
    KeyBinding(
      .quit, [.character("q")], "q Ctrl-C", "quit; Ctrl-C first stops what runs", .program, hint: "quit"),
  ]

  private static let actions: [Key: Action] = Dictionary(
    uniqueKeysWithValues: bindings.flatMap { binding in binding.keys.map { ($0, binding.action) } })

  static func action(for key: Key) -> Action? { actions[key] }
}
