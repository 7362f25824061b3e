import Testing

@testable import LMCore
@testable import gpt2_viz

@Suite struct DownloadDisplayTests {
  private func progress(_ bytes: Int, rate: Double? = 10e6) -> DownloadEvent {
    .progressed(
      DownloadProgress(file: "model.safetensors", bytes: bytes, total: 548_000_000, bytesPerSecond: rate))
  }

  @Test func elsewhereThanOnATerminalALineNowAndThen() {
    var display = DownloadDisplay(columns: nil, picture: BarPicture(drawsBlocks: true))
    let plan = DownloadEvent.planned(
      model: "gpt2", commit: "607a30d783dfa663", files: 4, bytes: 548_000_000, present: 0)
    #expect(display.text(for: plan, at: 0) == "gpt2-viz: gpt2 at 607a30d: 4 files, 548 MB\n")
    #expect(display.text(for: progress(1_000_000), at: 1) == "")
    var resumed = display
    let rest = DownloadEvent.planned(model: "a/b", commit: "607a30d", files: 1, bytes: 1000, present: 400)
    #expect(
      resumed.text(for: rest, at: 0) == "gpt2-viz: a/b at 607a30d: 1 file, 1.00 KB, of which 400 B are here\n"
    )
    #expect(
      display.text(for: progress(137_000_000), at: 10)
        == "gpt2-viz: model.safetensors: 137 MB of 548 MB, 25.0%, 10.0 MB/s, 0:42 left\n")
    #expect(display.text(for: progress(200_000_000), at: 19) == "")
    #expect(
      display.text(for: .finished(file: "model.safetensors"), at: 20) == "gpt2-viz: model.safetensors: done\n"
    )
    #expect(display.ending() == "")
  }

  @Test func onATerminalALineThatChanges() {
    var display = DownloadDisplay(columns: 100, picture: BarPicture(drawsBlocks: true))
    #expect(
      display.text(for: progress(137_000_000), at: 0)
        == "\rmodel.safetensors  █████                 137 MB of 548 MB  25.0%  10.0 MB/s  0:42 left\u{1B}[K")
    // Words in between take its place, and the line comes again.
    let retry = DownloadEvent.retrying(file: "a", reason: .network(.interrupted("h")), seconds: 2)
    #expect(display.text(for: retry, at: 1).hasPrefix("\r\u{1B}[Kgpt2-viz: a: The connection to h broke off"))
    #expect(display.ending() == "")
    _ = display.text(for: progress(548_000_000), at: 2)
    #expect(display.ending() == "\n")
  }

  @Test(arguments: 1...120)
  func noLineIsWiderThanTheTerminal(columns: Int) {
    var display = DownloadDisplay(columns: columns, picture: BarPicture(drawsBlocks: false))
    for bytes in [0, 1, 274_000_000, 548_000_000] {
      let text = display.text(for: progress(bytes), at: 0).drop { $0 == "\r" }.prefix { $0 != "\u{1B}" }
      #expect(text.count < columns)
    }
  }

  @Test(arguments: [
    (0.0, "0:00"), (6.2, "0:07"), (59.5, "1:00"), (750, "12:30"), (3723, "1:02:03"), (1e9, "days"),
  ])
  func durations(seconds: Double, expected: String) {
    #expect(duration(seconds) == expected)
  }

  /// File names come from a server.
  @Test func noNameCommandsTheTerminal() {
    var display = DownloadDisplay(columns: 100, picture: BarPicture(drawsBlocks: true))
    #expect(!display.text(for: .waiting(file: "a\u{1B}[2J"), at: 0).contains("\u{1B}[2J"))
  }
}
