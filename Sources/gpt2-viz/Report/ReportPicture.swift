import LMCore
import Presentation

/// A report as one SVG picture, for slides and papers.
struct ReportPicture {
  /// One for each text; at least one.
  let lanes: [ReportContent]
  let style: ReportStyle

  static let margin = 32.0
  private static let padding = 24.0
  static let width = FigureSize.wide.width + 2 * (margin + padding)

  var markup: String {
    var picture = Drawing(width: Self.width)
    let headline = lanes[0].headline
    picture.text(headline, Self.margin, 54, "headline ink")
    var y = 56.0
    for content in lanes {
      y += 24
      let facts = content.laneFacts.map { "\($0.name) \($0.value)" }.joined(separator: "   ·   ")
      picture.text(TextFit.fit(facts, columns: 140, glyphs: .blocks), Self.margin, y, "muted")
    }
    y += 24
    for content in lanes { y = place(content, y, &picture) }
    picture.text("made by gpt2-viz from a trace", Self.margin, y + 14, "muted small")
    return Self.frame(picture, height: y + Self.margin, headline: headline, style: style)
  }

  /// A whole picture.
  static func frame(_ picture: Drawing, height: Double, headline: String, style: ReportStyle) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(decimal(Self.width))" height="\(decimal(height))" \
    viewBox="0 0 \(decimal(Self.width)) \(decimal(height))" role="img">
    <title>\(headline.escapedForMarkup) · gpt2-viz</title>
    <style>
    \(style.sheet)</style>
    <rect class="page" width="100%" height="100%"/>
    \(picture.markup)</svg>

    """
  }

  /// Puts the cards of one text. Returns the y of the next card.
  private func place(_ content: ReportContent, _ top: Double, _ picture: inout Drawing) -> Double {
    let loop = LoopFigure(content: content)
    let text = TextFigure(text: ReportText(content)).drawing
    var y = Self.place(content.heading("Text, coloured by the rank of each token"), text, top, &picture)
    y = Self.place(content.heading(content.decisionTitle), BarsFigure(content).drawing, y, &picture)
    if let candidates = content.candidates {
      let table = TableFigure(head: candidates.head, rows: candidates.rows).drawing
      y = Self.place(content.heading(ReportContent.candidatesTitle), table, y, &picture)
    }
    if content.contrast == nil, let stages = StagesFigure(content: content).drawing {
      y = Self.place(content.heading(StagesFigure.title), stages, y, &picture)
    }
    if !content.trace.steps.isEmpty {
      y = Self.place(content.heading("History"), HistoryFigure(content: content).drawing, y, &picture)
    }
    var last = loop.drawing ?? Drawing(width: FigureSize.wide.width)
    last.text(loop.note, 0, last.height + 12, "muted small")
    last.height += 16
    return Self.place(content.heading(loop.title), last, y, &picture)
  }

  /// Puts a card with a heading around a figure. Returns the y of the next card.
  static func place(_ title: String, _ figure: Drawing, _ y: Double, _ picture: inout Drawing) -> Double {
    let height = figure.height + 46 + Self.padding
    picture.rect(Self.margin, y, Self.width - 2 * Self.margin, height, "edge", radius: 12)
    picture.text(title, Self.margin + Self.padding, y + 30, "heading ink")
    picture.place(figure, x: Self.margin + Self.padding, y: y + 48)
    return y + height + 16
  }
}
