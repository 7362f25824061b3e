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

/// The loop at the end of the text: the phrase, the number of copies, and the mean probability of each copy.
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
    let chartWidth = area.height < 3 ? min(loop.copyMeans.count, max(first.width / 4, 4)) : 0
    let room = first.maxX - after - (chartWidth > 0 ? chartWidth + 1 : 0)
    let phraseWidth = min(CellWidth.width(of: loop.phrase), 8)
    // Behind the phrase, in order of importance: copies, figures of the first and the last one, period.
    func width(_ facts: some Collection<String>) -> Int {
      facts.reduce(0) { $0 + CellWidth.width(of: $1) + 2 }
    }
    let copies = "\(glyphs.times)\(loop.copies)"
    let shortest = Self.figures(loop.copyMeans, columns: 0, glyphs)
    let period = "period \(loop.period)"
    let forms = [[copies, period, shortest], [copies, shortest], [copies, period], [copies]]
    var shown = forms.first { width($0) + phraseWidth <= room } ?? [copies]
    if shown.last == shortest {
      let left = room - width(shown.dropLast()) - 2
      // The phrase is shortened for the figures, down to a third of the row.
      let kept = min(CellWidth.width(of: loop.phrase), max(left / 3, phraseWidth))
      shown[shown.count - 1] = Self.figures(loop.copyMeans, columns: left - kept, glyphs)
    }
    let phrase = TextFit.fit(loop.phrase, columns: max(room - width(shown), 1), glyphs: glyphs)
    var x = buffer.put(phrase, at: Point(after, first.y), style: theme[.loop], in: first)
    for (index, fact) in shown.enumerated() {
      let style = theme[index == 0 ? .warn : fact == period ? .dim : .strong]
      x = buffer.put(fact, at: Point(x + 2, first.y), style: style, in: first)
    }
    if area.height < 3 {
      let line = Sparkline.text(loop.copyMeans.suffix(chartWidth).map { $0 ?? 0 }, glyphs: glyphs)
      buffer.put(line, at: Point(x + 1, first.y), style: theme[.warn], in: first)
    } else {
      drawColumns(loop.copyMeans, &buffer, area, appearance)
    }
  }

  /// The mean of each copy; where not all fit, of the first copy and the last ones, at least one.
  private static func figures(_ means: [Double?], columns: Int, _ glyphs: GlyphSet) -> String {
    let words = means.map { $0.map { NumberFormat.percent($0) } ?? "given" }
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

  private func drawColumns(
    _ means: [Double?], _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance
  ) {
    let height = area.height - 1
    let shown = means.suffix(max(area.width / 3, 1)).map { $0 ?? 0 }
    for (row, line) in Sparkline.rows(shown, height: height, glyphs: appearance.glyphs).enumerated() {
      // Each copy is two columns wide, with a blank between.
      let wide = line.map { "\($0)\($0) " }.joined()
      buffer.put(wide, at: Point(area.x, area.y + 1 + row), style: appearance.theme[.warn], in: area)
    }
  }
}
