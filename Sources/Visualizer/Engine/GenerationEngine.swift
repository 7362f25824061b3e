import Dispatch
import LMCore
import Synchronization

/// Owns the predictor and its sessions on a thread of its own: commands in, events out, in order.
public final class GenerationEngine: Sendable {
  /// How the engine comes by its model, on its own thread. Reports the share that is loaded.
  public typealias Loader = @Sendable (_ progress: (Double) -> Void) throws -> LoadedEngineModel

  public struct LoadedEngineModel {
    public var predictor: any Predictor
    public var card: ModelCard

    public init(predictor: any Predictor, card: ModelCard) {
      self.predictor = predictor
      self.card = card
    }
  }

  private let queue = DispatchQueue(label: "engine", qos: .userInitiated)
  private let worker: ConfinedWorker
  private let saver: SessionSaver?
  /// Commands not begun, and those of them that look-ahead must not keep waiting. A step forward rather takes what
  /// look-ahead is at.
  private let waiting = Atomic<Int>(0)
  private let hurrying = Atomic<Int>(0)

  /// `post` is called on the engine's thread.
  init(
    looksAhead: Bool = true, saver: SessionSaver? = nil, post: @escaping @Sendable (EngineEvent) -> Void
  ) {
    self.saver = saver
    worker = ConfinedWorker(looksAhead: looksAhead, saver: saver, post: post)
  }

  func load(_ loader: @escaping Loader) {
    queue.async { [self] in worker.withWorker { $0.load(loader) } }
  }

  /// Shows a trace in a model's place.
  func open(_ trace: Trace) {
    queue.async { [self] in worker.withWorker { $0.open(trace) } }
  }

  func discardOffer() { saver?.discardCrash() }

  func send(_ command: EngineCommand, request: Int) {
    let hurries = !command.isAdvance
    waiting.add(1, ordering: .relaxed)
    if hurries { hurrying.add(1, ordering: .relaxed) }
    queue.async { [self] in
      let isLast = waiting.subtract(1, ordering: .relaxed).newValue == 0
      if hurries { hurrying.subtract(1, ordering: .relaxed) }
      worker.withWorker { $0.handle(command, request: request) }
      guard isLast else { return }
      // Behind whatever the user asks next.
      queue.async { [self] in
        guard waiting.load(ordering: .relaxed) == 0 else { return }
        worker.withWorker { $0.lookAhead { hurrying.load(ordering: .relaxed) > 0 } }
      }
    }
  }
}

/// The engine's state, which only its serial queue touches. The lock is never contended: it is how the
/// compiler sees what the queue guarantees.
private final class ConfinedWorker: Sendable {
  private let worker: Guarded<EngineWorker>

  init(looksAhead: Bool, saver: SessionSaver?, post: @escaping @Sendable (EngineEvent) -> Void) {
    worker = Guarded(EngineWorker(looksAhead: looksAhead, saver: saver, post: post))
  }

  func withWorker(_ body: (inout EngineWorker) -> Void) {
    // The queue may be on another thread each time.
    CrashSignals.admit()
    worker.withLock { body(&$0) }
  }
}
