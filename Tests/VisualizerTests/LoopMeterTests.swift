import Testing

@testable import Visualizer

@Suite struct LoopMeterTests {
  private func picture(_ meter: LoopMeter, _ columns: Int, _ rows: Int) -> String {
    ScreenBuffer.picture(of: meter, columns: columns, rows: rows, with: Samples.blocks).text
  }

  @Test(arguments: [
    (80, "loop ␣and␣the␣king  ×4  period 3  97.0% ▁▃▆█"), (40, "loop ␣and␣the…  ×4  period 3  97.0% ▁▃▆█"),
    (24, "loop ␣and␣the␣…  ×4 ▁▃▆█"),
  ])
  func oneRow(columns: Int, text: String) {
    #expect(picture(LoopMeter(loop: Samples.loop), columns, 1) == text)
  }

  @Test func copiesClimb() {
    #expect(
      picture(LoopMeter(loop: Samples.loop), 30, 4) == """
        loop ␣and␣the␣k…  ×4  period 3
              ▁▁ ▇▇
              ██ ██
        ▃▃ ██ ██ ██
        """)
  }

  @Test func noLoop() {
    #expect(picture(LoopMeter(loop: nil), 20, 1) == "loop none")
  }
}
