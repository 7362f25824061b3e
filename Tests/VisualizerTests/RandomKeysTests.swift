import Glibc
import LMCore
import Testing

@testable import Visualizer

/// Invariants under random keys, with a fast or slow engine: each lane is equal to a new session with the same steps, no
/// picture is drawn outside its window, and neither requests nor memory accumulate.
///
/// A short run; Scripts/random-keys sets the two variables for a long one, or to repeat a failed one.
@Suite struct RandomKeysTests {
  private static let keyCount = number("GPT2_VIZ_RANDOM_KEYS")
  private static let firstSeed = number("GPT2_VIZ_RANDOM_SEED")

  private static func number(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }

  @Test func everyLaneEqualsAFreshReplayAndEveryFrameFits() throws {
    let storyteller = try LoadedModel.load(.builtIn, threads: 1)
    let lessons = try Lesson.builtIn()
    let wanted = Self.keyCount ?? 16_000
    let isLong = Self.keyCount != nil
    let keysPerRun = isLong ? RandomKeyRun.keysPerRun : 1000
    var seed = UInt64(Self.firstSeed ?? 1)
    var (keys, frames, replays) = (0, 0, 0)
    var reached: Set<String> = []
    var memory: [Int] = []
    while keys < wanted {
      // Reported before the run, since nothing is reported after a crash.
      if isLong { report("seed \(seed): from key \(keys), \(residentBytes() >> 10) KB") }
      var run = RandomKeyRun(seed: seed, storyteller: storyteller, lessons: lessons)
      while run.keyCount < keysPerRun, keys + run.keyCount < wanted {
        let count = min(300, keysPerRun - run.keyCount, wanted - keys - run.keyCount)
        let problems = run.burst(count)
        replays += run.app.state.lanes.count
        try #require(problems == [], "seed \(seed); repeat with Scripts/random-keys \(keysPerRun) \(seed)")
      }
      keys += run.keyCount
      frames += run.frameCount
      reached.formUnion(run.reached)
      memory.append(residentBytes())
      seed += 1
    }
    if wanted >= 16_000 { #expect(RandomKeyRun.everything.subtracting(reached) == []) }
    guard isLong else { return }
    // Later tenths need no more memory than the first, apart from fragmentation of the heap.
    let tenth = memory.prefix(max(memory.count / 10, 1)).max() ?? 0
    let last = memory.suffix(max(memory.count / 10, 1)).max() ?? 0
    report("memory: \(tenth >> 20) MB at most in the first tenth, \(last >> 20) MB in the last")
    if memory.count >= 50 { #expect(last < tenth + tenth / 2) }
    report("\(keys) keys, \(frames) frames, \(replays) lanes equal to their fresh replay, 0 crashes")
  }

  private func report(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private func residentBytes() -> Int {
    // Return free memory to the system before measuring. (<malloc.h> is not in the Glibc module.)
    if let trim = dlsym(nil, "malloc_trim") {
      _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> Int32).self)(0)
    }
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = fread(&buffer, 1, buffer.count, file)
    let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}
