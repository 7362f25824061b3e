import LMCore
import Presentation

/// One lane: text, table, draw and history.
struct LaneView {
  let state: AppState
  /// The lane's index in the state.
  let index: Int
  let appearance: Appearance
  private let repetition: LoopSummary

  init(state: AppState, index: Int, appearance: Appearance) {
    (self.state, self.index, self.appearance) = (state, index, appearance)
    repetition = LoopSummary(state.lanes[index])
  }

  private var lane: LaneSnapshot { state.lanes[index] }
  private var laneText: LaneText { LaneText(state: state, index: index, appearance: appearance) }
  private var isFocused: Bool { state.isComparing && index == state.focus }

  /// Draws the lane. Returns its targets, small areas before those that contain them, and the top line with which the
  /// end of the text is shown.
  func draw(into buffer: inout ScreenBuffer, layout: LaneLayout) -> (hits: [Picture.Hit], lastTextLine: Int) {
    let text = drawText(into: &buffer, layout)
    let rows = drawTable(into: &buffer, in: layout.table)
    if !layout.draw.isEmpty { drawDraw(into: &buffer, in: layout.draw) }
    let steps = state.chain == nil ? history.draw(into: &buffer, in: layout.history) : []
    var hits = text.tokens.map { Picture.Hit(area: $0.area, target: .token($0.index, lane: index)) }
    hits.append(Picture.Hit(area: layout.text, target: .text(lane: index)))
    hits += rows
    hits.append(Picture.Hit(area: layout.table, target: .table(lane: index)))
    hits += steps.map { Picture.Hit(area: $0.area, target: .step($0.step, lane: index)) }
    hits.append(Picture.Hit(area: layout.history, target: .lane(index)))
    hits.append(Picture.Hit(area: layout.draw, target: .lane(index)))
    return (hits, text.lastLine)
  }

  private var history: LaneHistoryView {
    LaneHistoryView(
      lane: lane, repetition: repetition, card: state.card, isFocused: isFocused,
      title: state.layout.lanes[index].draw.isEmpty ? nextToken : nil, appearance: appearance)
  }

  // MARK: Text

  private func drawText(into buffer: inout ScreenBuffer, _ layout: LaneLayout) -> TextPanel.Placement {
    let area = layout.text
    let frame = Frame(
      title: state.isComparing
        ? "\(laneName) \(laneText.strategy(columns: area.width - 14 - laneName.count))"
        : ["Text", lane.modelName].compactMap(\.self).joined(separator: " "),
      rightTitle: textRightTitle(hasDraw: !layout.draw.isEmpty), isFocused: isFocused
    )
    frame.draw(into: &buffer, in: area, with: appearance)
    if !Self.needsLegendElsewhere(area) {
      ScaleLegend(state.text.scale).draw(into: &buffer, in: frame.freeLine(in: area), with: appearance)
    }
    return textPanel.place(
      into: &buffer, in: Frame.inner(area).inset(horizontally: 1), with: appearance)
  }

  /// "A", or "A storyteller ·" where the lanes have models of their own.
  private var laneName: String {
    guard let model = lane.modelName else { return LaneName.of(index) }
    let name = TextFit.fit(model, columns: 24, glyphs: appearance.glyphs)
    return "\(LaneName.of(index)) \(name) \(appearance.glyphs.dot)"
  }

  /// True where the frame of a text is too narrow for the legend of its colours.
  static func needsLegendElsewhere(_ frame: Rect) -> Bool { frame.width < MainLayout.minimum.columns }

  private var textPanel: TextPanel {
    let scroll = index == state.focus ? state.text.scroll.map(TextPanel.Scroll.line) : nil
    return TextPanel(
      tokens: laneText.markingMatch(repetition.marked(laneText.tokens)), scroll: scroll ?? .end)
  }

  private func textRightTitle(hasDraw: Bool) -> String {
    if let scrolled { return scrolled }
    let ahead = lane.steps.count - lane.depth
    guard state.isComparing else {
      return ahead > 0 ? "\(ahead) ahead: \(appearance.glyphs.arrowRight) replays" : ""
    }
    // The draw panel shows it in its title, if there is one.
    let author =
      hasDraw ? nil : FollowedTextView(lane: lane, state: state).nextInBrief(glyphs: appearance.glyphs)
    return author ?? "step \(lane.depth)"
  }

  /// "lines 1-4 of 9", in a comparison "1-4 of 9": of a text that does not show its end.
  private var scrolled: String? {
    guard index == state.focus, let first = state.text.scroll else { return nil }
    let (last, lines) = (state.metrics.lastTextLine, state.metrics.textLines)
    let top = min(first, last)
    let place = "\(top + 1)-\(top + lines) of \(last + lines)"
    return state.isComparing ? place : "lines \(place)"
  }

  // MARK: Table

  private func drawTable(into buffer: inout ScreenBuffer, in area: Rect) -> [Picture.Hit] {
    guard let decision = lane.decision else {
      Frame(title: "Next token", isFocused: isFocused).draw(into: &buffer, in: area, with: appearance)
      drawProblem(into: &buffer, in: Frame.inner(area))
      return []
    }
    return DistributionView(
      state: state, lane: index, decision: decision,
      distribution: lane.partial?.distribution ?? decision.distribution, appearance: appearance
    ).draw(into: &buffer, in: area)
  }

