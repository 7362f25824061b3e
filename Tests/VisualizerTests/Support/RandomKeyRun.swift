import LMCore
import ModelTestSupport
import Presentation

@testable import Visualizer

/// One run of the program under random keys: the pure update, a real engine worker whose answers are delivered at random
/// times, and a fake model or the built-in one. The seed determines everything.
struct RandomKeyRun {
  static let keysPerRun = 5000

  let seed: UInt64
  private(set) var app: AppHarness
  private(set) var keyCount = 0
  private(set) var frameCount = 0
  /// The panels and modes that were open, to check that all were reached.
  private(set) var reached: Set<String> = []
  private var source: RandomKeySource
  private let predictor: any Predictor
  private let speech: SpokenText
  private var spoken: AppState

  /// - Parameter storyteller: the built-in model, which half of the runs use; all runs use its vocabulary.
  init(seed: UInt64, storyteller: LoadedModel, lessons: [Lesson]) {
    self.seed = seed
    source = RandomKeySource(seed: seed)
    let tale = "There was once a hare. It ran over the hills and met an old fox, who was asleep. "
    var prompt = Prompt.text("Once upon a time")
    var lesson: Lesson?
    var tokenizer = storyteller.tokenizer
    switch seed % 8 {
    case 0:
      (predictor, tokenizer, prompt) = (FakePredictor(contextLength: 24), nil, .ids([3, 1, 4]))
    case 1, 2: predictor = FakePredictor(vocabularySize: 4096, contextLength: 48)
    case 3: (predictor, prompt) = (FakePredictor(vocabularySize: 4096, contextLength: 200), .human(tale))
    case 4:
      predictor = FakePredictor(vocabularySize: 4096, contextLength: 64)
      lesson = lessons[Int(seed / 8) % lessons.count]
    case 5: predictor = storyteller.predictor
    case 6:
      predictor = storyteller.predictor
      lesson = lessons[Int(seed / 8) % lessons.count]
    default:
      (predictor, prompt) = (
        storyteller.predictor, .human(String(repeating: tale, count: 1 + source.below(40)))
      )
    }
    let opening = lesson?.opening
    var state = AppState(
      size: source.size(), modelName: "model", prompt: opening?.prompt ?? prompt,
      settings: [opening?.settings ?? SamplingSettings()], seed: opening?.seed ?? seed)
    state.lesson = lesson.map { LessonRun($0) }
    let depths: [ColorDepth] = [.none, .eight, .xterm256]
    state.appearance = Appearance(
      depth: depths[source.below(depths.count)], glyphs: source.chance(0.3) ? .ascii : .blocks)
    speech = SpokenText(glyphs: state.appearance.glyphs)
    app = AppHarness(state, running: predictor, tokenizer: tokenizer, looksAhead: source.chance(0.5))
    app.keepsEffects = false
    spoken = app.state
  }

  /// Presses up to `count` keys, then delivers all answers. Returns the violated invariants.
  mutating func burst(_ count: Int) -> [String] {
    var problems: [String] = []
    // Between an engine that answers at once and one that does not answer within the burst.
    let answers = [0, 0.02, 0.3, 0.7, 1][source.below(5)]
    for _ in 0..<count {
      if source.chance(0.02) { app.sendUnanswered(.resized(source.size())) }
      if app.state.play.isRunning, source.chance(0.3) { app.sendUnanswered(.tick) }
      var key = source.key(for: app.state)
      if source.chance(0.01),
        let cut = app.shown.hits.first(where: { $0.target == .cut(lane: app.state.focus) })
      {
        key = .mouse(.press, cut.area.origin)
      }
      app.pressUnanswered(key)
      keyCount += 1
      while source.chance(answers * 0.9) { app.deliverOne() }
      if source.chance(0.05) { app.lookAhead(checks: source.chance(0.3) ? source.below(8) : .max) }
      note(app.state)
      problems += wrongInFrame()
      if source.chance(0.05) { problems += wrongInReport(key) }
      if !problems.isEmpty { return problems.map { "key \(keyCount), \(key): \($0)" } }
    }
    app.deliver()
    problems = wrongInFrame() + wrongInReport(nil) + wrongInState()
    for (index, lane) in app.state.lanes.enumerated() { problems += wrongInLane(lane, index) }
    return problems.map { "after key \(keyCount): \($0)" }
  }

  // MARK: Invariants

  private mutating func wrongInFrame() -> [String] {
    frameCount += 1
    app.present()
    let frame = app.shown.buffer
    guard frame.size == app.state.size, frame.cells.count == frame.size.columns * frame.size.rows else {
      return ["the frame of \(frame.size) is not that of the window, \(app.state.size)"]
    }
    for y in 0..<frame.size.rows {
      var isCovered = false
      for (x, cell) in frame.row(y).enumerated() {
        let width = CellWidth.width(of: cell.scalar)
        if isCovered != (cell.width == 0) { return ["half a character at \(x), \(y)"] }
        if cell.width > 0, width != Int(cell.width) {
          return [
            "\(cell.scalar.debugDescription) at \(x), \(y) is \(width ?? -1) columns, not \(cell.width)"
          ]
        }
        isCovered = cell.width == 2
      }
      if isCovered { return ["half a character at the end of row \(y)"] }
    }
    return []
  }

