import FuzzSupport
import Glibc

/// Runs cases one after the other, and dies of what they do to it.
struct Worker {
  /// More than any of the inputs, which have a quarter of a megabyte, can ask for.
  private static let mostGrowth = 256 << 10  // kilobytes
  /// The address sanitizer keeps what was freed, and so tells nothing of a case's hunger.
  private static let isMemoryMeasured = dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil

  private let options: RunOptions

  init(_ options: RunOptions) { self.options = options }

  func run() -> Int32 {
    guard let board = Board(options.board) else { return 3 }
    var peak = Self.peakMemory
    for number in options.first..<options.first + options.cases {
      board.current = number
      let trial = FuzzCase(number: number, seed: options.seed, kinds: options.kinds)
      let kind = options.kinds.firstIndex { $0.name == trial.kind.name } ?? 0
      var outcome = trial.run()
      let now = Self.peakMemory
      if Self.isMemoryMeasured, now - peak > Self.mostGrowth {
        outcome = .failed(complaint: "takes \((now - peak) >> 10) MB")
      }
      peak = now
      switch outcome {
      case .accepted: board.add(.accepted, kind: kind)
      case .refused: board.add(.refused, kind: kind)
      case .failed(let complaint):
        board.add(.failed, kind: kind)
        Finding.report(trial, complaint, options)
      }
    }
    return 0
  }

  /// Kilobytes; it never falls.
  private static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }
}
