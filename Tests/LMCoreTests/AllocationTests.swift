import AllocationCounter
import Testing

@testable import LMCore

@Suite(
  .enabled(
    if: allocation_count() >= 0, "allocations can be counted with glibc only, and not under a sanitizer"))
struct AllocationTests {
  private func allocations(during body: () -> Void) -> Int {
    let before = allocation_count()
    body()
    return allocation_count() - before
  }

  @Test(arguments: ["plain", "f16", "long", "llama", "gemma3-capped", "gpt-neox"])
  func aDecodeStepAllocatesNothing(_ name: String) throws {
    let models = ReferenceModel.all + ReferenceModel.families
    let reference = try #require(models.first { $0.name == name })
    // One thread: all of the step runs on the one that is watched.
    let model = try reference.load(threads: 1)
    for lanes in [1, 2, 3] {
      let caches = (0..<lanes).map { _ in model.makeCache() }
      let tokens = (0..<lanes).map { $0 + 3 }
      var (hidden, logits): ([Float], [Float]) = ([], [])
      // The buffers for so many lanes come with the first step.
      model.decode(tokens, into: caches, hidden: &hidden)
      model.computeLogits(hidden, into: &logits)
      let count = allocations {
        for _ in 0..<20 {
          model.decode(tokens, into: caches, hidden: &hidden)
          model.computeLogits(hidden, into: &logits)
        }
      }
      #expect(count == 0, "\(lanes) lanes")
    }
  }

  @Test func aCallOfThePoolAllocatesNothing() {
    let pool = ThreadPool(threads: 3)
    var job = 0
    #expect(allocations { for _ in 0..<100 { pool.run(chunks: 10, &job) { _, _, _ in } } } == 0)
  }

  @Test func theCounterCounts() {
    let array = UnsafeMutablePointer<[Int]>.allocate(capacity: 1)
    array.initialize(to: [])
    #expect(allocations { array.pointee.append(3) } == 1)
    array.deinitialize(count: 1)
    array.deallocate()
  }
}
