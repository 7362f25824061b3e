import Dispatch
import LMCore
import Synchronization

/// The predictor and its sessions on a thread of their own. Commands are carried out and answered in order.
public final class GenerationEngine: Sendable {
  /// Loads the model, on the engine's thread. Reports the share that is loaded, in 0...1.
  public typealias Loader = @Sendable (_ progress: (Double) -> Void) throws -> LoadedEngineModel

  public struct LoadedEngineModel {
    public var predictor: any Predictor
    public var card: ModelCard
    /// What should be known of the model's files, each one sentence.
    public var notes: [String]
    /// The model of the second text of a comparison; nil where both texts are of one.
    public var other: (any Predictor)?

    public init(
      predictor: any Predictor, card: ModelCard, notes: [String] = [], other: (any Predictor)? = nil
    ) {
      (self.predictor, self.card, self.notes, self.other) = (predictor, card, notes, other)
    }
  }

  private let queue = DispatchQueue(label: "engine", qos: .userInitiated)
  private let worker: ConfinedWorker
  private let saver: SessionSaver?
  private let post: @Sendable (EngineEvent) -> Void
  /// The number of commands not begun, and of those that must not wait for look-ahead. A step forward may wait: look-ahead
  /// computes what it needs.
  private let waiting = Atomic<Int>(0)
  private let urgent = Atomic<Int>(0)
  private let interruption = EngineInterruption()

  /// `post` is called on the engine's thread.
  init(
    looksAhead: Bool = true, saver: SessionSaver? = nil, post: @escaping @Sendable (EngineEvent) -> Void
  ) {
    (self.saver, self.post) = (saver, post)
    let interruption = interruption
    worker = ConfinedWorker(looksAhead: looksAhead, saver: saver, post: post) { interruption.isSet }
  }

  func load(_ loader: @escaping Loader) {
    queue.async { [self] in worker.withWorker { $0.load(loader) } }
  }

  /// Opens a trace of one text or two instead of a model.
  func open(_ traces: [Trace]) {
    queue.async { [self] in worker.withWorker { $0.open(traces) } }
  }

  /// Opens a recorded beam search instead of a model.
  func open(_ trace: BeamTrace) {
    queue.async { [self] in worker.withWorker { $0.open(trace) } }
  }

  func open(_ content: TraceContent) {
    switch content {
    case .texts(let traces): open(traces)
    case .beams(let trace): open(trace)
    }
  }

  func discard(_ kept: KeptSession) { saver?.discard(kept) }

  /// Reads the kept sessions; `kept` is posted with them.
  func listKeptSessions() {
    guard let saver else { return post(.kept(nil)) }
    saver.list { [post] sessions in
      post(.kept(sessions.map(saver.entry)))
    }
  }

  /// Gives up what is under way, and what was sent already, where it waits for a server, or searches with beams or contrastively:
  /// another step of a local model takes no time to speak of.
  func interrupt() { interruption.set() }

  func send(_ command: EngineCommand, request: Int) {
    let isUrgent = !command.isAdvance
    waiting.add(1, ordering: .relaxed)
    if isUrgent { urgent.add(1, ordering: .relaxed) }
    let number = interruption.nextNumber()
    queue.async { [self] in
      let isLast = waiting.subtract(1, ordering: .relaxed).newValue == 0
      if isUrgent { urgent.subtract(1, ordering: .relaxed) }
      interruption.begin(number)
      worker.withWorker {
        $0.handle(command, request: request) { interruption.isSet }
      }
      guard isLast else { return }
      // A separate block, so that commands that have arrived meanwhile come first.
      queue.async { [self] in
        guard waiting.load(ordering: .relaxed) == 0 else { return }
        worker.withWorker { $0.lookAhead { urgent.load(ordering: .relaxed) > 0 || interruption.isSet } }
      }
    }
  }
}

/// The engine's state, accessed on its serial queue only. The lock is never contended: it lets the compiler check
/// what the queue guarantees.
private final class ConfinedWorker: Sendable {
  private let worker: Guarded<EngineWorker>

  init(
    looksAhead: Bool, saver: SessionSaver?, post: @escaping @Sendable (EngineEvent) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) {
    worker = Guarded(
      EngineWorker(looksAhead: looksAhead, saver: saver, isInterrupted: isInterrupted, post: post))
  }

  func withWorker(_ body: (inout EngineWorker) -> Void) {
    // The queue may be on another thread each time.
    CrashSignals.admit()
    worker.withLock { body(&$0) }
  }
}

/// What the user does not want to wait for any longer: the commands that were sent until then, and what the engine prepares
/// behind them.
private final class EngineInterruption: Sendable {
  private let sent = Atomic<Int>(0)
  private let current = Atomic<Int>(0)
  private let last = Atomic<Int>(-1)

  func nextNumber() -> Int { sent.add(1, ordering: .relaxed).newValue }

  func begin(_ number: Int) { current.store(number, ordering: .relaxed) }

  func set() { last.store(sent.load(ordering: .relaxed), ordering: .relaxed) }

  /// Whether the command under way is one of them.
  var isSet: Bool { current.load(ordering: .relaxed) <= last.load(ordering: .relaxed) }
}
