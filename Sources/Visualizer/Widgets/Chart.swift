import Glibc
import LMCore
import Presentation

/// The vertical axis of a chart.
struct ChartAxis: Hashable {
  /// The value at the top.
  let maximum: Double
  /// The labels at the top, in the middle, and at the bottom.
  let labels: [String]
  /// From 1 to the maximum on a logarithmic scale, else from 0.
  let isLogarithmic: Bool

  static let percent = ChartAxis(maximum: 1, labels: ["100%", "50%", "0%"], isLogarithmic: false)

  /// A round number of bits that covers all finite values.
  static func bits(covering values: some Sequence<Double>) -> ChartAxis {
    let highest = values.reduce(1) { $1.isFinite ? max($0, $1) : $0 }
    let round = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 50, 100].first { $0 >= highest }
    let maximum = round ?? highest.rounded(.up)
    return ChartAxis(
      maximum: maximum, labels: [maximum, maximum / 2, 0].map { NumberFormat.shortest($0) + " b" },
      isLogarithmic: false)
  }

  static func counts(upTo maximum: Int) -> ChartAxis {
    let top = max(maximum, 2)
    let middle = Int(sqrt(Double(top)).rounded())
    return ChartAxis(
      maximum: Double(top), labels: [top, middle, 1].map { NumberFormat.grouped($0) }, isLogarithmic: true)
  }

  /// The height of a value, in 0...1; 0 for one that is not a number.
  func height(of value: Double) -> Double {
    guard !value.isNaN else { return 0 }
    // A single token is still visible.
    let share = isLogarithmic ? max(log(max(value, 1)) / log(maximum), 0.01) : value / maximum
    return min(max(share, 0), 1)
  }
}

/// One or two series over the same axes: the first as bars in eighths of a row, the second as a dotted line over them.
///
/// Where several values share a column, it shows their mean. The first row is the heading, the last one the horizontal
/// axis, which numbers the values from 1 and is dotted where they lie ahead.
struct Chart: Widget {
  struct Series: Hashable {
    /// What it is, and its value at the cursor.
    var reading: String
    /// nil: none at this place.
    var values: [Double?]
    /// The first value that lies ahead of the shown step.
    var ahead: Int
  }

  var title: String
  /// Free text at the right of the heading.
  var note = ""
  var series: [Series]
  var axis: ChartAxis
  var columns: ChartColumns
  /// The value under the cursor; nil: none is.
  var cursor: Int?

  /// The columns of the vertical axis with its labels.
  static let gutter = 8

  /// The area of the bars.
  static func plot(in area: Rect) -> Rect {
    Rect(
      x: area.x + gutter, y: area.y + 1, width: area.width - gutter, height: area.height - 2)
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    drawHeading(&buffer, area.row(0), appearance)
    let plot = Self.plot(in: area)
    guard !plot.isEmpty else { return }
    drawAxes(&buffer, plot, area, appearance)
    for place in 0..<columns.places {
      let bar = Rect(
        x: plot.x + place * columns.columnsEach, y: plot.y, width: columns.barWidth, height: plot.height
      ).intersection(plot)
      for (index, series) in series.enumerated() {
        guard let height = height(of: series, at: place) else { continue }
        let isAhead = columns.values(at: place).lowerBound >= series.ahead
        if index == 0 {
          drawBar(height, isAhead, &buffer, bar, appearance)
        } else {
          drawDots(height, isAhead, &buffer, bar, appearance)
        }
      }
    }
    drawCursor(&buffer, plot, area, appearance)
  }

  /// The cells of each value on screen; the first value of those that share a column.
  func valueAreas(in area: Rect) -> [(area: Rect, value: Int)] {
    let plot = Self.plot(in: area)
    return (0..<columns.places).map { place in
      let x = plot.x + place * columns.columnsEach
      return (
        Rect(x: x, y: plot.y, width: columns.columnsEach, height: plot.height + 1),
        columns.values(at: place).lowerBound
      )
    }
  }

  private func height(of series: Series, at place: Int) -> Double? {
    columns.mean(of: series.values, at: place).map(axis.height)
  }

  // MARK: Heading

  private func drawHeading(_ buffer: inout ScreenBuffer, _ row: Rect, _ appearance: Appearance) {
    let (theme, glyphs) = (appearance.theme, appearance.glyphs)
    var x = buffer.put(title, at: row.origin, style: theme[.title], in: row) + 2
    for (index, series) in series.enumerated() {
      if self.series.count > 1 {
        let sample = index == 0 ? glyphs.lowerEighths(8) : glyphs.dots(atQuarter: 2)
        x = buffer.put("\(sample)\(sample) ", at: Point(x, row.y), style: style(index, appearance), in: row)
      }
      x = buffer.put(series.reading, at: Point(x, row.y), style: theme[.strong], in: row) + 2
    }
    let width = CellWidth.width(of: note)
    if x + width <= row.maxX {
      buffer.put(note, at: Point(row.maxX - width, row.y), style: theme[.dim], in: row)
    }
  }

  private func style(_ index: Int, _ appearance: Appearance) -> Style {
    appearance.theme[index == 0 ? .barBefore : .curve]
  }

