import Presentation
import Testing

@testable import Visualizer

@Suite struct ChartTests {
  private func picture(
    _ chart: Chart, _ columns: Int, _ rows: Int, _ look: Appearance = Samples.blocks
  ) -> ScreenBuffer { ScreenBuffer.picture(of: chart, columns: columns, rows: rows, with: look) }

  private func chart(
    _ series: [[Double?]], axis: ChartAxis = .percent, width: Int, cursor: Int? = nil, ahead: Int = .max
  ) -> Chart {
    Chart(
      title: "p", series: series.map { Chart.Series(reading: "", values: $0, ahead: ahead) }, axis: axis,
      columns: ChartColumns(
        count: series.map(\.count).max() ?? 0, width: width, cursor: cursor ?? 0, showsSingle: false),
      cursor: cursor)
  }

  @Test func barsStandOnANumberedAxis() {
    let values = (0..<24).map { Double($0) / 23 }
    #expect(
      picture(chart([values], width: 24), 32, 6).text == """
        p
           100%│                  ▁▂▄▅▇█
               │            ▁▂▃▅▆███████
            50%│       ▂▃▅▆▇████████████
             0%│ ▁▃▄▆▇██████████████████
               └1━━━━━━━━10━━━━━━━━20━━━
        """)
  }

  @Test func theSecondSeriesIsALineOfDotsOverTheBars() {
    let bars = [1, 1, 0.5, 0.5, 0, 0].map { Double($0) }
    let line = [0.1, 0.9, 0.1, 0.9, 0.1, 0.9]
    let screen = picture(chart([bars, line], width: 6), 14, 6)
    #expect(
      screen.text.split(separator: "\n").dropFirst().map { $0.dropFirst(8) }
        == [
          "█⠒ ⠒ ⠒", "██", "████", "⠤█⠤█⠤", "1━━━5━",
        ])
    // A dot over a block is a hole in it: told apart without colours.
    for (x, y) in [(8, 4), (9, 1), (10, 4)] {
      #expect(screen[Point(x, y)].style == Samples.blocks.theme[.barBefore].adding(.reverse))
    }
    #expect(screen[Point(11, 1)].style == Samples.blocks.theme[.curve])
  }

  @Test func inASCIIBothSeriesHaveTheirOwnSigns() {
    let text = picture(chart([[0.8, 0.8, 0], [0.1, 0.9, 0.5]], width: 3), 11, 6, Samples.ascii).text
    let plot = text.split(separator: "\n").dropFirst().dropLast().map { $0.dropFirst(8) }
    #expect(plot == [":o", "##o", "##", "o#"])
  }

  @Test func stepsAheadAreGreyOnADottedAxis() {
    let screen = picture(chart([[0.9, 0.9, 0.9, 0.9]], width: 4, ahead: 2), 12, 5)
    #expect(screen.text.split(separator: "\n").last == "       └1━┄┄")
    let styles = (8..<12).map { screen[Point($0, 3)].style }
    #expect(styles == [.barBefore, .barBefore, .removed, .removed].map { Samples.blocks.theme[$0] })
  }

  @Test func theCursorIsAColumnAndAnArrow() {
    let screen = picture(chart([[0.1, 0.9, 0.1]], width: 3, cursor: 2), 11, 5)
    #expect(screen.text.split(separator: "\n").dropFirst().map { $0.dropFirst(10) } == ["┊", "┊", "▂", "▲"])
    #expect((1...4).allSatisfy { screen[Point(10, $0)].style == Samples.blocks.theme[.cursor] })
  }

  /// Values that share a column are their mean: a column of 0 and 1 is half as high as one of 1 and 1.
  @Test func manyValuesShareColumns() {
    let values = (0..<40).map { $0 < 20 ? Double($0 % 2) : 1 }
    let text = picture(chart([values], width: 20), 28, 4).text
    #expect(text.split(separator: "\n")[1].dropFirst(8) == "          ██████████")
    #expect(text.split(separator: "\n")[2].dropFirst(8) == "████████████████████")
  }

  @Test func fewValuesAreWide() {
    let text = picture(chart([[1, 0.5, 1]], width: 40), 48, 4).text
    #expect(text.split(separator: "\n")[1].dropFirst(8) == "███     ███")
    #expect(text.split(separator: "\n")[2].dropFirst(8) == "███ ███ ███")
  }

  @Test func oddNumbersAreDrawnInsideTheAxis() {
    let axis = ChartAxis.bits(covering: [3.2, .infinity, .nan])
    #expect(axis.labels == ["4 b", "2 b", "0 b"])
    #expect([Double.infinity, .nan, -1, 2].map(axis.height(of:)) == [1, 0, 0, 0.5])
    let counts = ChartAxis.counts(upTo: 10_000)
    #expect(counts.labels == ["10,000", "100", "1"])
    #expect([10_000, 100, 1].map(counts.height(of:)) == [1, 0.5, 0.01])
    #expect(picture(chart([[nil, 0.5, .infinity]], width: 3), 11, 4).text.contains("▁") == false)
  }

  /// Each value of a chart has its own column in the area of its hit, or shares it with its neighbours.
  @Test(arguments: [(1, 30), (12, 30), (29, 30), (30, 30), (31, 30), (512, 30), (1025, 192), (5, 1)])
  func everyValueHasAColumn(count: Int, width: Int) {
    for cursor in [0, count / 2, count - 1] {
      for showsSingle in [false, true] {
        let columns = ChartColumns(count: count, width: width, cursor: cursor, showsSingle: showsSingle)
        #expect(columns.shown.contains(cursor))
        if !showsSingle { #expect(columns.shown == 0..<count) }
        if showsSingle { #expect(columns.valuesEach == 1) }
        #expect(columns.shown.count == (showsSingle ? min(count, width) : count))
        let places = (0..<columns.places).flatMap { place in columns.values(at: place).map { (place, $0) } }
        #expect(places.map(\.1) == Array(columns.shown))
        for (place, value) in places {
          #expect(columns.column(of: value) == place * columns.columnsEach)
          #expect(place * columns.columnsEach + columns.barWidth <= width)
        }
        #expect(columns.column(of: columns.shown.upperBound) == nil)
      }
    }
  }
}
