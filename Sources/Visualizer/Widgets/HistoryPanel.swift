import Glibc
import LMCore
import Presentation

/// One past step in numbers.
struct HistoryPoint: Hashable {
  /// The model's own probability of the token that was chosen.
  var probability: Double
  /// The entropy of the model's own distribution, in bits.
  var entropy: Double
  /// -log2 of `probability`, in bits.
  var surprisal: Double
  /// The number of tokens that the chain kept.
  var kept: Int
  /// Mirostat's mu, in bits; nil where it had no part.
  var mu: Double?

  /// The numbers of a step, of what a server left open the bounds that charts draw.
  init(_ step: GenerationStep) {
    self.init(
      probability: step.before, entropy: step.entropyBounds.lowerBound, surprisal: step.surprisalBits,
      kept: step.kept, mu: step.mu)
  }

  init(probability: Double, entropy: Double, surprisal: Double, kept: Int, mu: Double? = nil) {
    self.probability = probability
    self.entropy = entropy
    self.surprisal = surprisal
    self.kept = kept
    self.mu = mu
  }
}

/// The steps so far as sparklines, with a cursor on the shown one. One row has the most important series, four rows have
/// all.
struct HistoryPanel: Widget {
  var points: [HistoryPoint]
  /// The shown step; nil before the first.
  var cursor: Int?
  /// The shown step as a session has it, which tells what is only a bound; nil where its point tells all.
  var step: GenerationStep?
  /// The perplexity of the text up to the shown step.
  var perplexity: Double?
  /// Whether it can be more: a token's probability was not told.
  var perplexityIsLeast: Bool
  /// The upper end of the "kept" series.
  var vocabularySize: Int

  /// Lines below the perplexity for comparison, shown where all of them fit.
  var reference: [String]

  init(
    points: [HistoryPoint], cursor: Int?, step: GenerationStep? = nil, perplexity: Double?,
    perplexityIsLeast: Bool = false,
    vocabularySize: Int, reference: [String] = []
  ) {
    self.perplexityIsLeast = perplexityIsLeast
    self.points = points
    (self.cursor, self.step) = (cursor, step)
    self.perplexity = perplexity
    self.vocabularySize = vocabularySize
    self.reference = reference
  }

  private struct Series {
    var quantity: HistoryQuantity
    var value: String
    /// The height of a step, in 0...1.
    var height: (HistoryPoint) -> Double
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let all = series(appearance.glyphs)
    let left = seriesArea(area, appearance.glyphs)
    if left.width < area.width {
      for (row, line) in trailer(area, appearance.glyphs).enumerated() {
        let style = appearance.theme[row == 0 ? .strong : .dim]
        buffer.put(line, at: Point(left.maxX + 2, area.y + row), style: style, in: area)
      }
    }
    for (index, row) in Self.indices(area).enumerated() {
      for (column, place) in Self.columns(of: left.row(index), count: row.count).enumerated() {
        draw(all[row[column]], &buffer, place, appearance)
      }
    }
  }

  /// The cells of each step on screen, one for every series.
  func stepAreas(in area: Rect, with appearance: Appearance) -> [(area: Rect, step: Int)] {
    let left = seriesArea(area, appearance.glyphs)
    return Self.indices(area).enumerated().flatMap { index, row in
      Self.columns(of: left.row(index), count: row.count).flatMap { place in
        let chart = Self.chart(in: place)
        let window = window(width: chart.width)
        return window.map { step in
          (Rect(x: chart.x + step - window.lowerBound, y: chart.y, width: 1, height: chart.height), step)
        }
      }
    }
  }

  /// The steps on screen, from 0.
  func shownSteps(in area: Rect, with appearance: Appearance) -> Range<Int> {
    let left = seriesArea(area, appearance.glyphs)
    guard let first = Self.indices(area).first,
      let place = Self.columns(of: left.row(0), count: first.count).first
    else { return 0..<0 }
    return window(width: Self.chart(in: place).width)
  }

  /// The indices of the series on each row: all where there is room, the most important first.
  private static func indices(_ area: Rect) -> [[Int]] {
    switch area.height {
    case ...0: []
    case 1: [Array(0..<(area.width < 70 ? 1 : area.width < 100 ? 2 : 3))]
    case 2, 3: [[0, 1], [2, 3]]
    default: [[0], [1], [2], [3]]
    }
  }

  private func trailer(_ area: Rect, _ glyphs: GlyphSet) -> [String] {
    let bound = perplexityIsLeast ? "at least " : ""
    let text = "perplexity \(perplexity.map { bound + PerplexityText.short($0) } ?? "–")"
    let lines = [glyphs == .ascii ? text.replacing("–", with: "-") : text]
    return reference.count < area.height ? lines + reference : lines
  }

