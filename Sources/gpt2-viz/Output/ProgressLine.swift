import Glibc

/// "Loading gpt2: 42%" on standard error while somebody waits there; gone when it is done.
final class ProgressLine {
  /// Shorter waits are not worth a word.
  private static let patience = 0.3

  private let label: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = monotonicSeconds()
  private var shown = ""

  init(_ label: String) { self.label = label }

  /// `share` is in 0...1.
  func show(_ share: Double) {
    guard isTerminal, monotonicSeconds() - start > Self.patience else { return }
    let text = "\(label): \(Int(share * 100))%"
    guard text != shown else { return }
    sayUnfinished("\r" + text)
    shown = text
  }

  func erase() {
    guard !shown.isEmpty else { return }
    sayUnfinished("\r" + String(repeating: " ", count: shown.count) + "\r")
    shown = ""
  }
}

/// Seconds of a clock that nobody sets.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
