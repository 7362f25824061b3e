import Synchronization

/// A wish to end a download, which another thread may utter at any time.
public final class Cancellation: Sendable {
  private let flag = Atomic(false)

  public init() {}

  /// The download ends within about a second with `HubError.cancelled`; what has come stays for the next time.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}

/// Headers alone have no body to take.
extension Cancellation: HTTPClient.Receiver {
  var wantsToStop: Bool { isCancelled }
  func receive(_ bytes: UnsafeRawBufferPointer, of response: HTTPResponse) -> Bool { true }
}
