/// The commands on their way: one with the engine, the rest in order behind it.
struct RequestQueue: Equatable, Sendable {
  private(set) var inFlight: Int?
  private(set) var waiting: [EngineCommand] = []
  private var lastRequest = 0

  var isIdle: Bool { inFlight == nil && waiting.isEmpty }

  /// Puts a command in line. Returns what to send now, if anything.
  ///
  /// A step back takes a waiting step forward away with it, a turned knob replaces the turn before it, and a
  /// jump or a new start makes all waiting moves pointless: keys held down on a slow model do not pile up.
  mutating func add(_ command: EngineCommand) -> AppEffect? {
    switch (command, waiting.last) {
    case (.back(let lanes), .advance(let advanced)?) where advanced == lanes:
      waiting.removeLast()
      return nil
    case (.setSettings(_, let lane), .setSettings(_, let turned)?) where turned == lane:
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

  /// Marks a request as answered. Returns what to send next; nil for a stale answer or an empty line.
  mutating func finish(_ request: Int) -> AppEffect? {
    guard request == inFlight else { return nil }
    inFlight = nil
    return sendNext()
  }

  /// Forgets what has not been sent yet.
  mutating func cancelWaiting() { waiting.removeAll() }

  private mutating func sendNext() -> AppEffect? {
    guard inFlight == nil, !waiting.isEmpty else { return nil }
    lastRequest += 1
    inFlight = lastRequest
    return .engine(waiting.removeFirst(), request: lastRequest)
  }
}

extension EngineCommand {
  /// Only moves along the text: nothing is lost by leaving it out before a jump.
  fileprivate var isMove: Bool {
    switch self {
    case .advance, .back, .jump: true
    default: false
    }
  }
}
