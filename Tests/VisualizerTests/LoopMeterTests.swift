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
    (32, "loop ␣and␣th…  ×4  12.0% … 97.0%"),
    (24, "loop ␣and␣t…  ×4  12→97%"),
  ])
  func oneRow(columns: Int, text: String) {
    #expect(picture(LoopMeter(loop: Samples.loop), columns, 1) == text)
  }

  @Test func copiesClimb() {
    #expect(
      picture(LoopMeter(loop: Samples.loop), 30, 4) == """
        loop ␣and␣…  ×4  12.0% … 97.0%
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

  /// However narrow the meter and however many copies there are.
  @Test func theFirstCopyStandsBesideTheLast() {
    let means = (10...69).map { Double($0) / 100 }
    for appearance in [Samples.blocks, Samples.ascii] {
      for (columns, rows) in (20...120).flatMap({ [($0, 1), ($0, 4)] }) {
        for copies in [3, 10, 60] {
          let loop = LoopReading(
            phrase: "␣a␣long␣phrase", period: 4, copies: copies, copyMeans: Array(means[..<copies]))
          let text = ScreenBuffer.picture(
            of: LoopMeter(loop: loop), columns: columns, rows: rows, with: appearance
          ).text.split(separator: "\n")[0]
          let last = 9 + copies
          let isFull = text.contains(" 10.0% ") && text.contains(" \(last).0%")
          let isBrief = text.contains(" 10\(appearance.glyphs.arrowRight)\(last)%")
          #expect(isFull || isBrief, "\(columns) columns: \(text)")
        }
      }
    }
  }

  @Test func theChartBeginsWithTheFirstCopy() {
    let loop = LoopReading(
      phrase: "␣a", period: 2, copies: 30, copyMeans: [0.1] + .init(repeating: 0.9, count: 29))
    #expect(picture(LoopMeter(loop: loop), 60, 1).hasSuffix("▁ ▇▇▇▇▇▇▇▇▇▇▇"))
    #expect(picture(LoopMeter(loop: loop), 30, 3).hasSuffix("▂▂    ██ ██ ██ ██ ██ ██ ██ ██"))
  }
}