  /// The area left of the perplexity, whose columns stay free in all rows, so that a step has the same column in each.
  private func seriesArea(_ area: Rect, _ glyphs: GlyphSet) -> Rect {
    var left = area
    let width = trailer(area, glyphs).map(\.count).max() ?? 0
    if area.width >= 2 * width { _ = left.takeRight(width + 2) }
    return left
  }

  private static func columns(of row: Rect, count: Int) -> [Rect] {
    let width = (row.width - 3 * (count - 1)) / count
    guard width > 0 else { return [] }
    return (0..<count).map { Rect(x: row.x + $0 * (width + 3), y: row.y, width: width, height: row.height) }
  }

  /// The part of a series' area that its sparkline takes.
  private static func chart(in place: Rect) -> Rect {
    var chart = place
    _ = chart.takeLeft(min(10, place.width))
    _ = chart.takeLeft(valueWidth(in: place))
    return chart
  }

  private static func valueWidth(in place: Rect) -> Int { place.width >= 24 ? 10 : 0 }

  private func series(_ glyphs: GlyphSet) -> [Series] {
    let shown = cursor.flatMap { points.indices.contains($0) ? points[$0] : nil }
    let highestEntropy = max(points.map(\.entropy).max() ?? 0, 1)
    let highestSurprisal = max(points.lazy.map(\.surprisal).filter(\.isFinite).max() ?? 0, 1)
    let widest = log(Double(max(vocabularySize, 2)))
    let highestMu = points.lazy.compactMap(\.mu).max()
    func series(
      _ quantity: HistoryQuantity, _ value: (HistoryPoint) -> Double?,
      height: @escaping (HistoryPoint) -> Double
    ) -> Series {
      let text = step.map { quantity.text(of: $0, glyphs: glyphs) }
      return Series(
        quantity: quantity, value: text ?? shown.flatMap(value).map(quantity.text) ?? "", height: height)
    }
    let mu = highestMu.map { highest in
      series(.mu) {
        $0.mu
      } height: {
        ($0.mu ?? 0) / max(highest, 1)
      }
    }
    let series = [
      series(.probability) {
        $0.probability
      } height: {
        $0.probability
      },
      series(.entropy) {
        $0.entropy
      } height: {
        $0.entropy / highestEntropy
      },
      series(.kept) {
        Double($0.kept)
      } height: {
        // A logarithmic scale, on which a single token is still visible.
        $0.kept <= 1 ? 0.01 : log(Double($0.kept)) / widest
      },
      series(.surprisal) {
        $0.surprisal
      } height: {
        $0.surprisal / highestSurprisal
      },
    ]
    // The last one gives way to it.
    return mu.map { [series[0], $0] + series[1...] } ?? series
  }

  private func draw(_ series: Series, _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance) {
    var place = area
    let name = place.takeLeft(min(10, area.width))
    buffer.put(
      series.quantity == .mu ? "mu" : series.quantity.title, at: name.origin, style: appearance.theme[.dim],
      in: name)
    let valueWidth = Self.valueWidth(in: area)
    let value = place.takeLeft(valueWidth)
    if !value.isEmpty {
      // A bound in ASCII is a column longer: the name of the quantity tells its unit, too.
      let shown =
        CellWidth.width(of: series.value) < valueWidth
        ? series.value : series.value.replacing(" bits", with: "")
      let text = TextFit.padLeft(shown, columns: valueWidth - 1, glyphs: appearance.glyphs)
      buffer.put(text, at: value.origin, style: appearance.theme[.text], in: value)
    }
    guard !place.isEmpty else { return }
    let window = window(width: place.width)
    let line = Sparkline.text(points[window].map(series.height), glyphs: appearance.glyphs)
    buffer.put(line, at: place.origin, style: appearance.theme[.sparkline], in: place)
    if let cursor, window.contains(cursor) {
      let column = Rect(x: place.x + cursor - window.lowerBound, y: place.y, width: 1, height: 1)
      buffer.restyle(column) { appearance.theme[.cursor].merged(over: $0) }
    }
  }

  /// The steps that `width` columns show: the newest, or those around the cursor.
  private func window(width: Int) -> Range<Int> {
    guard points.count > width else { return points.indices }
    let newest = points.count - width
    let around = max((cursor ?? points.count) - width / 2, 0)
    let start = (cursor ?? points.count) >= newest ? newest : min(around, newest)
    return start..<start + width
  }
}
