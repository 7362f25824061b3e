import Synchronization

/// A cancellation flag for a download, which any thread may set.
public final class Cancellation: Sendable {
  private let flag = Atomic(false)

  /// A flag that is not set.
  public init() {}

  /// The download ends within about a second with `HubError.cancelled`; the next one continues with the bytes received.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// True once `cancel` was called.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}

/// For requests whose answers have no body.
extension Cancellation: HTTPClient.Receiver {
  var wantsToStop: Bool { isCancelled }
  func receive(_ bytes: UnsafeRawBufferPointer, of response: HTTPResponse) -> Bool { true }
}
