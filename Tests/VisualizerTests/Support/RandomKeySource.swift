import LMCore

@testable import Visualizer

/// Random keys, weighted so that every panel is opened, typed into, and closed in all ways.
struct RandomKeySource {
  private var random: RandomSource

  init(seed: UInt64) { random = RandomSource(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 77) }

  /// All keys except those that end the program or write a file.
  private static let commands: [Key] =
    KeyMap.bindings.filter { ![.quit, .writeTrace].contains($0.action) }.flatMap(\.keys)

  /// The keys of the chain panel, and those that leave it.
  private static let chain: [Key] =
    [.up, .down, .down, .down, .left, .right, .right, .enter, .escape, .end, .backspace]
    + " JKyuoz0.5-1C".unicodeScalars.map { .character($0) }

  /// The keys of the window of beam search, except the one that writes a file.
  private static let beams: [Key] =
    [.right, .right, .left, .down, .escape, .escape] + "cc?[]pPosgGdD".unicodeScalars.map { .character($0) }

  private static let strange: [Key] = [
    .function(5), .insert, .delete, .control("x"), .backspace, .character("7"), .character("é"),
    .character("日"), .character("\u{301}"), .interrupt, .backTab,
  ]

  private static let letters =
    Array("abcdefghij klmnop rstuvwxyz,.!?'\"#0123456789<>␣⏎é日本😀".unicodeScalars)
    // Combining marks, characters without a width, bidirectional controls, and unprintable characters.
    + [
      "\u{301}", "\u{302}", "\u{323}", "\u{200D}", "\u{FE0F}", "\u{202E}", "\u{1F1E9}", "\u{AD}", "\u{E000}",
    ]

  private static let editing: [Key] = [
    .left, .right, .home, .end, .backspace, .backspace, .delete, .up, .down, .tab, .backTab, .pageUp,
    .pageDown,
    .control("a"), .control("e"), .control("d"), .control("u"), .control("k"), .control("w"), .control("q"),
    .insert, .function(1),
  ]

  private static let pastes = [
    "", "Once upon a time there was", "a\nb\n\nc", "日本語のテキスト", "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
    "👨‍👩‍👧‍👦 👍🏽", "\u{1B}[31mred\u{07}\u{0}", "#17", "<E2>", "␣the", "18446744073709551615", "-1", "42",
    String(repeating: "and the king said to the fox ", count: 120), "\u{5D0}\u{202E}\u{5D1}\u{FEFF}",
  ]

  mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  mutating func chance(_ share: Double) -> Bool { random.nextUniform() < share }

  mutating func size() -> Size {
    // Mostly sizes that are large enough for the screen.
    if chance(0.5) { return Size(columns: 80 + below(121), rows: 24 + below(37)) }
    return chance(0.9)
      ? Size(columns: 1 + below(160), rows: 1 + below(50))
      : Size(columns: 1 + below(400), rows: 1 + below(120))
  }

  mutating func key(for state: AppState) -> Key {
    if chance(0.06) { return mouse(in: state.size) }
    if chance(0.01) { return .paste(Self.pastes[below(Self.pastes.count)]) }
    return state.overlay == nil ? command(state) : text(state)
  }

  private mutating func command(_ state: AppState) -> Key {
    if state.chain != nil, chance(0.6) { return Self.chain[below(Self.chain.count)] }
    if chance(0.03) { return Self.strange[below(Self.strange.count)] }
    // Many steps, so that texts become long.
    if chance(0.4) { return .right }
    if chance(0.1) { return [.left, .home, .enter, .down, .end][below(5)] }
    if state.lesson != nil, chance(0.08) { return .character(chance(0.8) ? ">" : "<") }
    return Self.commands[below(Self.commands.count)]
  }

  private mutating func text(_ state: AppState) -> Key {
    if case .help = state.overlay, chance(0.3) { return .tab }
    if case .branches = state.overlay, chance(0.1) { return .character("n") }
    if chance(0.08) { return .enter }
    if chance(0.05) { return .escape }
    if chance(0.3) { return Self.editing[below(Self.editing.count)] }
    // The keys of the list of branches.
    if case .branches = state.overlay, chance(0.6) { return .character(["j", "k", "n", "d", "y"][below(5)]) }
    if case .beams = state.overlay, chance(0.4) { return Self.beams[below(Self.beams.count)] }
    let letter = Self.letters[below(Self.letters.count)]
    // In the window of beam search it would write a file.
    return .character(letter == "w" && state.hasBeams ? "c" : letter)
  }

  private mutating func mouse(in size: Size) -> Key {
    let actions: [MouseAction] = [.press, .press, .press, .release, .release, .wheelUp, .wheelDown]
    // Also outside the window, as a terminal may report during a change of size.
    let point = Point(below(size.columns + 3) - 1, below(size.rows + 3) - 1)
    return .mouse(actions[below(actions.count)], point)
  }
}
