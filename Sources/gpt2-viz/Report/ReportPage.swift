import LMCore
import Presentation

/// A report as one HTML file without scripts and external resources.
struct ReportPage {
  /// One for each text; at least one.
  let lanes: [ReportContent]
  let style: ReportStyle

  var markup: String {
    Self.frame(
      headline: lanes[0].headline.escapedForMarkup, style: style, header: facts,
      body: lanes.map(sections).joined(),
      footer: "Made by gpt2-viz from a trace: the model's own probabilities, \(extent).")
  }

  private var extent: String {
    let decisions = lanes.flatMap { $0.trace.steps.map(\.decision) + [$0.decision] }
    return decisions.contains { $0.head != nil }
      ? "as far as the server told them" : "over the whole vocabulary"
  }

  /// A whole page around these parts, which are markup.
  static func frame(
    headline: String, style: ReportStyle, header: String, body: String, footer: String
  ) -> String {
    let scheme = style.theme == .auto ? "light dark" : style.theme.rawValue
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="\(scheme)"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
      <link rel="icon" href="data:,"/>
      <title>\(headline) · gpt2-viz</title>
      <style>
      \(ReportStyle.page)\(style.sheet)</style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(headline)</h1>
      \(header)</header>
      \(body)<footer>\(footer)</footer>
      </main>
      </body>
      </html>

      """
  }

  private var facts: String {
    lanes.map { content in
      let facts = content.laneFacts.map { "<span>\($0.name) <b>\($0.value.escapedForMarkup)</b></span>" }
      return "<p class=\"meta\">\(facts.joined(separator: " "))</p>\n"
    }.joined()
  }

  private func sections(_ content: ReportContent) -> String {
    let text = ReportText(content)
    let loop = LoopFigure(content: content)
    return """
      <section>
      <h2>\(content.heading("Text, coloured by the rank of each token").escapedForMarkup)</h2>
      \(Self.markup(of: text))</section>
      <section>
      <h2>\(content.heading(content.decisionTitle).escapedForMarkup)</h2>
      \(Self.figure(content.decisionTitle + ", probabilities before and after the sampler chain") { BarsFigure(content, size: $0).drawing })</section>
      \(candidates(content))\(stages(content))\(history(content))<section>
      <h2>\(content.heading(loop.title).escapedForMarkup)</h2>
      \(Self.figure(loop.title + ", mean probability of each copy") { LoopFigure(content: content, size: $0).drawing })<p class="legend">\(loop.note.escapedForMarkup)</p>
      </section>

      """
  }

  private func candidates(_ content: ReportContent) -> String {
    guard let candidates = content.candidates else { return "" }
    return """
      <section>
      <h2>\(content.heading(ReportContent.candidatesTitle))</h2>
      \(Self.table(candidates))<p class="legend">\((content.contrastiveReason ?? "").escapedForMarkup)</p>
      </section>

      """
  }

  static func table(_ table: (head: [String], rows: [[String]]), style: String = "") -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\($0.escapedForMarkup)</\(tag)>" }.joined() + "</tr>\n"
    }
    return
      "<div class=\"scroll\"><table class=\"\(style)\">\n<thead>\(row(table.head, "th"))</thead>\n<tbody>\n"
      + table.rows.map { row($0, "td") }.joined() + "</tbody>\n</table></div>\n"
  }

  private func stages(_ content: ReportContent) -> String {
    guard !content.decision.stages.isEmpty, content.contrast == nil else { return "" }
    return """
      <section>
      <h2>\(content.heading(StagesFigure.title))</h2>
      \(Self.figure(StagesFigure.title) { StagesFigure(content: content, size: $0).drawing })</section>

      """
  }

  private func history(_ content: ReportContent) -> String {
    guard !content.trace.steps.isEmpty else { return "" }
    let label = "Probability of the chosen token, entropy and number of kept tokens, step by step"
    return """
      <section>
      <h2>\(content.heading("History"))</h2>
      \(Self.figure(label) { HistoryFigure(content: content, size: $0).drawing })</section>

      """
  }

  /// A figure in both widths, of which the style sheet shows one.
  static func figure(_ label: String, _ draw: (FigureSize) -> Drawing?) -> String {
    FigureSize.allCases.map { draw($0)?.element($0.style, label: label) ?? "" }.joined()
  }

  /// The text with its legend.
  static func markup(of text: ReportText, labels: [String] = RankBands.labels) -> String {
    "<p class=\"text\">\(text.units.map(span).joined())</p>\n\(legend(text, labels))"
  }

  private static func span(_ unit: ReportText.Unit) -> String {
    // A line feed is shown as a sign and breaks the line.
    let shown =
      unit.endsLine
      ? String(unit.text.dropLast()).escapedForMarkup + "<span class=\"sign\">⏎</span>"
      : unit.text.escapedForMarkup
    let end = unit.endsLine ? "\n" : ""
    guard let step = unit.rankStep else { return "<span class=\"prompt\">\(shown)</span>\(end)" }
    let marks = (unit.isForced ? " forced" : "") + (unit.isChosen ? " chosen" : "")
    return "<span class=\"t\(step)\(marks)\" title=\"\(unit.hint.escapedForMarkup)\">\(shown)</span>\(end)"
  }

  private static func legend(_ text: ReportText, _ labels: [String]) -> String {
    let total = text.counts.reduce(0, +)
    let items = text.labels(labels).enumerated().map { step, label in
      let share = total > 0 ? " · \(NumberFormat.percent(Double(text.counts[step]) / Double(total)))" : ""
      return
        "<li><i class=\"t\(step)\"></i>\(label) <b>\(NumberFormat.grouped(text.counts[step]))</b>\(share)</li>\n"
    }
    return "<ul class=\"legend\">\n\(items.joined())<li class=\"prompt\">grey: the prompt</li>\n</ul>\n"
  }
}