  private func drawProblem(into buffer: inout ScreenBuffer, in area: Rect) {
    let lines = TextFit.wrap(lane.problem ?? "", columns: area.width - 4)
    for (row, line) in lines.prefix(area.height - 1).enumerated() {
      buffer.put(
        line, at: Point(area.x + 2, area.y + 1 + row), style: appearance.theme[.warn], in: area)
    }
  }

  // MARK: Draw

  private func drawDraw(into buffer: inout ScreenBuffer, in area: Rect) {
    Frame(title: drawTitle, rightTitle: entropies(columns: area.width), isFocused: isFocused).draw(
      into: &buffer, in: area, with: appearance)
    guard let decision = lane.decision else { return }
    let problem = decision.distribution.chainProblem
    var strip = DrawStrip(
      intervals: drawIntervals(of: decision, columns: area.width), u: problem == nil ? decision.u : nil,
      note: problem?.description ?? greedyNote(decision), isWarning: problem != nil)
    strip.untoldFrom = decision.distribution.untoldFrom
    strip.draw(into: &buffer, in: Frame.inner(area), with: appearance)
  }

  /// With a penalty or a ban, greedy decoding may take another token than the model's first.
  private func greedyNote(_ decision: Decision) -> String {
    let rank = decision.drawn.flatMap(decision.distribution.row(of:))?.rank ?? 1
    return rank == 1
      ? "greedy: the most probable token, no draw"
      : "greedy: rank \(NumberFormat.grouped(rank)), the most probable token after penalties and bans, no draw"
  }

  private var drawTitle: String {
    let author = FollowedTextView(lane: lane, state: state).nextToken(glyphs: appearance.glyphs)
    let redraws = lane.draw.redraws
    let title = redraws > 0 ? "Draw (redrawn \(redraws)\(appearance.glyphs.times))" : "Draw"
    // Greedy decoding draws nothing.
    let shown = lane.decision?.settings.isGreedy == true ? "Choice" : title
    return author ?? ([shown] + [nextToken, untold].compactMap(\.self)).joined(separator: " ")
  }

  /// What a server did not tell of the distribution: `· 3.1% not told`.
  private var untold: String? {
    guard let distribution = lane.decision?.distribution, let mass = distribution.belief.restMass,
      distribution.knownRanks < distribution.vocabularySize, mass.upperBound > 0
    else { return nil }
    return "\(appearance.glyphs.dot) \(RangeText.percent(mass)) not told"
  }

  /// The token that a step forward appends, wherever its row is: `→ ␣girl 9.6%`.
  private var nextToken: String? {
    guard let decision = lane.decision, let id = decision.id, decision.distribution.chainProblem == nil,
      let row = decision.distribution.row(of: id)
    else { return nil }
    let name = TextFit.fit(label(id), columns: 16, glyphs: appearance.glyphs)
    return "\(appearance.glyphs.arrowRight) \(name) \(RangeText.percent(row.afterBounds ?? 0...0))"
  }

  /// Before and after the chain; where the bounds have no room beside the title, in a shorter form.
  private func entropies(columns: Int) -> String {
    guard let distribution = lane.decision?.distribution else { return "" }
    let isKnown = distribution.chainProblem == nil
    let bounds = [distribution.belief.entropyBounds] + (isKnown ? [distribution.entropyAfterBounds] : [])
    let arrow = " \(appearance.glyphs.arrowRight) "
    let texts: [(ClosedRange<Double>) -> String] = [
      { RangeText.fixed($0, decimals: 2) }, { RangeText.fixed($0, decimals: 1) },
      { RangeText.least($0, columns: 4, glyphs: appearance.glyphs) },
    ]
    let forms = texts.map { text in "entropy \(bounds.map(text).joined(separator: arrow)) bits" }
    // The title and this one have two columns of the line beside each, and blanks.
    let room = columns - CellWidth.width(of: drawTitle) - 9
    return forms.first { CellWidth.width(of: $0) <= room } ?? forms[2]
  }

  /// The widest intervals. One of up to three columns has no room for its label, so it gets none.
  private func drawIntervals(of decision: Decision, columns: Int) -> [DrawInterval] {
    let distribution = decision.distribution
    var ids = distribution.keptRanks().prefix(40).compactMap { distribution.row(atRank: $0)?.id }
    if let drawn = decision.drawn, !ids.contains(drawn) { ids.append(drawn) }
    return ids.compactMap { id in
      decision.interval(of: id).map { interval in
        let (lower, upper, isChosen) = (interval.lowerBound, interval.upperBound, id == decision.drawn)
        let hasLabel = isChosen || (upper - lower) * Double(columns) > 3
        return DrawInterval(label: hasLabel ? label(id) : "", lower: lower, upper: upper, isChosen: isChosen)
      }
    }
  }

  private func label(_ id: Int) -> String {
    PrintableToken.label(for: state.card?.bytes(of: id) ?? [], glyphs: appearance.glyphs)
  }
}

extension ScaleLegend {
  init(_ scale: TextScale) { self.init(title: scale.title, labels: scale.labels) }
}
