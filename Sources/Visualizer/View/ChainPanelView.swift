import LMCore
import Presentation

/// The chain panel: a row for each stage in the order in which they run, with what it left and what it did here.
struct ChainPanelView {
  let state: AppState
  let panel: ChainPanel
  let appearance: Appearance

  private var lane: LaneSnapshot? { state.focusedLane }
  private var settings: SamplingSettings { state.settings[state.focus] }
  private var glyphs: GlyphSet { appearance.glyphs }

  /// Draws the panel. Returns the targets of its rows, and of the rest of it.
  func draw(into buffer: inout ScreenBuffer, in area: Rect) -> [Picture.Hit] {
    Frame(title: title, rightTitle: "order: \(settings.order.title)", isFocused: true).draw(
      into: &buffer, in: area, with: appearance)
    var inside = Frame.inner(area).inset(horizontally: 1)
    drawExplanation(
      into: &buffer,
      in: inside.takeBottom(inside.height >= 11 ? 3 : inside.height >= 8 || panel.typed != nil ? 2 : 0))
    let columns = Columns(width: inside.width)
    buffer.put(logitsLine(columns), in: inside.takeTop(1), with: appearance)
    let (rows, chosen) = (state.chainRows, state.chosenChainRow)
    let first = min(max(chosen - inside.height * 2 / 3, 0), max(rows.count - inside.height, 0))
    var hits: [Picture.Hit] = []
    for index in rows.indices where (first..<first + inside.height).contains(index) {
      let place = inside.row(index - first)
      buffer.put(line(rows[index], isChosen: index == chosen, columns), in: place, with: appearance)
      let mark = Rect(x: place.x, y: place.y, width: 3, height: 1)
      hits.append(Picture.Hit(area: mark, target: .chainRow(index, isMark: true)))
      hits.append(Picture.Hit(area: place, target: .chainRow(index, isMark: false)))
    }
    return hits + [Picture.Hit(area: area, target: .chainPanel)]
  }

  private var title: String {
    let name = state.isComparing ? "Chain of \(LaneName.of(state.focus))" : "Chain"
    let on = settings.order.steps.count { $0.isOn(settings) } + (settings.knownOnly ? 1 : 0)
    return "\(name): \(on == 0 ? "no stage" : counted(on, "stage")) on"
  }

  // MARK: Lines

  /// The widths of the columns; the words get the rest.
  private struct Columns {
    let title: Int
    let value = 6
    let tokens: Int
    let bar: Int
    /// With a blank before it, as the entropy.
    let mass: Int
    let entropy: Int
    let words: Int

    /// The columns of what a step left.
    var measures: Int { tokens + bar + mass + entropy + (bar > 0 ? 1 : 0) }

    init(width: Int) {
      title = width < 90 ? 18 : 22
      bar = width < 96 ? 0 : 12
      // Both bounds of a number have room.
      let isWide = width >= 160
      (tokens, mass, entropy) = isWide ? (14, 16, 15) : (7, 8, 6)
      words = max(width - 3 - title - value - tokens - bar - mass - entropy - (bar > 0 ? 3 : 2), 0)
    }
  }

  private func logitsLine(_ columns: Columns) -> [Span] {
    guard let distribution = lane?.decision?.distribution else { return [] }
    return [Span("   " + TextFit.pad("logits", columns: columns.title + columns.value, glyphs: glyphs), .dim)]
      + measures(
        kept: distribution.vocabularySize...distribution.vocabularySize, mass: 1...1,
        entropy: distribution.belief.entropyBounds, isBarred: false, columns)
      + [
        Span(
          columns.words < 38 ? "  tokens, mass, bits left" : "  tokens, mass and entropy in bits left", .dim)
      ]
  }

  private func line(_ row: ChainRow, isChosen: Bool, _ columns: Columns) -> [Span] {
    let pointer = isChosen ? glyphs.pointerRight : " "
    let mark = row.isStep && row.state != .off ? glyphs.check : " "
    let name = (row.isStep ? "" : " ") + row.knob.title
    let role: ThemeRole = isChosen ? .key : row.state == .on ? row.isStep ? .strong : .text : .dim
    let head =
      [
        Span(pointer, .key), Span(TextFit.pad(mark, columns: 2, glyphs: glyphs), .good),
        Span(TextFit.pad(name, columns: columns.title, glyphs: glyphs), role),
      ] + value(row, isChosen: isChosen, columns, role)
    guard row.isStep, row.state == .on, let stage = lane?.stages.first(where: { $0.name == row.step }) else {
      let isRefused = row.isStep && row.state == .on && problem != nil
      let words =
        isRefused
        ? refusal(of: row.step)
        : row.state == .passedOver && row.isStep
          ? "has no part: \(passedOver(row.step))" : row.isStep ? row.knob.help : ""
      let text = TextFit.blanks(columns.measures) + "  " + glyphs.spelled(words)
      return head + [Span(text, isRefused ? .warn : .dim)]
    }
    return head + result(of: stage, columns)
  }

  private var problem: Untold? { lane?.decision?.distribution.chainProblem }

