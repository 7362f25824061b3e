import Synchronization

/// A cancellation flag for a transfer, which any thread may set.
public final class Cancellation: Sendable {
  private let flag = Atomic(false)
  /// Called at the cancellation.
  private let bell = Guarded<(@Sendable () -> Void)?>(nil)

  /// A flag that is not set.
  public init() {}

  /// The transfer ends at once; a download with `HubError.cancelled`, and the next one continues with the bytes received.
  public func cancel() {
    flag.store(true, ordering: .sequentiallyConsistent)
    bell.withLock { $0?() }
  }

  /// True once `cancel` was called.
  public var isCancelled: Bool { flag.load(ordering: .sequentiallyConsistent) }

  /// Calls `ring` when the flag is set while `body` runs; that may be on another thread.
  func ringing<Result>(_ ring: @escaping @Sendable () -> Void, _ body: () -> Result) -> Result {
    bell.withLock { $0 = ring }
    defer { bell.withLock { $0 = nil } }
    return body()
  }
}

/// For requests whose answers have no body.
extension Cancellation: HTTPClient.Receiver {
  var wantsToStop: Bool { isCancelled }
  var cancellation: Cancellation? { self }
  func receive(_ bytes: UnsafeRawBufferPointer, of response: HTTPResponse) -> Bool { true }
}
