/// The pending commands: at most one is with the engine, the rest wait in order.
struct RequestQueue: Equatable, Sendable {
  private(set) var inFlight: Int?
  /// The command that is with the engine.
  private(set) var current: EngineCommand?
  private(set) var waiting: [EngineCommand] = []
  private var lastRequest = 0

  var isIdle: Bool { inFlight == nil && waiting.isEmpty }

  var isAskingForRanks: Bool { current?.isForRanks == true || waiting.contains(where: \.isForRanks) }

  /// Adds a command. Returns the effect that sends the next one, if the engine is free.
  ///
  /// A step back cancels a waiting step forward, new settings replace waiting ones, and a jump to the beginning or a
  /// new start removes all waiting moves, so that keys held down on a slow model do not accumulate. A beam search that
  /// is opened anew replaces a waiting one, and so do new settings of a contrastive search.
  mutating func add(_ command: EngineCommand) -> AppEffect? {
    switch (command, waiting.last) {
    case (.back(let lanes), .advance(let advanced)?) where advanced == lanes:
      waiting.removeLast()
      return nil
    case (.setSettings(_, let lane), .setSettings(_, let turned)?) where turned == lane:
      waiting[waiting.count - 1] = command
    case (.beams(.open), .beams(.open)?):
      waiting[waiting.count - 1] = command
    case (.contrastive(.set), .contrastive(.set)?):
      waiting[waiting.count - 1] = command
    case (.start, _):
      waiting = [command]
    case (.jump(depth: 0, .all), _):
      waiting.removeAll { $0.isMove }
      waiting.append(command)
    default:
      waiting.append(command)
    }
    return sendNext()
  }

  /// Marks a request as answered. Returns the effect that sends the next one; nil for a stale answer or an empty queue.
  mutating func finish(_ request: Int) -> AppEffect? {
    guard request == inFlight else { return nil }
    (inFlight, current) = (nil, nil)
    return sendNext()
  }

  /// Removes the commands that were not sent yet.
  mutating func cancelWaiting() { waiting.removeAll() }

  private mutating func sendNext() -> AppEffect? {
    guard inFlight == nil, !waiting.isEmpty else { return nil }
    lastRequest += 1
    inFlight = lastRequest
    let command = waiting.removeFirst()
    current = command
    return .engine(command, request: lastRequest)
  }
}

extension EngineCommand {
  /// True for a question to a server for more ranks.
  var isForRanks: Bool { if case .tellMore = self { true } else { false } }

  /// True for a move along the text, which a following jump makes superfluous.
  fileprivate var isMove: Bool {
    switch self {
    case .advance, .back, .jump: true
    default: false
    }
  }
}