  /// Of a step without a result: itself refused, or behind one that is.
  private func refusal(of step: StepName) -> String {
    guard let problem, problem.step == step else { return "not reached" }
    return "cannot run here"
  }

  private func result(of stage: SamplerStage, _ columns: Columns) -> [Span] {
    let last = lane?.partial.map { lane?.stages[$0.stepCount - 1].name == stage.name } ?? false
    let shown = last ? "  \(glyphs.pointerLeft) the bars show this" : ""
    return measures(
      kept: stage.keptBounds, mass: stage.massBounds, entropy: stage.entropyBounds, isBarred: true, columns)
      + [
        Span("  " + words(stage, isBrief: columns.words < 38), stage.didAct ? .text : .dim),
        Span(shown, .key),
      ]
  }

  private func value(
    _ row: ChainRow, isChosen: Bool, _ columns: Columns, _ role: ThemeRole
  ) -> [Span] {
    if isChosen, let typed = panel.typed {
      // The end, where one types.
      let end = String(typed.text.suffix(columns.value - 1)) + String(glyphs.cursor)
      let text = TextFit.padLeft(end, columns: columns.value, glyphs: glyphs)
      return [Span(text, .key)]
    }
    let value = row.state == .off ? "off" : row.knob.shownValue(in: settings)
    return [Span(TextFit.padLeft(glyphs.spelled(value), columns: columns.value, glyphs: glyphs), role)]
  }

  /// Of what is not certain both bounds, or where they have no room the least.
  private func measures(
    kept: ClosedRange<Int>, mass: ClosedRange<Double>, entropy: ClosedRange<Double>, isBarred: Bool,
    _ columns: Columns
  ) -> [Span] {
    let bar = isBarred ? Bar.text(mass.lowerBound, width: columns.bar, glyphs: glyphs) : ""
    return [
      Span(
        fitting(columns.tokens, both: RangeText.count(kept), least: RangeText.least(kept, glyphs: glyphs))),
      Span((columns.bar > 0 ? " " : "") + TextFit.pad(bar, columns: columns.bar, glyphs: glyphs), .barAfter),
      Span(
        fitting(
          columns.mass, both: RangeText.percent(mass), least: RangeText.leastPercent(mass, glyphs: glyphs))),
      Span(
        fitting(
          columns.entropy, both: RangeText.fixed(entropy, decimals: 2),
          least: RangeText.least(entropy, columns: columns.entropy - 1, glyphs: glyphs))),
    ]
  }

  /// At the right of a column, with a blank before it.
  private func fitting(_ columns: Int, both: String, least: String) -> String {
    let text = CellWidth.width(of: both) < columns ? both : least
    return TextFit.padLeft(text, columns: columns, glyphs: glyphs)
  }

  private func passedOver(_ step: StepName) -> String {
    if !settings.order.steps.contains(step) { return "the order leaves it out" }
    return settings.isGreedy ? "greedy decoding" : "Mirostat runs with the temperature alone"
  }

  private func words(_ stage: SamplerStage, isBrief: Bool) -> String {
    guard let distribution = lane?.shownDistribution else { return "" }
    return StageDescription(
      stage, settings, distribution, glyphs: glyphs, isBrief: isBrief, match: lane?.dryMatch
    ) { id in
      TextFit.fit(
        PrintableToken.label(for: state.card?.bytes(of: id) ?? [], glyphs: glyphs),
        columns: isBrief ? 8 : 16,
        glyphs: glyphs)
    }.text
  }

  // MARK: Explanation

  /// What the chosen setting does, and where it comes from; while a value is typed, the values that it takes.
  private func drawExplanation(into buffer: inout ScreenBuffer, in area: Rect) {
    guard state.chainRows.indices.contains(state.chosenChainRow) else { return }
    let row = state.chainRows[state.chosenChainRow]
    var rest = area
    let heading = "\(row.knob.title): \(row.knob.range)"
    guard !area.isEmpty else { return }
    let stage = row.isStep ? lane?.stages.first { $0.name == row.step } : nil
    if let problem, problem.step == row.step, panel.typed == nil {
      for line in TextFit.wrap(problem.description, columns: area.width).prefix(area.height) {
        buffer.put([Span(line, .warn)], in: rest.takeTop(1), with: appearance)
      }
    } else if let stage, panel.typed == nil {
      // The whole sentence, which the row may have no room for.
      let sentence = "\(row.step.title) here: \(words(stage, isBrief: false))"
      buffer.put([Span(sentence, .key)], in: rest.takeTop(1), with: appearance)
    } else if area.height > 2 || panel.typed != nil {
      let source = area.height > 2 ? "  (\(row.step.source))" : ""
      buffer.put([Span(heading, .key), Span(source, .dim)], in: rest.takeTop(1), with: appearance)
    }
    // Where the two lines do not fit, the first one tells what the setting does.
    var text = row.knob.explanation
    if TextFit.wrap(text, columns: area.width).count > rest.height {
      text = String(text.prefix { $0 != "\n" })
    }
    let lines = TextFit.wrap(glyphs.spelled(text), columns: area.width)
    for (index, text) in lines.prefix(rest.height).enumerated() {
      buffer.put([Span(text, .dim)], in: rest.row(index), with: appearance)
    }
  }
}
