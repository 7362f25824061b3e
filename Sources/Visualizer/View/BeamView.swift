import Glibc
import LMCore
import Presentation

/// Beam search over the whole window: the chosen text, the live beams as a tree, the continuations of the next step with what becomes of
/// them, and what is finished.
struct BeamView {
  let state: AppState
  let beams: BeamSnapshot
  let window: BeamWindow
  let appearance: Appearance

  var glyphs: GlyphSet { appearance.glyphs }
  var search: BeamSearch { beams.search }
  var settings: BeamSettings { search.settings }
  var hasGroups: Bool { settings.choice == .diverse }

  func draw(into buffer: inout ScreenBuffer, in area: Rect) {
    if let rivals = beams.rivals { return drawComparison(rivals, into: &buffer, in: area) }
    let lines = lines(in: area)
    var y = area.y
    func place(_ count: Int) -> Rect {
      defer { y += count + 1 }
      return Rect(x: area.x, y: y, width: area.width, height: count + 2)
    }
    let (text, live) = (place(lines.text), place(lines.beams))
    let (candidates, finished) = (place(lines.candidates), place(lines.finished))
    let kept = "kept: \(search.finished.count) of \(settings.width)"
    Frame.draw(
      [
        (Frame(title: textTitle, rightTitle: "\(beams.promptIDs.count) tokens before"), text),
        (beamFrame(lines: lines.beams), live),
        (
          Frame(
            title: candidatesTitle(lines: lines.candidates),
            rightTitle: BeamDescription.candidateFigures(settings)), candidates
        ),
        (
          Frame(
            title: finishedTitle(lines: lines.finished),
            rightTitle: [kept, BeamDescription.stopRule(settings)].compactMap(\.self).joined(separator: ", ")),
          finished
        ),
      ], into: &buffer, with: appearance)
    drawText(into: &buffer, in: Frame.inner(text).inset(horizontally: 1))
    drawBeams(into: &buffer, in: Frame.inner(live).inset(horizontally: 1))
    drawCandidates(into: &buffer, in: Frame.inner(candidates).inset(horizontally: 1))
    drawFinished(into: &buffer, in: Frame.inner(finished).inset(horizontally: 1))
  }

  /// What each panel has to show, and how its lines are shared out.
  private func lines(in area: Rect) -> BeamPanelLines {
    let text = textPanel(chosen?.ids ?? [], goesOn: search.stop == nil).panel
    let seen = beams.shownStep?.candidates.count ?? 0
    return BeamPanelLines(
      height: area.height,
      text: text.lineCount(columns: area.width - 4, with: appearance) + 1,
      beams: search.depth == 0 ? 1 : search.live.count, candidates: seen,
      finished: search.finished.count + 1)
  }

  // MARK: The chosen text

  var chosen: Hypothesis? {
    beams.texts.indices.contains(window.chosen) ? beams.texts[window.chosen] : beams.texts.first
  }

  var textTitle: String {
    guard beams.texts.count > 0 else { return "Text" }
    let live = search.live.count
    let text = window.chosen < live ? "Beam \(window.chosen + 1)" : "Finished \(window.chosen - live + 1)"
    return text + (hasGroups ? chosen.map { ", group \($0.group + 1)" } ?? "" : "")
  }

  private func drawText(into buffer: inout ScreenBuffer, in area: Rect) {
    let logProbabilities = chosen?.logProbabilities ?? []
    draw(chosen?.ids ?? [], goesOn: search.stop == nil, into: &buffer, in: area) { exp(logProbabilities[$0]) }
  }

  /// A text behind the prompt, and on the last line its loop meter.
  ///
  /// - Parameter probability: of the token of a step, from 0.
  func draw(
    _ ids: [Int], goesOn: Bool, into buffer: inout ScreenBuffer, in area: Rect, probability: (Int) -> Double
  ) {
    var rest = area
    let meter = rest.takeBottom(1)
    let (panel, summary) = textPanel(ids, goesOn: goesOn)
    panel.draw(into: &buffer, in: rest, with: appearance)
    let reading = summary.loop.map { loop in
      LoopReading(
        phrase: label(loop.range(ofCopy: 0).map { summary.ids[$0] }), period: loop.period,
        copies: loop.copies, copyMeans: summary.copyMeans(probability: probability))
    }
    LoopMeter(loop: reading).draw(into: &buffer, in: meter, with: appearance)
  }

  private func textPanel(_ ids: [Int], goesOn: Bool) -> (panel: TextPanel, summary: LoopSummary) {
    let pieces = state.card?.pieces(of: beams.promptIDs + ids) ?? []
    var tokens = pieces.enumerated().map { index, bytes in
      TextPanelToken(bytes: bytes, origin: index < beams.promptIDs.count ? .prompt : .generated)
    }
    let summary = LoopSummary(beams.promptIDs + ids, promptCount: beams.promptIDs.count)
    if let loop = summary.loop {
      for copy in 0..<loop.copies {
        let range = loop.range(ofCopy: copy)
        for index in range { tokens[index].marks.insert(.loop) }
        tokens[range.lowerBound].marks.insert(.copyStart)
        tokens[range.upperBound - 1].marks.insert(.copyEnd)
      }
    }
    if !ids.isEmpty { tokens[tokens.count - 1].marks.insert(.newest) }
    return (TextPanel(tokens: tokens, showsCursor: goesOn), summary)
  }

