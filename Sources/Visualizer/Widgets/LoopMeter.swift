import LMCore
import Presentation

/// A repeated phrase at the end of the text.
struct LoopReading: Hashable {
  /// See `PrintableToken.label`.
  var phrase: String
  /// Tokens in one copy.
  var period: Int
  var copies: Int
  /// The mean probability of the tokens of each copy, the oldest first; nil for one that the prompt gave.
  var copyMeans: [Double?]

  init(phrase: String, period: Int, copies: Int, copyMeans: [Double?]) {
    self.phrase = phrase
    self.period = period
    self.copies = copies
    self.copyMeans = copyMeans
  }
}

/// The loop at the end of the text: the phrase, the number of copies, and the mean probability of each copy. The first copy
/// stands beside the last in every width.
///
/// One or two rows end in a sparkline; from three rows on, each copy is a column (Figure 4 of arXiv 1904.09751).
struct LoopMeter: Widget {
  var loop: LoopReading?
  /// The text without a loop.
  var absence = "none"

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let theme = appearance.theme
    let glyphs = appearance.glyphs
    let first = area.row(0)
    let after = buffer.put("loop ", at: first.origin, style: theme[.dim], in: first)
    guard let loop else {
      buffer.put(absence, at: Point(after, first.y), style: theme[.dim], in: first)
      return
    }
    let line = Line(loop, columns: first.maxX - after, hasChart: area.height < 3, glyphs)
    let phrase = TextFit.fit(loop.phrase, columns: line.phraseColumns, glyphs: glyphs)
    var x = buffer.put(phrase, at: Point(after, first.y), style: theme[.loop], in: first)
    for (index, fact) in line.facts.enumerated() {
      let style = theme[index == 0 ? .warn : index == line.facts.count - 1 ? .strong : .dim]
      x = buffer.put(fact, at: Point(x + 2, first.y), style: style, in: first)
    }
    if area.height < 3 {
      let shown = Self.firstAndLast(loop.copyMeans, count: line.chartColumns)
      let chart = Sparkline.text(shown.map { $0 ?? 0 }, glyphs: glyphs)
      buffer.put(chart, at: Point(x + 1, first.y), style: theme[.warn], in: first)
    } else {
      drawColumns(loop.copyMeans, &buffer, area, appearance)
    }
  }

  /// What the first row has room for behind the word "loop".
  private struct Line {
    /// Copies, the period where there is room, and the figures of the copies.
    var facts: [String]
    var phraseColumns: Int
    var chartColumns: Int

    init(_ loop: LoopReading, columns: Int, hasChart: Bool, _ glyphs: GlyphSet) {
      let copies = "\(glyphs.times)\(loop.copies)"
      let period = "period \(loop.period)"
      let words = loop.copyMeans.map { $0.map { NumberFormat.percent($0) } ?? "given" }
      let ends = words.count > 2 ? "\(words[0]) \(glyphs.ellipsis) \(words[words.count - 1])" : ""
      let phrase = CellWidth.width(of: loop.phrase)
      let chart = hasChart ? min(words.count, max(columns / 4, 4)) : 0
      func width(_ facts: [String]) -> Int { facts.reduce(0) { $0 + CellWidth.width(of: $1) + 2 } }
      // From the richest form to the poorest, each with the columns that it leaves to the phrase and the chart.
      let forms = [
        ([copies, period, ends], chart, 8), ([copies, ends], chart, 8), ([copies, ends], 0, 6),
      ]
      let fitting = forms.first { width($0.0) + ($0.1 > 0 ? $0.1 + 1 : 0) + min(phrase, $0.2) <= columns }
      (facts, chartColumns) =
        fitting.map { ($0.0, $0.1) } ?? ([copies, Self.brief(loop.copyMeans, glyphs)], 0)
      let left = columns - width(facts) - (chartColumns > 0 ? chartColumns + 1 : 0)
      guard fitting != nil else {
        phraseColumns = max(left, 0)
        return
      }
      // More copies between the two, as many as leave the phrase a third of the room.
      let room = left + CellWidth.width(of: ends)
      let kept = min(phrase, max(room / 3, min(phrase, 8)))
      let figures = LoopMeter.figures(words, columns: room - kept, glyphs)
      facts[facts.count - 1] = figures
      phraseColumns = max(room - CellWidth.width(of: figures), 1)
    }

    /// `36→57%`
    private static func brief(_ means: [Double?], _ glyphs: GlyphSet) -> String {
      let ends = [means.first, means.last].map { mean in
        mean.flatMap { $0 }.map { NumberFormat.fixed($0 * 100, decimals: 0) } ?? "given"
      }
      return "\(ends[0])\(glyphs.arrowRight)\(ends[1])%"
    }
  }

  /// The mean of each copy; where not all fit, of the first copy and the last ones, at least one.
  private static func figures(_ words: [String], columns: Int, _ glyphs: GlyphSet) -> String {
    let all = words.joined(separator: " ")
    guard CellWidth.width(of: all) > columns, let first = words.first else { return all }
    func text(last count: Int) -> String {
      "\(first) \(glyphs.ellipsis) " + words.suffix(count).joined(separator: " ")
    }
    let count = stride(from: words.count - 2, to: 1, by: -1).first {
      CellWidth.width(of: text(last: $0)) <= columns
    }
    return text(last: count ?? 1)
  }

  /// All values; where they are more than `count`, the first, a gap and the last ones.
  private static func firstAndLast(_ means: [Double?], count: Int) -> [Double?] {
    means.count <= count || count < 3 ? means.suffix(count) : [means[0], nil] + means.suffix(count - 2)
  }

  private func drawColumns(
    _ means: [Double?], _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance
  ) {
    let shown = Self.firstAndLast(means, count: max(area.width / 3, 1)).map { $0 ?? 0 }
    let rows = Sparkline.rows(shown, height: area.height - 1, glyphs: appearance.glyphs)
    for (row, line) in rows.enumerated() {
      // Each copy is two columns wide, with a blank between.
      let wide = line.map { "\($0)\($0) " }.joined()
      buffer.put(wide, at: Point(area.x, area.y + 1 + row), style: appearance.theme[.warn], in: area)
    }
  }
}
