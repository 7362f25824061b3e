import LMCore
import Presentation

/// The waterfall of a decision: a row for each stage of the sampler chain with the tokens and the mass that it left, the
/// entropy behind it, and what it did.
struct StagesFigure {
  let content: ReportContent
  var size = FigureSize.wide

  private static let rowHeight = 25.0
  private static let barHeight = 13.0

  static let title = "What each stage of the sampler chain left"

  /// nil where the trace does not tell.
  var drawing: Drawing? {
    let decision = content.decision
    guard !decision.stages.isEmpty else { return nil }
    let distribution = Decision(decision, vocabularySize: content.trace.start.model.vocabularySize)
      .distribution
    var drawing = Drawing(width: size.width)
    for (text, x) in [("tokens", tokens), ("mass", mass), ("bits", entropy)] {
      drawing.text(text, x, 12, "muted small", .end)
    }
    var y = 18.0
    let all = distribution.vocabularySize...distribution.vocabularySize
    row("logits", all, 1...1, distribution.belief.entropyBounds, "", y, &drawing)
    for stage in decision.stages {
      y += height
      let words = StageDescription(stage, decision.settings, distribution, glyphs: .blocks, token: label)
      let name = ChainDescription.name(of: stage.name, in: decision.settings)
      row(name, stage.keptBounds, stage.massBounds, stage.entropyBounds, words.text, y, &drawing)
    }
    drawing.height = y + height
    return drawing
  }

  // The left edge of bars and words, the right edge of numbers.
  private var tokens: Double { size == .wide ? 226 : 206 }
  private let bar = 240.0
  private let barWidth = 150.0
  private var mass: Double { size == .wide ? 452 : 264 }
  private var entropy: Double { size == .wide ? 506 : 310 }
  private var words: Double { size == .wide ? 524 : 8 }
  /// The narrow figure has the words below the numbers.
  private var height: Double { size == .wide ? Self.rowHeight : Self.rowHeight * 1.8 }

  private func row(
    _ name: String, _ kept: ClosedRange<Int>, _ share: ClosedRange<Double>, _ bits: ClosedRange<Double>,
    _ what: String, _ y: Double, _ drawing: inout Drawing
  ) {
    let text = y + 17
    drawing.text(TextFit.fit(name, columns: 22, glyphs: .blocks), 0, text, "ink strong")
    drawing.text(RangeText.least(kept, glyphs: .blocks), tokens, text, "ink", .end)
    if size == .wide {
      drawing.rect(bar, y + 6, barWidth, Self.barHeight, "track", radius: 3)
      drawing.rect(bar, y + 6, max(barWidth * share.lowerBound, 1), Self.barHeight, "after", radius: 3)
    }
    drawing.text(RangeText.leastPercent(share, glyphs: .blocks), mass, text, "ink", .end)
    drawing.text(RangeText.least(bits, columns: 6, glyphs: .blocks), entropy, text, "ink", .end)
    let below = size == .wide ? text : text + 18
    drawing.text(
      TextFit.fit(what, columns: size == .wide ? 62 : 54, glyphs: .blocks), words, below, "muted small")
  }

  private func label(_ id: Int) -> String {
    let row = content.decision.rows.first { $0.token.id == id }
    return row.map { content.label($0.token) } ?? "#\(id)"
  }
}
