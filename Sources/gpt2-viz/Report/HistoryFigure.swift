import Glibc
import LMCore
import Presentation

/// Probability, entropy and kept tokens by step, one chart below the other, with the shown step marked and the loop at
/// the end shaded.
struct HistoryFigure {
  let content: ReportContent
  var size = FigureSize.wide

  private var chart: (x: Double, width: Double, height: Double) {
    size == .wide ? (150, 690, 46) : (78, 226, 46)
  }
  private static let pitch = 66.0

  private struct Series {
    let name: String
    let value: String
    let top: String
    let style: String
    /// 0...1
    let heights: [Double]
  }

  var drawing: Drawing {
    var drawing = Drawing(width: size.width)
    let (steps, all) = (content.trace.steps, series)
    let bottom = Self.pitch * Double(all.count) - 14
    if let loop = content.loop {
      let start = Double(max(loop.start - content.trace.start.tokens.count, 0))
      let x = chart.x + chart.width * start / Double(max(steps.count, 1))
      drawing.rect(x, 0, chart.x + chart.width - x, bottom, "looparea", radius: 4)
      drawing.text("loop", x + 6, bottom + 15, "loop small")
    }
    for (index, series) in all.enumerated() {
      draw(series, at: Self.pitch * Double(index), &drawing)
    }
    if content.step <= steps.count {
      let x = middle(of: content.step - 1)
      drawing.line(x, 0, x, bottom, "cursor")
    }
    drawAxis(bottom, &drawing)
    drawing.height = bottom + 22
    return drawing
  }

  /// The x of a step's middle.
  private func middle(of index: Int) -> Double {
    chart.x + chart.width * (Double(index) + 0.5) / Double(max(content.trace.steps.count, 1))
  }

  private var series: [Series] {
    let steps = content.trace.steps
    let shown = content.step <= steps.count ? steps[content.step - 1] : nil
    let highest = max(steps.map(\.step.entropyBounds.lowerBound).max() ?? 0, 1)
    let vocabularySize = content.trace.start.model.vocabularySize
    let widest = log(Double(max(vocabularySize, 2)))
    return [
      Series(
        name: "p(chosen)", value: shown.map { probability($0) } ?? "", top: "100%",
        style: "before", heights: steps.map(\.before)),
      Series(
        name: "entropy",
        value: shown.map { RangeText.leastBits($0.step.entropyBounds, glyphs: .blocks) } ?? "",
        top: bits(highest),
        style: "curve", heights: steps.map { $0.step.entropyBounds.lowerBound / highest }),
      Series(
        name: "kept (log)", value: shown.map { RangeText.least($0.step.keptBounds, glyphs: .blocks) } ?? "",
        top: NumberFormat.grouped(vocabularySize), style: "after",
        // So that one kept token is visible.
        heights: steps.map { max(log(Double($0.decision.kept)) / widest, 0.02) }),
    ]
  }

  /// Of a token that a server did not tell the most.
  private func probability(_ step: TraceStep) -> String {
    RangeText.mostPercent((step.isUntold ? 0 : step.before)...step.before, glyphs: .blocks)
  }

  private func bits(_ value: Double) -> String { "\(NumberFormat.fixed(value, decimals: 1)) bits" }

  private func draw(_ series: Series, at y: Double, _ drawing: inout Drawing) {
    let (x, width, height) = chart
    let base = y + height
    drawing.text(series.name, 0, y + 20, "ink strong")
    drawing.text(series.value, 0, y + 38, "muted")
    drawing.line(x, base, x + width, base, "hair")
    drawing.line(x, y, x + width, y, "hair")
    drawing.text(series.top, x + width + 8, y + 5, "muted small")
    drawing.text("0", x + width + 8, base + 4, "muted small")
    guard !series.heights.isEmpty else { return }
    let step = width / Double(series.heights.count)
    var outline = ""
    for (index, share) in series.heights.enumerated() {
      let top = decimal(base - height * min(max(share, 0), 1))
      outline += index == 0 ? "M\(decimal(x)) \(top)" : "V\(top)"
      outline += "H\(decimal(x + step * Double(index + 1)))"
    }
    drawing.path(outline + "V\(decimal(base))H\(decimal(x))Z", "area \(series.style)fill")
    drawing.path(outline, "line \(series.style)line")
  }

  private func drawAxis(_ y: Double, _ drawing: inout Drawing) {
    let count = content.trace.steps.count
    guard count > 0 else { return }
    let spacing = Self.spacing(count, labels: size == .wide ? 12 : 5)
    for step in Set([1, count] + Array(stride(from: spacing, to: count, by: spacing))).sorted() {
      // A number next to the last one would touch it.
      if step != count, step != 1, count - step < spacing / 2 { continue }
      if content.loop != nil, isUnderLoopName(step) { continue }
      drawing.text(String(step), middle(of: step - 1), y + 15, "muted small", .middle)
    }
    drawing.text("step", 0, y + 15, "muted small")
  }

  private func isUnderLoopName(_ step: Int) -> Bool {
    guard let loop = content.loop else { return false }
    let start = Double(max(loop.start - content.trace.start.tokens.count, 0))
    let x = chart.x + chart.width * start / Double(max(content.trace.steps.count, 1))
    return abs(middle(of: step - 1) - (x + 18)) < 30
  }

  /// 1, 2 or 5 times a power of ten, so that there are at most `labels` intervals.
  private static func spacing(_ count: Int, labels: Int) -> Int {
    var spacing = 1
    while true {
      for factor in [1, 2, 5] where count / (spacing * factor) <= labels { return spacing * factor }
      spacing *= 10
    }
  }
}
