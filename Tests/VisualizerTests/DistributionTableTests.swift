import LMCore
import Presentation
import Testing

@testable import Visualizer

@Suite struct DistributionTableTests {
  private func picture(
    _ table: DistributionTable, _ columns: Int, _ rows: Int, _ appearance: Appearance = Samples.blocks
  ) -> String {
    ScreenBuffer.picture(of: table, columns: columns, rows: rows, with: appearance).text
  }

  @Test func barsSumsCutAndCurveInAWideTable() {
    #expect(
      picture(Samples.table(kept: 5), 100, 9) == """
          1 ␣every           █████████████████ ┊     38.8% Σ  38.8% │ ████████████████1.02×▸  50.9%
          2 ␣she             ███████▋╰───╮     ┊     17.2% Σ  56.0% │ ██████████              22.6% ◀ drawn
          3 ␣the             ████▎       ╰─╮   ┊      9.7% Σ  65.7% │ █████▋                  12.7%
          4 ⏎                ██▊           ╰╮  ┊      6.2% Σ  71.9% │ ███▋                     8.1%
          5 <E2>             █▉             ╰╮ ┊      4.3% Σ  76.2% │ ██▌                      5.7%
        ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ top-p 0.85 cut: kept 5 of 4,096 · mass 0.762 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
          6 日本             █▍              ╰╮┊      3.2% Σ  79.4% │ ✕ top-p
          7 ␣forest          █▏               │┊      2.4% Σ  81.8% │ ✕ top-p
         … 4,089 more        ████████         ╰───╮  18.2% Σ   100% │ ✕
        """)
  }

  /// Where the rows sum to 1 as far as a number can tell, the rest is summed itself, on both sides.
  @Test func aRestTooSmallForTheSumsIsTheSameOnBothSides() throws {
    let logits = [Float](repeating: 0, count: 1) + [Float](repeating: -45, count: 1000)
    let distribution = try SamplerChain(SamplingSettings()).apply(to: Belief(logits), history: [0])
    // Its running sum after the chain is rounded another way.
    let first = DistributionTableRow(
      rank: 1, label: "a", before: 1, cumulative: 1, after: 1, cumulativeAfter: 1 - 1e-15)
    func rest(_ distribution: Distribution?) -> String {
      let table = DistributionTable(
        rows: [first], vocabularySize: 1001, scale: BarScale(covering: 1), distribution: distribution)
      return String(picture(table, 60, 3).split(separator: "\n")[1])
    }
    #expect(rest(distribution).ranges(of: "<0.01%").count == 2, "\(rest(distribution))")
    #expect(rest(nil).ranges(of: "<0.01%").count == 2, "as in a recording")
  }

  /// At a high temperature the weight of what a server did not tell is not certain: rows are at least, the rest at most.
  @Test func whatAServerLeavesOpenHasBounds() throws {
    var table = Samples.table(kept: 4096)
    table.rows = table.rows.map { row in
      var row = row
      row.mostAfter = row.after.map { $0 * 1.25 }
      return row
    }
    table.hasBounds = true
    let wide = picture(table, 120, 6).split(separator: "\n").map(String.init)
    #expect(wide[0].contains(" 38.7% to 48.5%"), "\(wide[0])")
    #expect(wide[5].contains(" 4.7% to 23.8%"), "\(wide[5])")
    let narrow = picture(table, 50, 6).split(separator: "\n").map(String.init)
    #expect(narrow[0].contains("≥38.7%"), "\(narrow[0])")
    #expect(narrow[5].contains("≤23.8%"), "\(narrow[5])")
    for columns in [30, 36, 44, 60, 80] {
      let lines = picture(table, columns, 6, Samples.ascii).split(separator: "\n").map(String.init)
      #expect(lines[0].contains(">=38.7%") || lines[0].contains("38.7% to 48.5%"), "\(columns): \(lines[0])")
      #expect(lines[5].contains("<=23.8%") || lines[5].contains("4.7% to 23.8%"), "\(columns): \(lines[5])")
    }
  }

  @Test func theTableInAWindowOf80Columns() {
    #expect(
      picture(Samples.table(kept: 5), 76, 9) == """
          1 ␣every       █████████▎┊   38.8% Σ  38.8% │ ██████1.02×▸  50.9%
          2 ␣she         ████▏─╮   ┊   17.2% Σ  56.0% │ █████▍        22.6% ◀ drawn
          3 ␣the         ██▍   ╰╮  ┊    9.7% Σ  65.7% │ ███           12.7%
          4 ⏎            █▌     ╰╮ ┊    6.2% Σ  71.9% │ ██             8.1%
          5 <E2>         █       ╰╮┊    4.3% Σ  76.2% │ █▍             5.7%
        ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ top-p 0.85 cut: kept 5 of 4,096 · mass 0.762 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
          6 日本         ▊        │┊    3.2% Σ  79.4% │ ✕ top-p
          7 ␣forest      ▋        │┊    2.4% Σ  81.8% │ ✕ top-p
         … 4,089 more    ████▍    ╰─╮  18.2% Σ   100% │ ✕
        """)
  }

  @Test func aCutBelowTheShownRowsIsNamedAtTheirEnd() {
    #expect(
      picture(Samples.table(kept: 300), 60, 6) == """
          1 ␣every     ██████████▏┊   38.8% │ ██████████▏    39.0%
          2 ␣she       ████▌╰─╮   ┊   17.2% │ ████▌          17.3% ◀
          3 ␣the       ██▌    ╰╮  ┊    9.7% │ ██▌             9.7%
         … 297 more    ████████▊───╮  33.8% │ ████████▉      34.0%
        ┄┄┄┄┄┄ top-p 0.85 cut: kept 300 of 4,096 · mass 0.995 ┄┄┄┄┄┄
         … 3,796 more  ▏          ┊│  0.48% │ ✕
        """)
  }

  @Test func aCutAboveTheShownRowsIsNamedAtTheirTop() {
    #expect(
      picture(Samples.table(kept: 5, from: 3000), 50, 6) == """
        ┄┄ top-p 0.85 cut: kept 5 of 4,096 · mass 0.762 ┄┄
         3000 é          ▏    ┊│ <0.01% │ ✕ top-p
         3001 ␣every     ▏    ┊│ <0.01% │ ✕ top-p
         3002 ␣she       ▏    ┊│ <0.01% │ ✕ top-p
         3003 ␣the       ▏    ┊│ <0.01% │ ✕ top-p
         … 1,093 more    ▏    ┊│  0.01% │ ✕
        """)
  }

  @Test func aLaneInASCIIWithAnAuthorsTokenThatWasCut() {
    #expect(
      picture(Samples.table(kept: 5, marks: [3: .selected, 6: .author]), 44, 9, Samples.ascii) == """
          1 ␣every   #####:  38.8% | 1.02x>  50.9%
          2 ␣she     ##`. :  17.2% | ###     22.6%
        > 3 ␣the     #  | :   9.7% | ##      12.7%
          4 ⏎        #  `.:   6.2% | #        8.1%
          5 <E2>     #   |:   4.3% | #        5.7%
        --- top-p 0.85: kept 5 of 4,096 - 0.762 ----
          6 日本     -   |:   3.2% | x top-p       a
          7 ␣forest  -   |:   2.4% | x top-p
         .. 4,089    ##  `.  18.2% | x
        """)
  }

  @Test func aNarrowLaneHasOneBar() {
    #expect(
      picture(Samples.table(kept: 5), 36, 9) == """
          1 ␣every   ███▉┊  38.8% │  50.9%
          2 ␣she     █▊╮ ┊  17.2% │  22.6% ◀
          3 ␣the     █ ╰╮┊   9.7% │  12.7%
          4 ⏎        ▋  │┊   6.2% │   8.1%
          5 <E2>     ▍  │┊   4.3% │   5.7%
        ┄┄┄┄ top-p 0.85: kept 5 · 0.762 ┄┄┄┄
          6 日本     ▍  │┊   3.2% │  ✕ top-p
          7 ␣forest  ▎  ╰╮   2.4% │  ✕ top-p
         … 4,089     █▉  │  18.2% │  ✕
        """)
  }

  @Test func theNarrowestHasNumbersAlone() {
    #expect(
      picture(Samples.table(kept: 5), 30, 8) == """
          1 ␣every       38.8%│ 50.9%
          2 ␣she         17.2%│ 22.6%◀
          3 ␣the          9.7%│ 12.7%
          4 ⏎             6.2%│  8.1%
          5 <E2>          4.3%│  5.7%
        ┄ top-p 0.85: kept 5 · 0.762 ┄
          6 日本          3.2%│ ✕
         … 4,090 more    20.6%│ ✕
        """)
  }

  @Test func cutTokensCanBeHidden() {
    #expect(
      picture(Samples.table(kept: 3, cutDisplay: .hidden), 60, 6) == """
          1 ␣every     ██████████▏┊   38.8% │ ████████1.2×▸  59.0%
          2 ␣she       ████▌╰─╮   ┊   17.2% │ ██████▉        26.2% ◀
          3 ␣the       ██▌    ╰╮  ┊    9.7% │ ███▉           14.8%
        ┄┄┄┄┄┄┄ top-p 0.85 cut: kept 3 of 4,096 · mass 0.657 ┄┄┄┄┄┄┄
         … 4,093 more  ████████▉───╮  34.3% │ ✕
                                            │
        """)
  }

  @Test func withoutACutThereIsNoLine() {
    #expect(
      picture(Samples.table(kept: 4096), 90, 6) == """
          1 ␣every       ██████████████▊      38.8% Σ  38.8% │ ██████████████▊      38.8%
          2 ␣she         ██████▌╰──╮          17.2% Σ  56.0% │ ██████▌              17.2% ◀ drawn
          3 ␣the         ███▋      ╰─╮         9.7% Σ  65.7% │ ███▋                  9.7%
          4 ⏎            ██▍         ╰╮        6.2% Σ  71.9% │ ██▍                   6.2%
          5 <E2>         █▋           ╰╮       4.3% Σ  76.2% │ █▋                    4.3%
         … 4,091 more    █████████     ╰───╮  23.8% Σ   100% │ █████████            23.8%
        """)
  }

  @Test func joinsTheFrameAroundIt() {
    var screen = ScreenBuffer(size: Size(columns: 64, rows: 5))
    Frame(title: "Next").draw(into: &screen, in: screen.bounds, with: Samples.blocks)
    Samples.table(kept: 5).draw(into: &screen, in: Frame.inner(screen.bounds), with: Samples.blocks)
    let lines = screen.text.split(separator: "\n")
    #expect(lines[0] == "┌─ Next ─────── before ─ 50% Σ100% ───┬ after ──── 50% ────────┐")
    #expect(lines[4] == "└─────────────────────────────────────┴────────────────────────┘")
  }

  /// Equal probabilities have bars of equal length before and after, and the numbers shown are the given ones.
  @Test(arguments: [120, 100, 78, 60, 50])
  func bothBarsHaveOneScale(columns: Int) {
    let layout = DistributionColumns(width: columns, highestRank: 99)
    #expect(layout.barWidth >= 5)
    #expect(layout.afterBar != nil)
    let line = picture(Samples.table(kept: 4096, marks: [:]), columns, 4).split(separator: "\n")[1]
    let bars = line.split(separator: "│")
    let blocks = { (text: Substring) in text.filter { $0 >= "\u{2588}" && $0 <= "\u{258F}" } }
    #expect(blocks(bars[0]) == blocks(bars[1]))
    #expect(!blocks(bars[0]).isEmpty)
  }

  @Test func noColumnOverlapsAnother() {
    for width in 24...220 {
      for rank in [9, 999, 50_257] {
        let plain = DistributionColumns(width: width, highestRank: rank)
        let open = DistributionColumns(width: width, highestRank: rank, boundsWith: .ascii)
        for layout in [plain, open] {
          var places = [(layout.rank, layout.rankWidth), (layout.label, layout.labelWidth)]
          if layout.barWidth > 0 { places.append((layout.beforeBar, layout.barWidth)) }
          places.append((layout.beforePercent, 6))
          if let sum = layout.sum { places.append((sum, 8)) }
          places.append((layout.separator, 1))
          if let bar = layout.afterBar { places.append((bar, layout.barWidth)) }
          places.append((layout.afterPercent, layout.afterWidth))
          for (left, right) in zip(places, places.dropFirst()) {
            #expect(left.0 + left.1 <= right.0, "width \(width), rank \(rank): \(places)")
          }
          let end = layout.afterPercent + layout.afterWidth
          #expect(end <= width || width < 33, "width \(width), rank \(rank): \(places)")
        }
      }
    }
  }

  @Test(
    arguments: [
      (0, nil, 0), (1, nil, 1), (3, nil, 2), (10, nil, 9), (1, 5, 1), (2, 5, 1), (3, 5, 1), (4, 1, 2),
      (4, 5, 1),
      (10, 8, 8), (10, 9, 7), (10, 300, 7),
    ] as [(Int, Int?, Int)])
  func capacity(height: Int, cutRank: Int?, rows: Int) {
    let isCutBelow = cutRank.map { rank in { (rows: Int) in rows < rank } }
    #expect(DistributionTable.rowCapacity(height: height, isCutBelow: isCutBelow) == rows)
  }

  @Test func theDrawnTableTellsWhereItsRowsLie() {
    let area = Rect(x: 5, y: 10, width: 80, height: 9)
    var screen = ScreenBuffer(size: Size(columns: 100, rows: 24))
    let placement = Samples.table(kept: 5).place(into: &screen, in: area, with: Samples.blocks)
    let ranks = (9...20).map { y in placement.rows.first { $0.area.contains(Point(6, y)) }?.rank }
    #expect(ranks == [nil, 1, 2, 3, 4, 5, nil, 6, 7, nil, nil, nil])
    #expect(placement.cut == area.row(5))
    #expect(!placement.rows.contains { $0.area.contains(Point(4, 11)) })
  }

  @Test func removedTokensAreDimAndTheDrawnOneStandsOut() {
    let screen = ScreenBuffer.picture(of: Samples.table(kept: 5), columns: 100, rows: 9, with: Samples.blocks)
    let theme = Samples.blocks.theme
    #expect(screen[Point(4, 1)].style == theme[.chosenRow])
    #expect(screen[Point(4, 6)].style == theme[.removed])
    #expect(screen[Point(21, 0)].style == theme[.barBefore])
    #expect(screen[Point(70, 0)].style == theme[.barAfter])
  }
}
