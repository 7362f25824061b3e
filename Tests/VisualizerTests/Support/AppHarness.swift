import LMCore
import ModelTestSupport

@testable import Visualizer

/// The whole program without a terminal and without threads: keys go into the pure update, its effects to a real
/// engine worker over a fake model, whose answers come back when the test says so.
struct AppHarness {
  var state: AppState
  let model: FakeModel
  private var worker: EngineWorker
  private let mailbox = Mailbox<EngineEvent> {}
  private var undelivered: [EngineEvent] = []
  private(set) var effects: [AppEffect] = []

  init(
    size: Size = Size(columns: 110, rows: 34), prompt: [Int] = [3, 1, 4], seed: UInt64 = 42,
    settings: SamplingSettings = SamplingSettings(), model: FakeModel = FakeModel()
  ) {
    self.model = model
    state = AppState(size: size, modelName: "fake", prompt: .ids(prompt), settings: [settings], seed: seed)
    worker = EngineWorker(looksAhead: false) { [mailbox] in mailbox.post($0) }
    nonisolated(unsafe) let loaded = GenerationEngine.LoadedEngineModel(
      model: model,
      card: ModelCard(
        name: "fake", parameterCount: 1234, dtype: "f32", vocabularySize: model.vocabularySize,
        contextLength: model.contextLength, tokenizer: nil))
    worker.load { _ in loaded }
    collect()
    carryOut(state.begin())
    deliver()
  }

  /// Presses keys; the engine answers each before the next.
  mutating func press(_ keys: Key...) {
    for key in keys {
      pressUnanswered(key)
      deliver()
    }
  }

  /// Presses a key while the engine is still at work.
  mutating func pressUnanswered(_ key: Key) { carryOut(state.update(.key(key))) }

  /// Starts the state's prompt again, as the prompt editor does.
  mutating func restart() {
    carryOut(state.ask(.start(prompt: state.prompt, settings: state.settings, seed: state.seed)))
    deliver()
  }

  mutating func send(_ event: AppEvent) {
    carryOut(state.update(event))
    deliver()
  }

  /// Hands over the engine's answers until it has nothing more to do.
  mutating func deliver() {
    while !undelivered.isEmpty {
      carryOut(state.update(.engine(undelivered.removeFirst())))
    }
  }

  private mutating func carryOut(_ newEffects: [AppEffect]) {
    for effect in newEffects {
      effects.append(effect)
      if case .engine(let command, let request) = effect { worker.handle(command, request: request) }
    }
    collect()
  }

  private mutating func collect() { undelivered += mailbox.takeAll() }

  var lane: LaneSnapshot { state.focusedLane! }
}
