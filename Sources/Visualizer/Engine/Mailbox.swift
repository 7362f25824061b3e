import LMCore

/// A queue of events from the engine's thread to the loop's thread. Posting wakes the loop.
final class Mailbox<Message: Sendable>: Sendable {
  private let messages = Guarded<[Message]>([])
  private let wake: @Sendable () -> Void

  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func post(_ message: Message) {
    messages.withLock { $0.append(message) }
    wake()
  }

  func takeAll() -> [Message] {
    messages.withLock { messages in
      defer { messages.removeAll() }
      return messages
    }
  }
}
