import Glibc
import LMCore
import Presentation

/// A study as one HTML file without scripts and external resources: its table, and the paper's figures of it.
struct StudyPage {
  let table: StudyTable
  /// Of human text; nil where there is none.
  let mass: TopMass?
  let tokenizer: (any Tokenizer)?
  let style: ReportStyle

  private var rows: [StudyTable.Row] { table.rows }

  var markup: String {
    let headline = "Decoding strategies of \(table.model.name)".escapedForMarkup
    return ReportPage.frame(
      headline: headline, style: style,
      header: "<p class=\"meta\">\(facts)</p>\n",
      body: sections,
      footer:
        "Made by gpt2-viz study. Definitions and figures follow arXiv 1904.09751; all is counted over tokens."
    )
  }

  private var facts: String {
    let plan = table.plan
    return [
      ("texts of each strategy", NumberFormat.grouped(plan.sampleCount)),
      ("tokens", NumberFormat.grouped(plan.tokenCount)),
      ("prompts", NumberFormat.grouped(plan.prompts.count)),
      ("seed", String(plan.seed)), ("weights", table.model.dtype),
    ].map { "<span>\($0.0) <b>\($0.1.escapedForMarkup)</b></span>" }.joined(separator: " ")
  }

  private var sections: String {
    let bars: [(String, String, (CollectionMeasures) -> Double?, (Double, CollectionMeasures) -> String)] = [
      (
        "Perplexity of the texts under the model", "A strategy near the line is as surprising as people are.",
        \.perplexity,
        { ($1.hasLeastPerplexity ? "at least " : "") + NumberFormat.fixed($0, decimals: 1) }
      ),
      (
        "Texts that end in a loop", "A phrase of at least two tokens, three times at the end of the text.",
        \.repetitionShare, { value, _ in NumberFormat.percent(value) }
      ),
      (
        "Self-BLEU4", "How alike the texts are: the mean BLEU-4 of each against all others.", \.selfBLEU4,
        { value, _ in NumberFormat.fixed(value, decimals: 3) }
      ),
      (
        "Distinct-2", "Different pairs of tokens as a share of all pairs.", \.distinct2,
        { value, _ in NumberFormat.fixed(value, decimals: 3) }
      ),
    ]
    let note = table.plan.repeatedTexts.map { $0 + "." } ?? ""
    var parts = [section("All measures", note, body: "<div class=\"scroll\">\(htmlTable)</div>\n")]
    parts += bars.map { title, note, value, text in
      let drawn = rows.map { row in
        let value = value(row.measures)
        return MeasureFigure.Bar(
          name: withoutControls(row.name, except: []), value: value,
          text: value.map { text($0, row.measures) } ?? "",
          isHuman: row.method == nil)
      }
      return section(title, note, body: figure(title) { MeasureFigure(bars: drawn, size: $0).drawing })
    }
    parts.append(zipf)
    if let course { parts.append(course) }
    if let mass, mass.count > 0 {
      parts.append(
        section(
          "How much of the probability the k most probable tokens have",
          "At \(NumberFormat.grouped(mass.count)) positions of the human text: the median, the middle half, and nine tenths of them. No k fits every place.",
          body: figure("Probability mass of the k most probable tokens") {
            TopMassFigure(mass: mass, size: $0).drawing
          }))
    }
    return parts.joined()
  }

  private var zipf: String {
    let human = rows.first { $0.method == nil }.flatMap { ZipfFit($0.texts.map(\.ids)) }
    let panels = rows.filter { $0.method != nil }.compactMap { row in
      ZipfFit(row.texts.map(\.ids)).map {
        ZipfFigure.Panel(name: withoutControls(row.name, except: []), fit: $0)
      }
    }
    guard !panels.isEmpty else { return "" }
    let note =
      "Tokens by rank, and how often they occur, on logarithmic scales; the number is the exponent."
      + (human == nil ? "" : " The other line is human text.")
    return section(
      "Zipf's law", note,
      body: figure("Frequency of tokens by rank") {
        ZipfFigure(panels: panels, human: human, size: $0).drawing
      })
  }

  /// The text with the longest loop at its end, all its copies together.
  private var course: String? {
    let loops = rows.filter { $0.method != nil }.flatMap { row in
      row.texts.compactMap { text in
        RepetitionDetector.loop(atEndOf: text.ids).map { (row: row, text: text, loop: $0) }
      }
    }
    guard let most = loops.max(by: { $0.loop.copies * $0.loop.period < $1.loop.copies * $1.loop.period })
    else {
      return nil
    }
    let phrase = most.loop.range(ofCopy: 0).flatMap { tokenizer?.bytes(of: most.text.ids[$0]) ?? [] }
    let label = PrintableToken.label(for: phrase, glyphs: .blocks)
    let probabilities = most.text.ids.indices.map { exp(most.text.logProbabilities[$0]) }
    return section(
      "Probability inside a loop",
      "A text of \(withoutControls(most.row.name, except: [])): \(label) stands \(most.loop.copies) times at its end (shaded).",
      body: figure("Probability of each token of a text that ends in a loop") {
        LoopCourseFigure(
          probabilities: probabilities, loopStart: most.loop.start, size: $0
        ).drawing
      })
  }

  private var htmlTable: String {
    let cells = table.cells
    func cell(_ tag: String, _ place: Int, _ text: String) -> String {
      "<\(tag)\(place == 0 ? "" : " class=\"n\"")>\(text.escapedForMarkup)</\(tag)>"
    }
    let head = cells.names.enumerated().map { place, name in
      cell("th", place, String(name.map { $0 == "_" ? " " : $0 }))
    }
    let body = cells.rows.map { row in
      "<tr>" + row.enumerated().map { cell("td", $0.offset, $0.element) }.joined() + "</tr>\n"
    }
    return
      "<table class=\"measures\">\n<thead><tr>\(head.joined())</tr></thead>\n<tbody>\n\(body.joined())</tbody>\n</table>\n"
  }

  private func section(_ title: String, _ note: String, body: String) -> String {
    let note = note.isEmpty ? "" : "<p class=\"legend\">\(note.escapedForMarkup)</p>\n"
    return "<section>\n<h2>\(title.escapedForMarkup)</h2>\n\(body)\(note)</section>\n"
  }

  private func figure(_ label: String, _ draw: (FigureSize) -> Drawing) -> String {
    FigureSize.allCases.map { draw($0).element($0.style, label: label) }.joined()
  }
}
