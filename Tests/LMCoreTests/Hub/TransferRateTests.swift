import Testing

@testable import LMCore

@Suite struct TransferRateTests {
  @Test func needsASpan() {
    var rate = TransferRate()
    #expect(rate.bytesPerSecond == nil)
    rate.record(bytes: 0, at: 10)
    rate.record(bytes: 1000, at: 10.1)
    #expect(rate.bytesPerSecond == nil)
    rate.record(bytes: 10_000, at: 11)
    #expect(rate.bytesPerSecond == 10_000)
  }

  @Test func forgetsWhatIsLongAgo() throws {
    var rate = TransferRate()
    var bytes = 0
    for step in 0..<1000 {
      bytes += step < 500 ? 1000 : 10
      rate.record(bytes: bytes, at: Double(step) * 0.1)
    }
    #expect(abs(try #require(rate.bytesPerSecond) - 100) < 1e-6)
  }

  @Test func aStandstillBringsItDown() throws {
    var rate = TransferRate()
    rate.record(bytes: 0, at: 0)
    rate.record(bytes: 5000, at: 1)
    rate.record(bytes: 5000, at: 5)
    #expect(rate.bytesPerSecond == 1000)
  }

  @Test func tellsTheTimeLeft() {
    let progress = DownloadProgress(file: "a", bytes: 400, total: 1000, bytesPerSecond: 100)
    #expect(progress.secondsLeft == 6)
    #expect(DownloadProgress(file: "a", bytes: 1, total: 2, bytesPerSecond: nil).secondsLeft == nil)
    #expect(DownloadProgress(file: "a", bytes: 1, total: 2, bytesPerSecond: 0).secondsLeft == nil)
  }
}
