import LMCore

/// One lane: text, table, draw and history.
struct LaneView {
  let state: AppState
  /// Which of the state's lanes.
  let index: Int
  let appearance: Appearance

  private var lane: LaneSnapshot { state.lanes[index] }
  private var isFocused: Bool { state.isComparing && index == state.focus }

  func draw(into buffer: inout ScreenBuffer, layout: LaneLayout) {
    drawText(into: &buffer, in: layout.text)
    drawTable(into: &buffer, in: layout.table)
    if !layout.draw.isEmpty { drawDraw(into: &buffer, in: layout.draw) }
    drawHistory(into: &buffer, in: layout.history)
  }

  // MARK: Text

  private func drawText(into buffer: inout ScreenBuffer, in area: Rect) {
    let ahead = lane.steps.count - lane.depth
    let replays = ahead > 0 ? "\(ahead) ahead: \(appearance.glyphs.arrowRight) replays" : ""
    Frame(
      title: state.isComparing
        ? "\(["A", "B"][index]) \(appearance.glyphs.spelled(ChainDescription(state.settings[index]).brief))"
        : "Text",
      rightTitle: state.isComparing ? "step \(lane.depth)" : replays, isFocused: isFocused
    ).draw(into: &buffer, in: area, with: appearance)
    TextPanel(tokens: textTokens, scroll: .end)
      .draw(into: &buffer, in: Frame.inner(area).inset(horizontally: 1), with: appearance)
  }

  private var textTokens: [TextPanelToken] {
    func bytes(_ id: Int) -> [UInt8] { state.card?.bytes(of: id) ?? [] }
    let prompt = lane.promptIDs.map { TextPanelToken(bytes: bytes($0), origin: .prompt) }
    let generated = lane.steps[..<lane.depth].enumerated().map { index, step in
      var token = TextPanelToken(bytes: bytes(step.id), origin: .generated)
      if step.isForced { token.marks.insert(.forced) }
      if index == lane.depth - 1 { token.marks.insert(.newest) }
      if index == state.firstDivergence { token.marks.insert(.divergence) }
      return token
    }
    return prompt + generated
  }

  // MARK: Table

  private func drawTable(into buffer: inout ScreenBuffer, in area: Rect) {
    guard let decision = lane.decision else {
      Frame(title: "Next token", isFocused: isFocused).draw(into: &buffer, in: area, with: appearance)
      drawProblem(into: &buffer, in: Frame.inner(area))
      return
    }
    let table = DistributionView(state: state, lane: index, decision: decision, appearance: appearance)
    table.draw(into: &buffer, in: area)
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
    Frame(title: drawTitle, rightTitle: entropies, isFocused: isFocused).draw(
      into: &buffer, in: area, with: appearance)
    guard let decision = lane.decision else { return }
    DrawStrip(
      intervals: drawIntervals(of: decision), u: decision.u,
      note: "greedy: the most probable token, no draw"
    ).draw(into: &buffer, in: Frame.inner(area), with: appearance)
  }

  private var drawTitle: String {
    lane.draw.redraws > 0 ? "Draw (redrawn \(lane.draw.redraws)\(appearance.glyphs.times))" : "Draw"
  }

  private var entropies: String {
    guard let distribution = lane.decision?.distribution else { return "" }
    let (before, after) = (distribution.entropyBefore, distribution.entropyAfter)
    return
      "entropy \(NumberFormat.fixed(before, decimals: 2)) \(appearance.glyphs.arrowRight) \(NumberFormat.fixed(after, decimals: 2)) bits"
  }

  /// The widest intervals; the strip has no place to name more.
  private func drawIntervals(of decision: Decision) -> [DrawInterval] {
    let distribution = decision.distribution
    var ids = Array(distribution.ranking.lazy.map(Int.init).filter(distribution.isKept).prefix(40))
    if !ids.contains(decision.id) { ids.append(decision.id) }
    return ids.compactMap { id in
      distribution.interval(of: id).map {
        DrawInterval(
          label: label(id), lower: $0.lowerBound, upper: $0.upperBound, isChosen: id == decision.id)
      }
    }
  }

  private func label(_ id: Int) -> String {
    PrintableToken.label(for: state.card?.bytes(of: id) ?? [], glyphs: appearance.glyphs)
  }

  // MARK: History

  private func drawHistory(into buffer: inout ScreenBuffer, in area: Rect) {
    Frame(title: "History", isFocused: isFocused).draw(into: &buffer, in: area, with: appearance)
    var inner = Frame.inner(area).inset(horizontally: 1)
    LoopMeter(loop: loopReading).draw(into: &buffer, in: inner.takeBottom(1), with: appearance)
    HistoryPanel(
      points: lane.steps.map {
        HistoryPoint(
          probability: $0.before, entropy: $0.entropyBits, surprisal: $0.surprisalBits, kept: $0.kept)
      },
      cursor: lane.depth > 0 ? lane.depth - 1 : nil, perplexity: perplexity(of: lane.steps[..<lane.depth]),
      vocabularySize: state.card?.vocabularySize ?? 1
    ).draw(into: &buffer, in: inner, with: appearance)
  }

  /// The phrase that repeats at the end of the text, and how sure the model was of each copy.
  private var loopReading: LoopReading? {
    var detector = RepetitionDetector()
    for id in lane.textIDs { detector.append(id) }
    guard let loop = detector.loop else { return nil }
    let phrase = loop.range(ofCopy: 0).flatMap { state.card?.bytes(of: detector.tokens[$0]) ?? [] }
    let copyMeans = (0..<loop.copies).compactMap { copy -> Double? in
      // Tokens of the prompt were given, not predicted.
      let steps = loop.range(ofCopy: copy).map { $0 - lane.promptIDs.count }.filter { $0 >= 0 }
      guard !steps.isEmpty else { return nil }
      return steps.reduce(0) { $0 + lane.steps[$1].before } / Double(steps.count)
    }
    return LoopReading(
      phrase: PrintableToken.label(for: phrase, glyphs: appearance.glyphs), period: loop.period,
      copies: loop.copies, copyMeans: copyMeans)
  }
}
