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

  /// The lines inside the frames, from top to bottom.
  struct Lines: Equatable {
    var text: Int
    var beams: Int
    var candidates: Int
    var finished: Int

    /// - Parameters:
    ///   - height: of the window between the title and the last line.
    ///   - wanted: how many rows the tree would fill.
    init(height: Int, wanted: Int) {
      let inner = max(height - 5, 8)
      text = inner < 20 ? 3 : 4 + (inner - 20) / 8
      finished = inner < 20 ? 3 : 4 + (inner - 20) / 10
      let rest = inner - text - finished
      beams = min(max(wanted, 2), max(rest * 9 / 20, 2))
      candidates = rest - beams
    }
  }

  func draw(into buffer: inout ScreenBuffer, in area: Rect) {
    if let rivals = beams.rivals { return drawComparison(rivals, into: &buffer, in: area) }
    let lines = Lines(height: area.height, wanted: search.depth == 0 ? 2 : search.live.count + 2)
    var y = area.y
    func place(_ count: Int) -> Rect {
      defer { y += count + 1 }
      return Rect(x: area.x, y: y, width: area.width, height: count + 2)
    }
    let (text, live) = (place(lines.text), place(lines.beams))
    let (candidates, finished) = (place(lines.candidates), place(lines.finished))
    Frame.draw(
      [
        (Frame(title: textTitle, rightTitle: "\(beams.promptIDs.count) tokens before"), text),
        (
          Frame(
            title: "Beams: \(hasGroups ? "group, " : "")sum of ln p, score", rightTitle: "the last steps"),
          live
        ),
        (Frame(title: candidatesTitle, rightTitle: "beam, p, sum of ln p"), candidates),
        (
          Frame(
            title: "Finished, best first", rightTitle: "kept: \(search.finished.count) of \(settings.width)"),
          finished
        ),
      ], into: &buffer, with: appearance)
    drawText(into: &buffer, in: Frame.inner(text).inset(horizontally: 1))
    drawBeams(into: &buffer, in: Frame.inner(live).inset(horizontally: 1))
    drawCandidates(into: &buffer, in: Frame.inner(candidates).inset(horizontally: 1))
    drawFinished(into: &buffer, in: Frame.inner(finished).inset(horizontally: 1))
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
    TextPanel(tokens: tokens, showsCursor: goesOn).draw(into: &buffer, in: rest, with: appearance)
    let reading = summary.loop.map { loop in
      LoopReading(
        phrase: label(loop.range(ofCopy: 0).map { summary.ids[$0] }), period: loop.period,
        copies: loop.copies, copyMeans: summary.copyMeans(probability: probability))
    }
    LoopMeter(loop: reading).draw(into: &buffer, in: meter, with: appearance)
  }

  // MARK: What is finished

  /// The finished texts, and on the last line what the stop rule compares.
  private func drawFinished(into buffer: inout ScreenBuffer, in area: Rect) {
    var rest = area
    let rule = rest.takeBottom(1)
    let first = max(window.chosen - search.live.count - rest.height + 1, 0)
    for (row, text) in search.finished.enumerated().dropFirst(first).prefix(rest.height) {
      let ended = text.isEnded ? "ended" : "at the length"
      let figures =
        "\(row + 1)  \(hasGroups ? "group \(text.hypothesis.group + 1)  " : "")score \(BeamDescription.number(text.score))  sum \(BeamDescription.number(text.hypothesis.sum))  "
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
