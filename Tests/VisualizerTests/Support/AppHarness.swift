import LMCore
import ModelTestSupport

@testable import Visualizer

/// The whole program without a terminal and without threads: keys go into the pure update, its effects to a real
/// engine worker over a fake model, whose answers come back when the test says so.
struct AppHarness {
  var state: AppState
  let predictor: FakePredictor
  private var worker: EngineWorker
  private let mailbox = Mailbox<EngineEvent> {}
  private var undelivered: [EngineEvent] = []
  /// What the user sees: of the state behind the last key.
  private(set) var shown: Picture
  private(set) var effects: [AppEffect] = []
  /// Keep all effects, for tests that look at them: millions of keys would fill the memory.
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
  init(
    size: Size = Size(columns: 110, rows: 34), prompt: Prompt = .text("Once upon a time"),
    lesson: Lesson? = nil, storyteller: LoadedModel
  ) {
    let opening = lesson?.opening
    var state = AppState(
      size: size, modelName: "storyteller", prompt: opening?.prompt ?? prompt,
      settings: [opening?.settings ?? SamplingSettings()], seed: opening?.seed ?? 42)
    state.lesson = lesson.map { LessonRun($0) }
    self.init(
      state, counting: FakePredictor(), running: storyteller.predictor, tokenizer: storyteller.tokenizer)
  }

  /// Any state over any model.
  init(
    _ state: AppState, counting: FakePredictor = FakePredictor(), running predictor: any Predictor,
    tokenizer: (any Tokenizer)?, looksAhead: Bool = false
  ) {
    self.state = state
    self.predictor = counting
    shown = RootView.present(&self.state)
    worker = EngineWorker(looksAhead: looksAhead) { [mailbox] in mailbox.post($0) }
    var profile = predictor.profile
    (profile.name, profile.parameterCount, profile.dtype) = (state.modelName, 1234, "f32")
    nonisolated(unsafe) let loaded = GenerationEngine.LoadedEngineModel(
      predictor: predictor,
      card: ModelCard(profile, tokenizer: tokenizer))
    worker.load { _ in loaded }
    collect()
    carryOut(self.state.begin())
    deliver()
    present()
  }

  /// A trace in the model's place.
  init(replaying trace: Trace, size: Size = Size(columns: 110, rows: 34)) {
    predictor = FakePredictor()
    state = AppState(
      size: size, modelName: "fake", prompt: .ids(trace.start.tokens.map(\.id)),
      settings: [trace.start.settings], seed: trace.start.seed)
    state.isReplay = true
    shown = RootView.present(&state)
    worker = EngineWorker(looksAhead: false) { [mailbox] in mailbox.post($0) }
    worker.open(trace)
    collect()
    carryOut(state.begin())
    deliver()
    present()
  }

  /// Presses keys; the engine answers each before the next.
  mutating func press(_ keys: Key...) {
    for key in keys {
      pressUnanswered(key)
      deliver()
      present()
    }
  }

  /// Presses a key while the engine is still at work, and before another picture is drawn.
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

  /// Hands over the engine's answers until it has nothing more to do.
  mutating func deliver() {
    while !undelivered.isEmpty {
      carryOut(state.update(.engine(undelivered.removeFirst())))
    }
  }

  /// Hands over the next answer alone, if there is one.
  mutating func deliverOne() {
    guard !undelivered.isEmpty else { return }
    carryOut(state.update(.engine(undelivered.removeFirst())))
  }

  /// What the engine does while nobody asks for anything; given up when it has looked so often whether somebody does.
  func lookAhead(patience: Int = .max) {
    var looks = 0
    worker.lookAhead {
      looks += 1
      return looks > patience
    }
  }

  /// An event that the engine's answers come behind.
  mutating func sendUnanswered(_ event: AppEvent) { carryOut(state.update(event)) }

  private mutating func carryOut(_ newEffects: [AppEffect]) {
    for effect in newEffects {
      if keepsEffects { effects.append(effect) }
      if case .engine(let command, let request) = effect { worker.handle(command, request: request) }
    }
    collect()
  }

  private mutating func collect() { undelivered += mailbox.takeAll() }

  /// What the screen shows.
  var picture: String { RootView(state: state, appearance: state.appearance).picture().buffer.text }

  var lane: LaneSnapshot { state.focusedLane! }
}
