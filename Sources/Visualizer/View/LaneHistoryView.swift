import LMCore
import Presentation

/// The history panel of a lane: sparklines of its steps, and the repetition in its text.
struct LaneHistoryView {
  let lane: LaneSnapshot
  let repetition: LoopSummary
  let card: ModelCard?
  let isFocused: Bool
  /// Another title than its own, below a table without a draw panel.
  let title: String?
  let appearance: Appearance

  /// Draws the panel. Returns the columns of the steps.
  func draw(into buffer: inout ScreenBuffer, in area: Rect) -> [(area: Rect, step: Int)] {
    let parts = Self.parts(of: area)
    let panel = panel(in: area)
    let steps = steps(panel.shownSteps(in: parts.history, with: appearance), columns: area.width)
    let left = title ?? "History\(steps.isEmpty ? "" : ": \(steps)")"
    let room = area.width - CellWidth.width(of: left) - 9
    let reference = title == nil ? Self.isWide(area) ? "" : humanPerplexity?.fitting(room) ?? "" : steps
    Frame(title: left, rightTitle: reference, isFocused: isFocused).draw(
      into: &buffer, in: area, with: appearance)
    panel.draw(into: &buffer, in: parts.history, with: appearance)
    drawLoop(into: &buffer, in: parts.loop)
    return panel.stepAreas(in: parts.history, with: appearance)
  }

  /// Which steps the columns show: "steps 41-90 of 90, H shows all".
  private func steps(_ shown: Range<Int>, columns: Int) -> String {
    guard !lane.steps.isEmpty else { return "" }
    let steps = "steps \(shown.lowerBound + 1)-\(shown.upperBound) of \(lane.steps.count)"
    return shown.count < lane.steps.count && columns >= 70 ? "\(steps), H shows all" : steps
  }

  private var humanPerplexity: HumanPerplexity? {
    card.flatMap { HumanPerplexity(of: $0.name, $0.parameterCount) }
  }

  private static func isWide(_ area: Rect) -> Bool { area.width >= 144 && area.height >= 6 }

  /// Loop beside the history in a wide window, else below it: in one row, or in four where the area is high.
  private static func parts(of area: Rect) -> (history: Rect, loop: Rect) {
    var inner = Frame.inner(area).inset(horizontally: 1)
    if isWide(area) {
      let loop = inner.takeRight(inner.width * 2 / 5)
      _ = inner.takeRight(3)
      return (inner, loop)
    }
    let loop = inner.takeBottom(inner.height >= 6 ? 4 : 1)
    return (inner, loop)
  }

  private func panel(in area: Rect) -> HistoryPanel {
    HistoryPanel(
      points: lane.steps.map { HistoryPoint($0) }, cursor: lane.depth > 0 ? lane.depth - 1 : nil,
      step: lane.depth > 0 ? lane.steps[lane.depth - 1] : nil,
      perplexity: perplexity(of: lane.steps[..<lane.depth]),
      perplexityIsLeast: lane.steps[..<lane.depth].hasUntold,
      vocabularySize: card?.vocabularySize ?? 1,
      reference: Self.isWide(area) ? humanPerplexity?.lines ?? [] : [])
  }

  private func drawLoop(into buffer: inout ScreenBuffer, in area: Rect) {
    var place = area
    let text = statistics(columns: area.width, hasOwnRow: area.height > 1)
    let width = CellWidth.width(of: text)
    if !text.isEmpty {
      // At the right of the meter's row, or in a row below it.
      let last = area.height == 1 ? area : place.takeBottom(1)
      buffer.put(
        text, at: Point(last.maxX - width, last.y), style: appearance.theme[.dim], in: last)
      if area.height == 1 { _ = place.takeRight(width + 2) }
    }
    let earlier = repetition.earlierLoop.flatMap { loop in
      repetition.steps(of: loop).map { "none now; \(appearance.glyphs.times)\(loop.copies) at steps \($0)" }
    }
    LoopMeter(
      loop: repetition.reading(of: lane, card: card, glyphs: appearance.glyphs), absence: earlier ?? "none"
    )
    .draw(into: &buffer, in: place, with: appearance)
  }

  private func statistics(columns: Int, hasOwnRow: Bool) -> String {
    let (repeated, distinct) = (repetition.repeatedFourGrams, repetition.distinctTwo)
    if columns >= (hasOwnRow ? 50 : 100) {
      return "generated: repeated 4-grams \(repeated)  distinct-2 \(distinct)"
    }
    return columns >= 70 ? "rep-4 \(repeated)  dist-2 \(distinct)" : columns >= 34 ? "rep-4 \(repeated)" : ""
  }
}
