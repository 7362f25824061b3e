import FuzzSupport
import Glibc

/// Starts a worker, and another where that one has died or stands still, until all cases are done.
struct Supervisor {
  /// Seconds that a case may take; the slowest take a tenth of one.
  private static let timeLimit = 60
  private static let mostDeaths = 100

  private let options: RunOptions

  init(_ options: RunOptions) { self.options = options }

  /// - Returns: 0 where no case failed.
  func run() -> Int32 {
    guard let path = Board.makeFile() else {
      reportMessage("fuzz-runner: no temporary file can be made")
      return 3
    }
    defer { unlink(path) }
    guard let board = Board(path) else {
      reportMessage("fuzz-runner: \(path) cannot be mapped")
      return 3
    }
    let end = options.first + options.cases
    let started = time(nil)
    var next = options.first
    var (crashes, hangs) = (0, 0)
    while next < end, crashes + hangs < Self.mostDeaths {
      let (status, stoodStill) = runWorker(from: next, board, path)
      if status == 0 { break }
      let trial = FuzzCase(number: board.current, seed: options.seed, kinds: options.kinds)
      if stoodStill { hangs += 1 } else { crashes += 1 }
      let complaint =
        stoodStill
        ? "takes longer than \(Self.timeLimit) s"
        : status & 0x7F != 0
          ? "ends the program by signal \(status & 0x7F)" : "ends the program with code \(status >> 8)"
      Finding.report(trial, complaint, options)
      next = board.current + 1
    }
    return summarize(board, crashes: crashes, hangs: hangs, seconds: time(nil) - started)
  }

  private func runWorker(from number: Int, _ board: Board, _ path: String) -> (
    status: Int32, stoodStill: Bool
  ) {
    let words = ["fuzz-runner"] + options.words(from: number, board: path)
    var argv = words.map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own, with all that it starts.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var process: pid_t = 0
    board.current = number
    setenv("SWIFT_BACKTRACE", "enable=no", 0)
    guard posix_spawn(&process, "/proc/self/exe", nil, &attributes, &argv, environ) == 0 else {
      return (3 << 8, false)
    }
    var (last, since) = (number, time(nil))
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      usleep(20_000)
      if board.current != last { (last, since) = (board.current, time(nil)) }
      guard time(nil) - since > Self.timeLimit else { continue }
      kill(-process, SIGKILL)
      waitpid(process, &status, 0)
      return (status, true)
    }
    return (status, false)
  }

  private func summarize(_ board: Board, crashes: Int, hangs: Int, seconds: Int) -> Int32 {
    var totals = [0, 0, 0]
    for (index, kind) in options.kinds.enumerated() {
      let counts = Board.Column.allCases.map { board.count($0, kind: index) }
      for column in 0..<3 { totals[column] += counts[column] }
      reportMessage("\(kind.name): \(counts[0]) accepted, \(counts[1]) refused, \(counts[2]) failed")
    }
    let done = totals.reduce(crashes + hangs, +)
    reportMessage(
      "\(done) cases, seed \(options.seed): \(totals[0]) accepted, \(totals[1]) refused with a sentence, "
        + "\(totals[2]) failed, \(crashes) crashes, \(hangs) hangs, \(seconds) s")
    return totals[2] + crashes + hangs == 0 && done == options.cases ? 0 : 1
  }
}
