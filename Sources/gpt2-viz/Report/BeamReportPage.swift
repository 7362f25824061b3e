import LMCore
import Presentation

/// A report about a beam search: as one HTML file without scripts and external resources, or as one SVG picture.
struct BeamReportPage {
  let content: BeamReportContent
  let style: ReportStyle

  private var textsTitle: String {
    let search = content.search
    if search.finished.isEmpty { return "The beams, best first" }
    return "The finished texts, best first" + (search.live.isEmpty ? "" : ", and the live beams")
  }

  var markup: String {
    let facts = content.facts.map { "<span>\($0.name) <b>\($0.value.escapedForMarkup)</b></span>" }
    return ReportPage.frame(
      headline: content.headline.escapedForMarkup, style: style,
      header: "<p class=\"meta\">\(facts.joined(separator: " "))</p>\n", body: sections,
      footer: "Made by gpt2-viz from the trace of a beam search: \(numbers).")
  }

  /// Whose numbers they are.
  private var numbers: String {
    let own = "p, ln p and \(BeamDescription.ownSum) are the model's own"
    guard content.settings.hasSearchSums else { return own }
    return own
      + "; the search ranks by \(BeamDescription.countedName), behind the chain and the diversity penalty, and its sum, the \(BeamDescription.sumName(content.settings))"
  }

  private var sections: String {
    let tree = BeamTreeFigure(content: content)
    let loop = LoopFigure(content: content)
    return [
      section(content.bestTitle, ReportPage.markup(of: content.text, labels: BeamReportContent.bands)),
      section(textsTitle, ReportPage.table(content.texts)),
      section(
        BeamTreeFigure.title,
        "<div class=\"scroll\">\(tree.drawing.element("tree", label: BeamTreeFigure.title, keepsWidth: true))</div>\n",
        note: tree.note),
      section(
        content.stepTitle,
        ReportPage.figure(content.stepTitle) { BeamStepFigure(content: content, size: $0).drawing }),
      section(
        loop.title,
        ReportPage.figure(loop.title + ", mean probability of each copy") {
          LoopFigure(content: content, size: $0).drawing
        }, note: loop.note),
      section("Step by step", ReportPage.table(content.course, style: "wrap")),
    ].joined()
  }

  private func section(_ title: String, _ body: String, note: String = "") -> String {
    let note = note.isEmpty ? "" : "<p class=\"legend\">\(note.escapedForMarkup)</p>\n"
    return "<section>\n<h2>\(title.escapedForMarkup)</h2>\n\(body)\(note)</section>\n"
  }

  // MARK: The picture

  /// One picture for slides and papers.
  var picture: String {
    var picture = Drawing(width: ReportPicture.width)
    let margin = ReportPicture.margin
    picture.text(content.headline, margin, 54, "headline ink")
    let facts = content.facts.map { "\($0.name) \($0.value)" }.joined(separator: "   ·   ")
    picture.text(TextFit.fit(facts, columns: 140, glyphs: .blocks), margin, 80, "muted")
    let loop = LoopFigure(content: content)
    var last = loop.drawing ?? Drawing(width: FigureSize.wide.width)
    last.text(loop.note, 0, last.height + 12, "muted small")
    last.height += 16
    let texts = content.texts
    let cards = [
      (content.bestTitle, TextFigure(text: content.text, labels: BeamReportContent.bands).drawing),
      (textsTitle, TableFigure(head: texts.head.dropLast(), rows: texts.rows.map { $0.dropLast() }).drawing),
      (BeamTreeFigure.title, BeamTreeFigure(content: content).drawing),
      (content.stepTitle, BeamStepFigure(content: content).drawing), (loop.title, last),
    ]
    var y = 104.0
    for (title, figure) in cards { y = ReportPicture.place(title, figure, y, &picture) }
    picture.text("made by gpt2-viz from the trace of a beam search", margin, y + 14, "muted small")
    return ReportPicture.frame(
      picture, height: y + margin, headline: content.headline, style: style)
  }
}
