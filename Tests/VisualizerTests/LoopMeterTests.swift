import Testing

@testable import Visualizer

@Suite struct LoopMeterTests {
  private func picture(_ meter: LoopMeter, _ columns: Int, _ rows: Int) -> String {
    ScreenBuffer.picture(of: meter, columns: columns, rows: rows, with: Samples.blocks).text
  }

  @Test(arguments: [
    (80, "loop ␣and␣the␣king  ×4  period 3  12.0% 35.0% 70.0% 97.0% ▁▃▆█"),
    (56, "loop ␣and␣the␣k…  ×4  period 3  12.0% … 70.0% 97.0% ▁▃▆█"),
    (40, "loop ␣and␣the␣k…  ×4  12.0% … 97.0% ▁▃▆█"),
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

  @Test func aCopyOfThePromptHasNoFigure() {
    let loop = LoopReading(phrase: "␣a␣b", period: 2, copies: 4, copyMeans: [nil, nil, 0.5, 0.9])
    #expect(picture(LoopMeter(loop: loop), 80, 1) == "loop ␣a␣b  ×4  period 2  given given 50.0% 90.0%   ▄▇")
  }

  @Test func noLoop() {
    #expect(picture(LoopMeter(loop: nil), 20, 1) == "loop none")
  }
}