  private mutating func wrongInReport(_ key: Key?) -> [String] {
    let lines = PlainReport(before: spoken, after: app.state, key: key, speech: speech).lines
    spoken = app.state
    let unsafe: Set<Unicode.GeneralCategory> = [.control, .format]
    guard
      let line = lines.first(where: {
        $0.unicodeScalars.contains { unsafe.contains($0.properties.generalCategory) }
      })
    else { return [] }
    return ["a control character is said: \(line.debugDescription)"]
  }

  private func wrongInState() -> [String] {
    let state = app.state
    var problems: [String] = []
    if state.isBusy { problems.append("a request is without an answer: \(state.requests)") }
    if state.lanes.isEmpty || !state.lanes.indices.contains(state.focus) {
      problems.append("the focus is on lane \(state.focus) of \(state.lanes.count)")
      return problems
    }
    if state.settings != state.lanes.map(\.settings) {
      problems.append("the knobs show other settings than the engine has: \(state.settings)")
    }
    if state.chains.count != state.lanes.count {
      problems.append("\(state.chains.count) chains for \(state.lanes.count) lanes")
    }
    if let count = state.focusedLane?.decision?.distribution.vocabularySize {
      if !(1...count).contains(state.table.firstRank) {
        problems.append("the first row is \(state.table.firstRank)")
      }
      if let chosen = state.table.chosenRank, !(1...count).contains(chosen) {
        problems.append("row \(chosen) is chosen")
      }
    }
    return problems
  }

  /// Compares the lane with a new session that makes the same steps.
  private func wrongInLane(_ lane: LaneSnapshot, _ index: Int) -> [String] {
    do {
      let fresh = try GenerationSession(
        predictor: predictor, promptIDs: lane.promptIDs, following: lane.following, seed: lane.draw.seed)
      try replay(Array(lane.steps[..<lane.depth]), thenSettings: lane.settings, draw: lane.draw, on: fresh)
      let shown = LaneSnapshot(of: fresh)
      var problems: [String] = []
      func compare(_ what: String, _ isEqual: Bool) {
        if !isEqual { problems.append("lane \(index): \(what) differs from a fresh replay's") }
      }
      compare("the text", shown.textIDs == lane.textIDs)
      compare("the next token", shown.decision?.id == lane.decision?.id)
      compare("the distribution", shown.decision?.distribution.after == lane.decision?.distribution.after)
      compare(
        "the model's distribution", shown.decision?.distribution.before == lane.decision?.distribution.before)
      compare("the author's next token", shown.decision?.followed == lane.decision?.followed)
      compare("the problem", shown.problem == lane.problem)
      compare("the steps' numbers", shown.steps == Array(lane.steps[..<lane.depth]))
      return problems
    } catch {
      return ["lane \(index) cannot be replayed: \(error)"]
    }
  }

  // MARK: Coverage

  private mutating func note(_ state: AppState) {
    switch state.overlay {
    case .help: reached.insert("help")
    case .legend: reached.insert("legend")
    case .history: reached.insert("history window")
    case .beams: reached.insert(state.beams?.rivals == nil ? "beams" : "texts beside beams")
    case .contrastive: reached.insert("contrastive search")
    case .prompt: reached.insert("prompt editor")
    case .seed: reached.insert("seed")
    case .humanText: reached.insert("author's text")
    case .search(let line): reached.insert(line.field.text.isEmpty ? "search" : "search with a text")
    case .trace, .offer, .kept: reached.insert("other panels")
    case .presets: reached.insert("strategies")
    case .branches(let browser):
      switch browser.mode {
      case .choosing: reached.insert("branches")
      case .naming: reached.insert("naming a branch")
      case .confirmingDeletion: reached.insert("deleting a branch")
      }
    case nil: break
    }
    if state.isComparing { reached.insert("two lanes") }
    if state.firstDivergence != nil { reached.insert("parted lanes") }
    if state.play.isRunning { reached.insert("play") }
    if state.table.isDraggingCut { reached.insert("dragged cut") }
    if let lesson = state.lesson { reached.insert(lesson.isAtEnd ? "lesson's end" : "lesson") }
    if state.focusedLane?.following.isEmpty == false { reached.insert("followed text") }
    if state.lanes.contains(where: { $0.problem != nil }) { reached.insert("full context") }
    if state.requests.waiting.count > 8 { reached.insert("waiting commands") }
    if state.table.removedRows == .hidden { reached.insert("hidden rows") }
    if let chain = state.chain { reached.insert(chain.typed == nil ? "chain panel" : "typed value") }
    if state.lanes.contains(where: { $0.partial != nil }) { reached.insert("bars between stages") }
  }

  static let everything: Set<String> = [
    "help", "legend", "history window", "beams", "texts beside beams", "contrastive search", "prompt editor",
    "seed",
    "author's text", "search",
    "search with a text", "strategies",
    "branches",
    "naming a branch", "deleting a branch", "two lanes", "parted lanes", "play", "dragged cut", "lesson",
    "lesson's end", "followed text", "full context", "waiting commands", "hidden rows",
    "chain panel", "typed value", "bars between stages",
  ]
}
