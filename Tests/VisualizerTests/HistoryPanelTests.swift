import Testing

@testable import Visualizer

@Suite struct HistoryPanelTests {
  private let panel = HistoryPanel(
    points: Samples.history, cursor: 20, perplexity: 11.3, vocabularySize: 4096)

  private func picture(
    _ panel: HistoryPanel, _ columns: Int, _ rows: Int, _ look: Appearance = Samples.blocks
  ) -> String {
    ScreenBuffer.picture(of: panel, columns: columns, rows: rows, with: look).text
  }

  @Test func fourRowsNameFourSeries() {
    #expect(
      picture(panel, 100, 4) == """
        p(chosen)     81.2% ▁▄█▃▇▂▆▁▅█▄▇▃▆▂▅▁▄█▃▇▂▆▁▅█▄▇▃▆▂▅▁▄█▃▇▂▆▁▅█▄▇▃▆▂▅▁▄█▃▇▂▆▁▅█▄▇     perplexity 11.3
        entropy    1.1 bits █▄▁▅▂▆▃▇▄ ▅▁▆▂▇▃█▄▁▅▂▆▃▇▄ ▅▁▆▂▇▃█▄▁▅▂▆▃▇▄ ▅▁▆▂▇▃█▄▁▅▂▆▃▇▄ ▅▁
        kept            512 ▁▃▇▁▅█▃▆▁▄▇▂▅▁▃▇▁▅█▃▆▁▄▇▂▅▁▃▇▁▅█▃▆▁▄▇▂▅▁▃▇▁▅█▃▆▁▄▇▂▅▁▃▇▁▅█▃▆
        surprisal  5.0 bits  ▇▅▃▁█▆▄▂ ▇▅▃▁█▆▄▂ ▇▅▃▁█▆▄▂ ▇▅▃▁█▆▄▂ ▇▅▃▁█▆▄▂ ▇▅▃▁█▆▄▂ ▇▅▃▁█
        """)
  }

  @Test func twoRows() {
    #expect(
      picture(panel, 100, 2) == """
        p(chosen)     81.2% ▄▇▃▆▂▅▁▄█▃▇▂▆▁▅█▄▇▃▆   entropy    1.1 bits ▅▁▆▂▇▃█▄▁▅▂▆▃▇▄ ▅▁▆▂  perplexity 11.3
        kept            512 ▇▂▅▁▃▇▁▅█▃▆▁▄▇▂▅▁▃▇▁   surprisal  5.0 bits ▇▅▃▁█▆▄▂ ▇▅▃▁█▆▄▂ ▇▅
        """)
  }

  @Test func oneRow() {
    #expect(
      picture(panel, 110, 1) == """
        p(chosen)     81.2% ▁▄█▃▇▂▆▁▅   entropy    1.1 bits █▄▁▅▂▆▃▇▄   kept            512 ▁▅█▃▆▁▄▇▂  perplexity 11.3
        """)
    #expect(
      picture(panel, 78, 1) == """
        p(chosen)     81.2% ▁▄█▃▇▂▆▁▅   entropy    1.1 bits █▄▁▅▂▆▃▇▄  perplexity 11.3
        """)
    #expect(
      picture(panel, 20, 1) == """
        p(chosen) ▅▁▄█▃▇▂▆▁▅
        """)
  }

  @Test func inASCII() {
    #expect(
      picture(panel, 60, 4, Samples.ascii) == """
        p(chosen)     81.2% #=%-*:+.=#-%:*.+#=%-*:+  perplexity 11.3
        entropy    1.1 bits _+.*:%-#=.+:*-%=_+.*:%-
        kept            512 =%:+.-%.+#-*.=%:+.-%.+#
        surprisal  5.0 bits _%+-.#*=:_%+-.#*=:_%+-.
        """)
  }

  /// The cursor is in the same column in every row, and always visible.
  @Test(arguments: [0, 1, 20, 40, 58, 59])
  func theCursorIsInSight(cursor: Int) {
    var moved = panel
    moved.cursor = cursor
    let screen = ScreenBuffer.picture(of: moved, columns: 60, rows: 4, with: Samples.blocks)
    let style = Samples.blocks.theme[.cursor]
    let columns = (0..<4).map { y in (0..<60).filter { screen[Point($0, y)].style == style } }
    #expect(columns[0].count == 1)
    #expect(columns.allSatisfy { $0 == columns[0] }, "\(columns)")
  }

  @Test func beforeTheFirstStepThereIsNothingToShow() {
    let empty = HistoryPanel(points: [], cursor: nil, perplexity: nil, vocabularySize: 4096)
    #expect(picture(empty, 60, 1) == "p(chosen)" + String(repeating: " ", count: 39) + "perplexity –")
  }

  @Test func numbersBeyondAllBoundsAreCut() {
    let point = HistoryPoint(probability: 0, entropy: .nan, surprisal: .infinity, kept: 0)
    let odd = HistoryPanel(points: [point, point], cursor: 1, perplexity: .infinity, vocabularySize: 1)
    #expect(picture(odd, 60, 4).contains("perplexity inf"))
    #expect(picture(odd, 60, 4).contains("inf bits"))
  }

  /// Every column of a sparkline has its step as target, for every part of the history shown.
  @Test(arguments: [(100, 4), (100, 2), (110, 1), (60, 4), (20, 1)])
  func pointsHitSteps(columns: Int, rows: Int) {
    let area = Rect(x: 3, y: 2, width: columns, height: rows)
    for step in [0, 20, 59] {
      var moved = panel
      moved.cursor = step
      var screen = ScreenBuffer(size: Size(columns: columns + 6, rows: rows + 4))
      moved.draw(into: &screen, in: area, with: Samples.blocks)
      let areas = moved.stepAreas(in: area, with: Samples.blocks)
      var hits = 0
      for y in 0..<screen.size.rows {
        for x in 0..<screen.size.columns {
          let isCursor = screen[Point(x, y)].style == Samples.blocks.theme[.cursor]
          let hit = areas.first { $0.area.contains(Point(x, y)) }?.step
          #expect((hit == step) == isCursor, "\(x), \(y)")
          if isCursor { hits += 1 }
        }
      }
      #expect(hits >= 1)
    }
    let areas = panel.stepAreas(in: area, with: Samples.blocks)
    #expect(!areas.contains { $0.area.contains(area.origin) })
  }
}
