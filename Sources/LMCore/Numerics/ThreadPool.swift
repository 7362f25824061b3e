import Glibc
import Synchronization

/// A few threads for many short pieces of work: a decode step holds some sixty of them, microseconds apart.
///
/// The calling thread works too, and takes whatever the others have not begun: on one core, or when another
/// process holds the others, it simply does more of it. Workers spin for a moment after their last piece, as the
/// next is likely near, then sleep until called: an idle pool uses no CPU.
///
/// Unchecked: `workers` is written by init alone, what else changes is in `Shared`. Tested by ThreadPoolTests.
///
/// One call at a time. Which thread runs a chunk is chance, so chunks must not depend on each other.
public final class ThreadPool: @unchecked Sendable {
  /// What runs for each chunk: the context as passed to `run`, the chunk, and which thread it is, in 0..<threadCount.
  typealias Body = @convention(c) (UnsafeMutableRawPointer, Int, Int) -> Void

  /// What a pool may be asked for.
  public static let mostThreads = 256

  /// The calling thread among them.
  public let threadCount: Int
  private let shared = Shared()
  private(set) var workers: [pthread_t] = []

  /// As many as the process may use CPUs, but no more than serve memory-bound work.
  public static var defaultThreadCount: Int {
    min(max(usableProcessorCount, 1), 16)
  }

  /// - Parameter threads: 1...`mostThreads`, the caller included; 0 for `defaultThreadCount`. A system that refuses more
  ///   threads gives fewer.
  public init(threads: Int = 0) {
    precondition(threads >= 0, "a pool has no negative number of threads")
    let wanted = threads == 0 ? Self.defaultThreadCount : min(threads, Self.mostThreads)
    // Signals belong to the program's own threads: SIGWINCH must not land in a worker, nor interrupt it.
    var every = sigset_t()
    var before = sigset_t()
    sigfillset(&every)
    // But a fault is the thread's own, and the kernel ends a process that blocks one without asking its handler.
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS] { sigdelset(&every, fault) }
    pthread_sigmask(SIG_SETMASK, &every, &before)
    for index in 1..<max(wanted, 1) {
      var thread = pthread_t()
      let context = Unmanaged.passRetained(Worker(shared: shared, index: index))
      let error = pthread_create(
        &thread, nil,
        { raw in
          guard let raw else { return nil }
          let worker = Unmanaged<Worker>.fromOpaque(raw).takeRetainedValue()
          worker.shared.work(thread: worker.index)
          return nil
        }, context.toOpaque())
      guard error == 0 else {
        context.release()
        break
      }
      workers.append(thread)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    threadCount = workers.count + 1
  }

  deinit {
    shared.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Runs `body(context, chunk, thread)` for every chunk in 0..<chunks, and returns when all are done. Allocates nothing.
  func run<Context>(chunks: Int, _ context: inout Context, _ body: Body) {
    withUnsafeMutablePointer(to: &context) { pointer in
      guard chunks > 1, !workers.isEmpty else {
        for chunk in 0..<chunks { body(pointer, chunk, 0) }
        return
      }
      precondition(chunks <= Shared.mostChunks)
      shared.run(chunks: chunks, pointer, body)
    }
  }
}

private final class Worker {
  let shared: Shared
  let index: Int

  init(shared: Shared, index: Int) { (self.shared, self.index) = (shared, index) }
}

/// What caller and workers share; outlives the pool until the last worker has left.
///
/// Unchecked: `context` and `body` are plain memory, which the atomic `tickets` hand from the caller to the workers.
/// Tested by ThreadPoolTests.
private final class Shared: @unchecked Sendable {
  static let mostChunks = 0xFFFFF
  /// How long a worker waits awake for the next piece.
  private static let spinTime = Duration.microseconds(60)

  /// Call number (24 bits) | chunks of the call (20) | chunks taken (20), in one word, so that a thread takes a
  /// chunk of the call that it read, or none.
  private let tickets = Atomic<UInt64>(0)
  private let finished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  // Written by the caller between calls, read only by who holds a chunk of the present call.
  private var context: UnsafeMutableRawPointer?
  private var body: ThreadPool.Body?

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  func run(chunks: Int, _ context: UnsafeMutableRawPointer, _ body: ThreadPool.Body) {
    self.context = context
    self.body = body
    finished.store(0, ordering: .relaxed)
    let call = (tickets.load(ordering: .relaxed) >> 40) &+ 1
    // Sequentially consistent, as are the sleepers' steps: either we see the sleeper, or it sees this call.
    tickets.store(call << 40 | UInt64(chunks) << 20, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { rouse() }
    while takeChunk(thread: 0) {}
    var waited = 0
    while finished.load(ordering: .acquiring) < chunks {
      waited += 1
      // Whoever holds the last chunk may be waiting for this very CPU.
      if waited < 2_000 { relaxProcessor() } else { sched_yield() }
    }
  }

  func work(thread: Int) {
    while !stopping.load(ordering: .relaxed) {
      if takeChunk(thread: thread) { continue }
      let deadline = MonotonicClock.now + Self.spinTime
      var called = false
      repeat {
        for _ in 0..<32 where !called {
          relaxProcessor()
          called = isWorkWaiting
        }
      } while !called && MonotonicClock.now < deadline
      if !called { sleep() }
    }
  }

  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    rouse()
  }

  private var isWorkWaiting: Bool {
    let word = tickets.load(ordering: .sequentiallyConsistent)
    return word & 0xFFFFF < word >> 20 & 0xFFFFF
  }

  /// Runs one chunk of the present call, if one is left.
  private func takeChunk(thread: Int) -> Bool {
    var word = tickets.load(ordering: .acquiring)
    while word & 0xFFFFF < word >> 20 & 0xFFFFF {
      let (taken, seen) = tickets.compareExchange(
        expected: word, desired: word + 1, ordering: .acquiringAndReleasing)
      guard taken else {
        word = seen
        continue
      }
      // The call cannot end before this chunk has, so its context stays.
      if let body, let context { body(context, Int(word & 0xFFFFF), thread) }
      finished.add(1, ordering: .releasing)
      return true
    }
    return false
  }

  private func sleep() {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !isWorkWaiting, !stopping.load(ordering: .sequentiallyConsistent) { pthread_cond_wait(wake, mutex) }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  private func rouse() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }
}
