import Testing

@testable import LMCore

@Suite struct MinimumHeapTests {
  @Test func givesSortedOrder() {
    var generator = RandomSource(seed: 5)
    var heap = MinimumHeap()
    let items = (0..<1000).map { _ in UInt64.random(in: 0...300, using: &generator) }
    items.forEach { heap.insert($0) }
    var sorted: [UInt64] = []
    while let item = heap.removeMinimum() { sorted.append(item) }
    #expect(sorted == items.sorted())
  }
}
