import LMCore

/// A phrase that repeats at the end of the text.
struct LoopReading: Hashable {
  /// See `PrintableToken.label`.
  var phrase: String
  /// Tokens in one copy.
  var period: Int
  var copies: Int
  /// The mean probability of the tokens of each copy, the oldest first.
  var copyMeans: [Double]

  init(phrase: String, period: Int, copies: Int, copyMeans: [Double]) {
    self.phrase = phrase
    self.period = period
    self.copies = copies
    self.copyMeans = copyMeans
  }
}

/// The loop at the end of the text: the phrase, how often it came, and how sure the model grew with each copy.
///
/// One row ends in a sparkline; from three rows on, each copy is a column that climbs (Figure 4 of arXiv 1904.09751).
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
    let copies = "\(glyphs.times)\(loop.copies)"
    let period = "period \(loop.period)"
    let newest = loop.copyMeans.last.map { NumberFormat.percent($0) } ?? ""
    let chartWidth = area.height < 3 ? min(loop.copyMeans.count, max(first.width / 4, 4)) : 0
    // What stands behind the phrase, from the dearest to the first to go.
    var facts = [copies, period, newest]
    let room = first.maxX - after - (chartWidth > 0 ? chartWidth + 1 : 0)
    func width(_ facts: [String]) -> Int { facts.reduce(0) { $0 + CellWidth.width(of: $1) + 2 } }
    while facts.count > 1, room - width(facts) < min(CellWidth.width(of: loop.phrase), 8) {
      facts.removeLast()
    }
    let phrase = TextFit.fit(loop.phrase, columns: max(room - width(facts), 1), glyphs: glyphs)
    var x = buffer.put(phrase, at: Point(after, first.y), style: theme[.loop], in: first)
    for (index, fact) in facts.enumerated() {
      let style = theme[index == 0 ? .warn : .dim]
      x = buffer.put(fact, at: Point(x + 2, first.y), style: style, in: first)
    }
    if area.height < 3 {
      let line = Sparkline.text(loop.copyMeans.suffix(chartWidth), glyphs: glyphs)
      buffer.put(line, at: Point(x + 1, first.y), style: theme[.warn], in: first)
    } else {
      drawColumns(loop.copyMeans, &buffer, area, appearance)
    }
  }

  private func drawColumns(
    _ means: [Double], _ buffer: inout ScreenBuffer, _ area: Rect, _ appearance: Appearance
  ) {
    let height = area.height - 1
    let shown = means.suffix(max(area.width / 3, 1))
    for (row, line) in Sparkline.rows(shown, height: height, glyphs: appearance.glyphs).enumerated() {
      // Each copy is two columns wide, with a blank between.
      let wide = line.map { "\($0)\($0) " }.joined()
      buffer.put(wide, at: Point(area.x, area.y + 1 + row), style: appearance.theme[.warn], in: area)
    }
  }
}
