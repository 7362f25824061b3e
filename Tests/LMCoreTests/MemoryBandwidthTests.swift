import Testing

@testable import LMCore

@Suite struct MemoryBandwidthTests {
  /// Under the thread sanitizer, which found that all threads wrote their sums to one place, this is its test.
  @Test(arguments: [1, 3])
  func threadsReadSideBySide(_ threads: Int) {
    let bandwidth = MemoryBandwidth(threads: threads, bytes: 32 << 20)
    for _ in 0..<3 {
      let bytesPerSecond = bandwidth.measure()
      #expect(bytesPerSecond.isFinite && bytesPerSecond > 0)
    }
  }
}