  // MARK: Axes

  private func drawAxes(_ buffer: inout ScreenBuffer, _ plot: Rect, _ area: Rect, _ appearance: Appearance) {
    let (theme, glyphs) = (appearance.theme, appearance.glyphs)
    let rows = [0, plot.height.isMultiple(of: 2) && plot.height > 3 ? plot.height / 2 : -1, plot.height - 1]
    for (label, row) in zip(axis.labels, rows) where row >= 0 {
      let text = TextFit.padLeft(label, columns: Self.gutter - 1, glyphs: glyphs)
      buffer.put(text, at: Point(area.x, plot.y + row), style: theme[.dim], in: area)
    }
    for row in 0..<plot.height {
      buffer.set(
        Cell(glyphs.curveVertical, style: theme[.frame]), at: Point(plot.x - 1, plot.y + row), clip: area)
    }
    let y = plot.maxY
    let corner = LineArms([.up, .right]).scalar(glyphs)
    buffer.set(Cell(corner, style: theme[.frame]), at: Point(plot.x - 1, y), clip: area)
    let ahead = series.map(\.ahead).max() ?? columns.count
    for place in 0..<columns.places {
      let isAhead = columns.values(at: place).lowerBound >= ahead
      let x = plot.x + place * columns.columnsEach
      buffer.fill(
        Rect(x: x, y: y, width: columns.columnsEach, height: 1).intersection(area),
        with: isAhead ? glyphs.cutLine : glyphs.heavyLine, style: theme[.frame])
    }
    drawNumbers(&buffer, plot, Rect(x: plot.x, y: y, width: plot.width, height: 1), appearance)
  }

  /// Round numbers with some columns between them, on the axis.
  private func drawNumbers(
    _ buffer: inout ScreenBuffer, _ plot: Rect, _ row: Rect, _ appearance: Appearance
  ) {
    let gap = String(columns.count).count + 4
    let valuesApart = gap * columns.valuesEach / columns.columnsEach
    let rounds = (0...6).flatMap { power in [1, 2, 5].map { $0 * Int(pow(10, Double(power))) } }
    let distance = rounds.first { $0 >= valuesApart } ?? columns.count
    var end = row.x
    for number in [1] + Array(stride(from: distance, through: columns.count, by: distance)) {
      guard let column = columns.column(of: number - 1) else { continue }
      let text = "\(number)"
      let x = row.x + column
      // The cursor's arrow must not make another number of it.
      let isCovered = cursorX(plot).map { (x..<x + text.count).contains($0) } ?? false
      guard x >= end, x + text.count <= row.maxX, !isCovered else { continue }
      end = buffer.put(text, at: Point(x, row.y), style: appearance.theme[.dim], in: row) + 1
    }
  }

  // MARK: Values

  private func drawBar(
    _ height: Double, _ isAhead: Bool, _ buffer: inout ScreenBuffer, _ bar: Rect, _ appearance: Appearance
  ) {
    guard height > 0 else { return }
    let eighths = max(Int((height * Double(bar.height) * 8).rounded()), 1)
    let style = isAhead ? appearance.theme[.removed] : style(0, appearance)
    for row in 0..<min((eighths + 7) / 8, bar.height) {
      let glyph = appearance.glyphs.lowerEighths(min(eighths - row * 8, 8))
      buffer.fill(bar.row(bar.height - 1 - row), with: glyph, style: style)
    }
  }

  private func drawDots(
    _ height: Double, _ isAhead: Bool, _ buffer: inout ScreenBuffer, _ bar: Rect, _ appearance: Appearance
  ) {
    let level = min(Int(height * Double(bar.height) * 4), bar.height * 4 - 1)
    let row = bar.row(bar.height - 1 - level / 4)
    let glyph = appearance.glyphs.dots(atQuarter: level % 4)
    let met = buffer[row.origin]
    // Over a full block the dots are holes in it.
    let isOverBar = met.scalar == appearance.glyphs.lowerEighths(8)
    let own = isAhead ? appearance.theme[.removed] : style(1, appearance)
    buffer.fill(row, with: glyph, style: isOverBar ? met.style.adding(.reverse) : own)
  }

  private func cursorX(_ plot: Rect) -> Int? {
    guard let column = cursor.flatMap(columns.column(of:)) else { return nil }
    let x = plot.x + column + (columns.barWidth - 1) / 2
    return x < plot.maxX ? x : nil
  }

  private func drawCursor(_ buffer: inout ScreenBuffer, _ plot: Rect, _ area: Rect, _ appearance: Appearance)
  {
    guard let x = cursorX(plot) else { return }
    let (glyphs, style) = (appearance.glyphs, appearance.theme[.cursor])
    for row in plot.y..<plot.maxY {
      if buffer[Point(x, row)].scalar == " " {
        buffer.set(Cell(glyphs.thresholdLine, style: style), at: Point(x, row), clip: area)
      } else {
        buffer.restyle(Rect(x: x, y: row, width: 1, height: 1)) { style.merged(over: $0) }
      }
    }
    buffer.set(Cell(glyphs.pointerUp, style: style), at: Point(x, plot.maxY), clip: area)
  }
}
