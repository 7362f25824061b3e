import Dispatch
import Testing

@testable import LMCore

@Suite struct GuardedTests {
  private final class Owner {}
  private struct Refusal: Error, Equatable {}

  @Test func threadsThatMeetLoseNothing() {
    let counts = Guarded((sum: 0, longest: [Int]()))
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for _ in 0..<5_000 {
        counts.withLock { state in
          state.sum += 1
          // Long enough for others to find the lock taken.
          if state.sum.isMultiple(of: 100) { state.longest.append(thread) }
        }
      }
    }
    #expect(counts.withLock { $0.sum } == 40_000)
    #expect(counts.withLock { $0.longest.count } == 400)
  }

  @Test func whatFailsLeavesTheLockFree() {
    let count = Guarded(0)
    #expect(throws: Refusal()) { try count.withLock { _ throws(Refusal) in throw Refusal() } }
    #expect(count.withLock { $0 } == 0)
  }

  @Test func theStateEndsWithIt() {
    weak var owner: Owner?
    do {
      let guarded = Guarded([Owner()])
      owner = guarded.withLock { $0[0] }
      #expect(owner != nil)
    }
    #expect(owner == nil)
  }
}