  // MARK: What is finished

  /// The first finished text on so many lines, of which the last is the rule's.
  private func firstFinished(lines: Int) -> Int {
    max(min(window.chosen - search.live.count, search.finished.count - 1) - lines + 2, 0)
  }

  /// `Finished, best first`, and which of them are shown where there is no room for all.
  private func finishedTitle(lines: Int) -> String {
    "Finished, best first" + shown(from: firstFinished(lines: lines), lines - 1, of: search.finished.count)
  }

  /// `: 2-4 of 7`; nothing where all rows are shown.
  func shown(from first: Int, _ lines: Int, of count: Int) -> String {
    guard lines < count else { return "" }
    let last = min(first + lines, count)
    let range = lines <= 0 ? "none" : last == first + 1 ? "\(last)" : "\(first + 1)-\(last)"
    return ": \(range) of \(count)"
  }

  /// The finished texts, and on the last line what the stop rule compares.
  private func drawFinished(into buffer: inout ScreenBuffer, in area: Rect) {
    var rest = area
    let rule = rest.takeBottom(1)
    let first = firstFinished(lines: area.height)
    for (row, text) in search.finished.enumerated().dropFirst(first).prefix(rest.height) {
      let ended = text.isEnded ? "ended" : "at the length"
      let group = hasGroups ? "group \(text.hypothesis.group + 1)  " : ""
      let sum =
        "\(BeamDescription.sumName(settings)) \(BeamDescription.number(text.hypothesis.sum))"
      let figures =
        "\(row + 1)  \(group)score \(BeamDescription.number(text.score))  \(sum)  "
        + "\(counted(text.hypothesis.ids.count, "token")), \(ended)  "
      let line = rest.row(row - first)
      let tail = tail(of: text.hypothesis.ids, columns: line.width - CellWidth.width(of: figures))
      buffer.put([Span(figures, .text), Span(tail, .dim)], in: line, with: appearance)
      mark(row + search.live.count, line, &buffer)
    }
    let words = beams.steps.last.map { BeamDescription.rule($0, settings) } ?? "nothing is finished yet"
    buffer.put([Span(words, search.stop == nil ? .dim : .strong)], in: rule, with: appearance)
  }

  /// The last tokens of a text that have room.
  private func tail(of ids: [Int], columns: Int) -> String {
    let text = label(ids.suffix(max(columns, 0)))
    guard CellWidth.width(of: text) > columns else { return text }
    var kept = ""
    for character in text.reversed() where CellWidth.width(of: kept) + 2 < columns {
      kept = "\(character)\(kept)"
    }
    return glyphs.ellipsis + kept
  }

  // MARK: Parts

  /// Points at the chosen row.
  func mark(_ choice: Int, _ line: Rect, _ buffer: inout ScreenBuffer) {
    guard choice == window.chosen else { return }
    buffer.put(glyphs.pointerRight, at: Point(line.x - 1, line.y), style: appearance.theme[.key])
    buffer.restyle(line) { appearance.theme[.selection].merged(over: $0) }
  }

  func label(_ ids: some Sequence<Int>) -> String {
    PrintableToken.label(for: ids.flatMap { state.card?.bytes(of: $0) ?? [] }, glyphs: glyphs)
  }
}

/// The lines inside the frames of the search, from top to bottom: each gets what it has to show, as far as there is room.
struct BeamPanelLines: Equatable {
  /// The text, with its loop meter.
  private(set) var text: Int
  private(set) var beams: Int
  private(set) var candidates: Int
  /// The finished texts, with the rule to stop.
  private(set) var finished: Int

  /// - Parameters:
  ///   - height: of the window between the title and the last line, frames included.
  ///   - text, beams, candidates, finished: how many lines each has to show, the meter's and the rule's included.
  init(height: Int, text: Int, beams: Int, candidates: Int, finished: Int) {
    (self.text, self.beams, self.candidates, self.finished) = (2, 1, 1, min(max(finished, 1), 2))
    var room = max(height - 5, 8) - self.text - self.beams - self.candidates - self.finished
    func give(_ line: WritableKeyPath<Self, Int>, upTo wanted: Int) {
      guard room > 0, self[keyPath: line] < wanted else { return }
      self[keyPath: line] += 1
      room -= 1
    }
    // First what a step is about, a line in turn; then all of it.
    let half = max(candidates / 2, 1)
    for limit in [
      (text: 3, candidates: half, finished: 3), (text: text, candidates: candidates, finished: finished),
    ] {
      for _ in 0..<max(beams, limit.text, limit.candidates, limit.finished) {
        give(\.beams, upTo: beams)
        give(\.candidates, upTo: limit.candidates)
        give(\.finished, upTo: min(limit.finished, finished))
        give(\.text, upTo: min(limit.text, text))
      }
    }
    // What died lately stands among the beams, and the text may grow.
    while room > 0 {
      give(\.beams, upTo: .max)
      give(\.text, upTo: .max)
    }
  }
}
