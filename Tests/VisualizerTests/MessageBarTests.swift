import Testing

@testable import Visualizer

@Suite struct MessageBarTests {
  private func picture(_ widget: some Widget, _ columns: Int, _ rows: Int = 1) -> String {
    ScreenBuffer.picture(of: widget, columns: columns, rows: rows, with: Samples.blocks).text
  }

  @Test func messagesAreOneSafeLine() {
    let warning = MessageBar(kind: .warning, text: "The file \u{1B}[2J\n could not be read.")
    #expect(picture(warning, 40) == " ! The file <1B>[2J⏎ could not be read.")
    #expect(picture(warning, 12) == " ! The file…")
    #expect(picture(MessageBar(text: "Written."), 40) == " Written.")
  }

  @Test func aLongMessageTakesUpToThreeRowsFromBelow() {
    let text =
      "the first words of a message that goes on and on until no row is left for what is still to be said"
    let bar = MessageBar(text: text)
    #expect(
      picture(bar, 60, 4)
        == "\n\n the first words of a message that goes on and on until no\n row is left for what is still to be said"
    )
    #expect(picture(bar, 22, 5).hasSuffix("…"))
    #expect(picture(bar, 22, 5).split(separator: "\n").count == 3)
  }

  @Test(arguments: [
    (0.43, 70, " Loading gpt2  ██████████████▋┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  43%  210 of 548 MB"),
    (0.999, 30, " Loading gpt2  ███████  99%  2"), (0, 40, " Loading gpt2  ┄┄┄┄┄┄┄┄┄┄   0%  210 of …"),
    (1, 70, " Loading gpt2  ██████████████████████████████████ 100%  210 of 548 MB"),
  ])
  func progress(fraction: Double, columns: Int, text: String) {
    #expect(
      picture(ProgressLine(label: "Loading gpt2", fraction: fraction, detail: "210 of 548 MB"), columns)
        == text)
  }

  @Test func progressOfUnknownLength() {
    #expect(
      picture(ProgressLine(label: "Loading gpt2", fraction: nil, detail: "2 s"), 40) == " Loading gpt2  2 s")
  }

  @Test func aWindowThatIsTooSmallSaysSo() {
    let notice = TooSmallNotice(minimum: Size(columns: 80, rows: 24))
    #expect(picture(notice, 60, 3).contains("gpt2-viz needs 80x24, this window has 60x3"))
    #expect(picture(notice, 10, 3) == " gpt2-viz\n  needs\n  80x24,")
    #expect(picture(notice, 1, 1) == "g")
  }
}
