import Glibc
import LMCore

/// One past step in numbers.
struct HistoryPoint: Hashable {
  /// The model's own probability of the token that was chosen.
  var probability: Double
  /// Of the model's own distribution, in bits.
  var entropy: Double
  /// -log2 of `probability`, in bits.
  var surprisal: Double
  /// How many tokens the chain kept.
  var kept: Int

  init(probability: Double, entropy: Double, surprisal: Double, kept: Int) {
    self.probability = probability
    self.entropy = entropy
    self.surprisal = surprisal
    self.kept = kept
  }
}

/// The steps so far as sparklines, with a cursor on the shown one. One row names the most telling series, four name all.
struct HistoryPanel: Widget {
  var points: [HistoryPoint]
  /// The shown step; nil before the first.
  var cursor: Int?
  /// Of the text up to the shown step.
  var perplexity: Double?
  /// The height of the "kept" series.
  var vocabularySize: Int

  init(points: [HistoryPoint], cursor: Int?, perplexity: Double?, vocabularySize: Int) {
    self.points = points
    self.cursor = cursor
    self.perplexity = perplexity
    self.vocabularySize = vocabularySize
  }

  private struct Series {
    var name: String
    var value: String
    /// 0...1
    var height: (HistoryPoint) -> Double
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let all = series
    let perRow: [[Series]]
    switch area.height {
    case 1: perRow = [Array(all.prefix(area.width < 70 ? 1 : area.width < 100 ? 2 : 3))]
    case 2, 3: perRow = [[all[0], all[1]], [all[2], all[3]]]
    default: perRow = all.map { [$0] }
    }
    var trailer = "perplexity \(perplexity.map { Self.short($0) } ?? "–")"
    if appearance.glyphs == .ascii { trailer = trailer.replacing("–", with: "-") }
    // Its columns stay free in all rows, so that the same step stands in the same column.
    var left = area
    if area.width >= 2 * trailer.count {
      let right = left.takeRight(trailer.count).row(0)
      buffer.put(trailer, at: right.origin, style: appearance.theme[.strong], in: right)
      _ = left.takeRight(2)
    }
    for (index, row) in perRow.enumerated() { draw(row, &buffer, left.row(index), appearance) }
  }

  private var series: [Series] {
    let shown = cursor.flatMap { points.indices.contains($0) ? points[$0] : nil }
    let highestEntropy = max(points.map(\.entropy).max() ?? 0, 1)
    let highestSurprisal = max(points.lazy.map(\.surprisal).filter(\.isFinite).max() ?? 0, 1)
    let widest = log(Double(max(vocabularySize, 2)))
    return [
      Series(name: "p(chosen)", value: shown.map { NumberFormat.percent($0.probability) } ?? "") {
        $0.probability
      },
      Series(
        name: "entropy", value: shown.map { "\(NumberFormat.fixed($0.entropy, decimals: 1)) bits" } ?? ""
      ) {
        $0.entropy / highestEntropy
      },
      Series(name: "kept", value: shown.map { NumberFormat.grouped($0.kept) } ?? "") {
        // On a logarithmic scale, where one token still shows.
        $0.kept <= 1 ? 0.01 : log(Double($0.kept)) / widest
      },
      Series(
        name: "surprisal", value: shown.map { "\(NumberFormat.fixed($0.surprisal, decimals: 1)) bits" } ?? ""
      ) {
        $0.surprisal / highestSurprisal
      },
    ]
  }

  private func draw(_ row: [Series], _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance) {
    let width = (area.width - 3 * (row.count - 1)) / row.count
    guard width > 0 else { return }
    for (index, series) in row.enumerated() {
      draw(
        series, &buffer, Rect(x: area.x + index * (width + 3), y: area.y, width: width, height: 1), appearance
      )
    }
  }

  private func draw(_ series: Series, _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance) {
    var place = area
    let name = place.takeLeft(min(10, area.width))
    buffer.put(series.name, at: name.origin, style: appearance.theme[.dim], in: name)
    let valueWidth = area.width >= 24 ? 10 : 0
    let value = place.takeLeft(valueWidth)
    if !value.isEmpty {
      let text = TextFit.padLeft(series.value, columns: valueWidth - 1, glyphs: appearance.glyphs)
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

  /// A perplexity in a few columns.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "inf" }
    return value < 1000
      ? NumberFormat.fixed(value, decimals: 1) : NumberFormat.abbreviated(Int(min(value, 1e15)))
  }
}
