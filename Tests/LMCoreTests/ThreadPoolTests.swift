import Foundation
import Testing

@testable import LMCore

@Suite struct ThreadPoolTests {
  private struct Job {
    let counts: UnsafeMutablePointer<Int32>
    let threads: UnsafeMutablePointer<Int>
  }

  /// Runs `chunks` chunks and expects each to have run once, on a thread that exists.
  private func run(_ pool: ThreadPool, chunks: Int) {
    let counts = UnsafeMutablePointer<Int32>.allocate(capacity: max(chunks, 1))
    let threads = UnsafeMutablePointer<Int>.allocate(capacity: max(chunks, 1))
    counts.initialize(repeating: 0, count: max(chunks, 1))
    threads.initialize(repeating: -1, count: max(chunks, 1))
    var job = Job(counts: counts, threads: threads)
    pool.run(chunks: chunks, &job) { raw, chunk, thread in
      let job = raw.assumingMemoryBound(to: Job.self).pointee
      job.counts[chunk] += 1
      job.threads[chunk] = thread
    }
    #expect((0..<chunks).allSatisfy { counts[$0] == 1 })
    #expect((0..<chunks).allSatisfy { (0..<pool.threadCount).contains(threads[$0]) })
    counts.deallocate()
    threads.deallocate()
  }

  @Test(arguments: [1, 2, 3, 8, 33])
  func everyChunkRunsOnce(_ threads: Int) {
    let pool = ThreadPool(threads: threads)
    #expect(pool.threadCount == threads)
    for chunks in [0, 1, 2, 3, 7, 100, 5000] { run(pool, chunks: chunks) }
  }

  @Test func manyShortCallsInARow() {
    let pool = ThreadPool(threads: 4)
    for call in 0..<20_000 {
      var sum = 0
      let partial = UnsafeMutablePointer<Int>.allocate(capacity: 5)
      var context = (partial: partial, call: call)
      pool.run(chunks: 5, &context) { raw, chunk, _ in
        let context = raw.assumingMemoryBound(to: (partial: UnsafeMutablePointer<Int>, call: Int).self)
          .pointee
        context.partial[chunk] = context.call + chunk
      }
      for chunk in 0..<5 { sum += partial[chunk] }
      partial.deallocate()
      if sum != 5 * call + 10 {
        Issue.record("call \(call) gives \(sum)")
        return
      }
    }
  }

  @Test func wakesAfterSleep() {
    let pool = ThreadPool(threads: 3)
    for _ in 0..<20 {
      run(pool, chunks: 50)
      usleep(2000)  // longer than a worker waits awake
    }
  }

  @Test func anIdlePoolUsesNoProcessorTime() {
    let pool = ThreadPool(threads: 4)
    run(pool, chunks: 1000)
    #expect(pool.workers.count == 3)
    // A busy machine may run a worker for the first time only now; one that waits awake never comes to rest.
    var readings: [[Int]] = []
    for _ in 0..<20 where readings.count < 2 || readings.suffix(2).first != readings.last {
      usleep(300_000)
      readings.append(pool.workers.map(processorTime))
    }
    #expect(readings.suffix(2).first == readings.last, "\(readings)")
  }

  /// Nanoseconds that a thread has run.
  private func processorTime(_ thread: pthread_t) -> Int {
    var clock = clockid_t()
    var time = timespec()
    guard pthread_getcpuclockid(thread, &clock) == 0, clock_gettime(clock, &time) == 0 else { return -1 }
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  @Test func workersBlockSignals() {
    var before = sigset_t()
    var after = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &before)
    let pool = ThreadPool(threads: 3)
    pthread_sigmask(SIG_BLOCK, nil, &after)
    // The caller's own are as they were.
    #expect((1..<32).allSatisfy { sigismember(&before, $0) == sigismember(&after, $0) })
    var job = Job(counts: .allocate(capacity: 200), threads: .allocate(capacity: 200))
    job.counts.initialize(repeating: 0, count: 200)
    job.threads.initialize(repeating: -1, count: 200)
    pool.run(chunks: 200, &job) { raw, chunk, thread in
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      let job = raw.assumingMemoryBound(to: Job.self).pointee
      for signal in [SIGINT, SIGTERM, SIGWINCH, SIGTSTP, SIGHUP, SIGALRM] {
        job.counts[chunk] += sigismember(&mask, signal)
      }
      job.threads[chunk] = thread
      usleep(200)
    }
    let byWorkers = (0..<200).filter { job.threads[$0] > 0 }
    #expect(!byWorkers.isEmpty)
    #expect(byWorkers.allSatisfy { job.counts[$0] == 6 })
    job.counts.deallocate()
    job.threads.deallocate()
  }

  @Test func poolsComeAndGo() {
    for _ in 0..<200 {
      let pool = ThreadPool(threads: 3)
      run(pool, chunks: 4)
    }
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
    #expect(threads < 200)
  }

  @Test func defaultIsWhatTheProcessMayUse() {
    #expect((1...16).contains(ThreadPool.defaultThreadCount))
    #expect(ThreadPool().threadCount == ThreadPool.defaultThreadCount)
  }
}
