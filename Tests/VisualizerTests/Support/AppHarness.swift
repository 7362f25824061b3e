import LMCore
import ModelTestSupport

@testable import Visualizer

/// The program without a terminal and without threads: keys go to the pure update, its effects to a real engine worker
/// over a fake model, whose answers are delivered under the test's control.
struct AppHarness {
  var state: AppState
  let predictor: FakePredictor
  private var worker: EngineWorker
  private let mailbox = Mailbox<EngineEvent> {}
  private var undelivered: [EngineEvent] = []
  /// The picture of the current state.
  private(set) var shown: Picture
  private(set) var effects: [AppEffect] = []
  /// True where all effects are kept for inspection; false for runs of millions of keys, to save memory.
  var keepsEffects = true

  init(
    size: Size = Size(columns: 110, rows: 34), prompt: [Int] = [3, 1, 4], seed: UInt64 = 42,
    settings: SamplingSettings = SamplingSettings(), predictor: FakePredictor = FakePredictor()
  ) {
    let state = AppState(
      size: size, modelName: "fake", prompt: .ids(prompt), settings: [settings], seed: seed)
    self.init(state, counting: predictor, running: predictor, tokenizer: nil)
  }

  /// A lesson or a human text, with the built-in model.
  ///
  /// - Parameter early: keys pressed while the model loads.
  init(
    size: Size = Size(columns: 110, rows: 34), prompt: Prompt = .text("Once upon a time"),
    lesson: Lesson? = nil, next: [Lesson] = [], storyteller: LoadedModel, early: [Key] = []
  ) {
    let opening = lesson?.opening
    var state = AppState(
      size: size, modelName: "storyteller", prompt: opening?.prompt ?? prompt,
      settings: [opening?.settings ?? SamplingSettings()], seed: opening?.seed ?? 42)
    state.lesson = lesson.map { LessonRun($0, next: next) }
    self.init(
      state, counting: FakePredictor(), running: storyteller.predictor, tokenizer: storyteller.tokenizer,
      early: early)
  }

  /// Any state over any model.
  init(
    _ state: AppState, counting: FakePredictor = FakePredictor(), running predictor: any Predictor,
    tokenizer: (any Tokenizer)?, beside other: (any Predictor)? = nil, looksAhead: Bool = false,
    early: [Key] = []
  ) {
    var profile = predictor.profile
    (profile.name, profile.parameterCount, profile.dtype) = (state.modelName, 1234, "f32")
    nonisolated(unsafe) let loaded = GenerationEngine.LoadedEngineModel(
      predictor: predictor,
      card: ModelCard(profile, tokenizer: tokenizer), other: other)
    self.init(state, counting, looksAhead: looksAhead, early: early) { worker in worker.load { _ in loaded } }
  }

  /// - Parameter open: gives the engine what the state shows.
  private init(
    _ state: AppState, _ predictor: FakePredictor, looksAhead: Bool = false, early: [Key] = [],
    open: (inout EngineWorker) -> Void
  ) {
    (self.state, self.predictor) = (state, predictor)
    shown = RootView.present(&self.state)
    worker = EngineWorker(looksAhead: looksAhead) { [mailbox] in mailbox.post($0) }
    open(&worker)
    collect()
    carryOut(self.state.begin())
    for key in early { pressUnanswered(key) }
    deliver()
    present()
  }

  /// A replay of a trace.
  init(replaying trace: Trace, beside other: Trace? = nil, size: Size = Size(columns: 110, rows: 34)) {
    let traces = [trace] + (other.map { [$0] } ?? [])
    var state = AppState(
      size: size, modelName: "fake", prompt: .ids(trace.start.tokens.map(\.id)),
      settings: traces.map(\.start.settings), seed: trace.start.seed)
    state.isReplay = true
    if traces.count == 1, trace.contrastive != nil { state.opening = .contrastive }
    self.init(state, FakePredictor()) { $0.open(traces) }
  }

  /// A replay of a recorded beam search.
  init(replaying trace: BeamTrace, size: Size = Size(columns: 110, rows: 34)) {
    var state = AppState(
      size: size, modelName: "fake", prompt: .ids(trace.promptIDs), settings: [trace.start.settings],
      seed: trace.start.seed)
    (state.isReplay, state.opening) = (true, .beams)
    self.init(state, FakePredictor()) { $0.open(trace) }
  }

  /// Presses keys, and delivers the engine's answers after each.
  mutating func press(_ keys: Key...) {
    for key in keys {
      pressUnanswered(key)
      deliver()
      present()
    }
  }

  /// Presses a key before the engine's answers are delivered and before another picture is drawn.
  mutating func pressUnanswered(_ key: Key) {
    var target: ScreenTarget?
    if case .mouse(_, let point) = key { target = shown.target(at: point) }
    carryOut(state.update(.key(key, on: target)))
  }

  /// Draws the state, as the loop does before it waits for a key.
  mutating func present() { shown = RootView.present(&state) }

  /// Starts the state's prompt again, as the prompt editor does.
  mutating func restart() {
    carryOut(state.ask(.start(prompt: state.prompt, settings: state.settings, seed: state.seed)))
    deliver()
  }

  mutating func send(_ event: AppEvent) {
    carryOut(state.update(event))
    deliver()
    present()
  }

  /// Delivers the engine's answers until no request is pending.
  mutating func deliver() {
    while !undelivered.isEmpty {
      carryOut(state.update(.engine(undelivered.removeFirst())))
    }
  }

  /// Delivers only the next answer, if there is one.
  mutating func deliverOne() {
    guard !undelivered.isEmpty else { return }
    carryOut(state.update(.engine(undelivered.removeFirst())))
  }

  /// Runs look-ahead as the idle engine does; cancelled at the check behind this many.
  func lookAhead(checks: Int = .max) {
    var looks = 0
    worker.lookAhead {
      looks += 1
      return looks > checks
    }
  }

  /// Handles an event, without delivering the engine's answers.
  mutating func sendUnanswered(_ event: AppEvent) { carryOut(state.update(event)) }

  private mutating func carryOut(_ newEffects: [AppEffect]) {
    for effect in newEffects {
      if keepsEffects { effects.append(effect) }
      if case .engine(let command, let request) = effect { worker.handle(command, request: request) }
    }
    collect()
  }

  private mutating func collect() { undelivered += mailbox.takeAll() }

  /// The text of the screen.
  var picture: String { RootView(state: state, appearance: state.appearance).picture().buffer.text }

  var lane: LaneSnapshot { state.focusedLane! }
}
