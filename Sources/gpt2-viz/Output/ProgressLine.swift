import Glibc
import LMCore

/// "Loading gpt2: 42%" on standard error, on a terminal only; erased at the end.
final class ProgressLine {
  /// Seconds before anything is shown.
  private static let delay = 0.3

  private let label: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = MonotonicClock.seconds
  private var shown = ""

  init(_ label: String) { self.label = label }

  /// `share` is in 0...1.
  func show(_ share: Double) {
    guard isTerminal, MonotonicClock.seconds - start > Self.delay else { return }
    let text = "\(label): \(Int(share * 100))%"
    guard text != shown else { return }
    reportPart("\r" + text)
    shown = text
  }

  func erase() {
    guard !shown.isEmpty else { return }
    reportPart("\r" + String(repeating: " ", count: shown.count) + "\r")
    shown = ""
  }
}
