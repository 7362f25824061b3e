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

  func draw(into buffer: inout ScreenBuffer, in area: Rect, with appearance: Appearance) {
    guard !area.isEmpty else { return }
    let theme = appearance.theme
    let glyphs = appearance.glyphs
    let first = area.row(0)
    let after = buffer.put("loop ", at: first.origin, style: theme[.dim], in: first)
    guard let loop else {
      buffer.put("none", at: Point(after, first.y), style: theme[.dim], in: first)
      return
    }
    let chartWidth = area.height < 3 ? min(loop.copyMeans.count, max(first.width / 4, 4)) : 0
    let room = first.maxX - after - (chartWidth > 0 ? chartWidth + 1 : 0)
    let phraseWidth = min(CellWidth.width(of: loop.phrase), 8)
    // Behind the phrase, in order of importance: what does not fit is dropped from the end.
    var facts = ["\(glyphs.times)\(loop.copies)", "period \(loop.period)"]
    func width(_ facts: [String]) -> Int { facts.reduce(0) { $0 + CellWidth.width(of: $1) + 2 } }
    while facts.count > 1, room - width(facts) < phraseWidth { facts.removeLast() }
    if facts.count == 2 {
      let left = room - width(facts) - 2
      // The phrase is shortened for the figures, down to a third of the row.
      let kept = min(CellWidth.width(of: loop.phrase), max(left / 3, phraseWidth))
      let figures = Self.figures(loop.copyMeans, columns: left - kept, glyphs)
      if !figures.isEmpty { facts.append(figures) }
    }
    let phrase = TextFit.fit(loop.phrase, columns: max(room - width(facts), 1), glyphs: glyphs)
    var x = buffer.put(phrase, at: Point(after, first.y), style: theme[.loop], in: first)
    for (index, fact) in facts.enumerated() {
      let style = theme[index == 0 ? .warn : index == 1 ? .dim : .strong]
      x = buffer.put(fact, at: Point(x + 2, first.y), style: style, in: first)
    }
    if area.height < 3 {
      let line = Sparkline.text(loop.copyMeans.suffix(chartWidth).map { $0 ?? 0 }, glyphs: glyphs)
      buffer.put(line, at: Point(x + 1, first.y), style: theme[.warn], in: first)
    } else {
      drawColumns(loop.copyMeans, &buffer, area, appearance)
    }
  }

  /// The mean of each copy, or of the last copies that fit.
  private static func figures(_ means: [Double?], columns: Int, _ glyphs: GlyphSet) -> String {
    let words = means.map { $0.map { NumberFormat.percent($0) } ?? "given" }
    for count in stride(from: words.count, to: 0, by: -1) {
      let mark = count < words.count ? "\(glyphs.ellipsis) " : ""
      let text = mark + words.suffix(count).joined(separator: " ")
      if CellWidth.width(of: text) <= columns { return text }
    }
    guard let last = words.last, CellWidth.width(of: last) <= columns else { return "" }
    return last
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
