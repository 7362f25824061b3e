import Dispatch
import Glibc
import LMCore

/// Ctrl-C cancels the work, so that the last message can be written on a line of its own.
final class Interruption {
  private let source: any DispatchSourceSignal

  init(of cancellation: Cancellation) {
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { cancellation.cancel() }
    source.resume()
  }

  deinit {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }

  /// Ends the program by SIGINT, so that a calling script sees why.
  func endProgram() {
    source.cancel()
    signal(SIGINT, SIG_DFL)
    raise(SIGINT)
  }
}
