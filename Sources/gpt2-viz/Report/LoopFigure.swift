import LMCore
import Presentation

/// A text that may end in a phrase that repeats.
protocol RepeatingText {
  var repetition: LoopSummary { get }
  /// The phrase in words; empty where none repeats.
  var loopPhrase: String { get }
  /// The mean probability of each copy; nil for one that lies in the prompt.
  var loopMeans: [Double?] { get }
}

extension RepeatingText {
  var loop: RepetitionDetector.Loop? { repetition.loop }
}

/// The phrase that repeats at the end of the text, and the mean probability of each of its copies: the feedback of
/// arXiv 1904.09751, Figure 4.
struct LoopFigure {
  let content: any RepeatingText
  var size = FigureSize.wide

  private static let height = 96.0
  private static let widestBar = 44.0

  var title: String {
    guard let loop = content.loop else { return "No phrase repeats three times at the end of the text" }
    let tokens = loop.period == 1 ? "1 token" : "\(loop.period) tokens"
    return "Loop: \(loop.copies) copies of \(tokens)"
  }

  /// The measures of repetition.
  var note: String {
    "generated text: repeated 4-grams \(content.repetition.repeatedFourGrams) · "
      + "distinct-2 \(content.repetition.distinctTwo)"
  }

  var drawing: Drawing? {
    guard content.loop != nil else { return nil }
    var drawing = Drawing(width: size.width)
    let phrase = TextFit.fit(content.loopPhrase, columns: size == .wide ? 112 : 44, glyphs: .blocks)
    drawing.text(phrase, 0, 12, "mono ink")
    let (top, means) = (size == .wide ? 34.0 : 54, content.loopMeans)
    let base = top + Self.height
    drawing.line(0, base, chartWidth, base, "hair")
    drawing.line(0, top, chartWidth, top, "hair")
    drawing.text("100%", chartWidth + 8, top + 5, "muted small")
    if size == .wide {
      drawing.text("mean probability", chartWidth + 8, top + Self.height / 2, "muted small")
      drawing.text("of a copy's tokens", chartWidth + 8, top + Self.height / 2 + 16, "muted small")
    } else {
      drawing.text("mean probability of each copy's tokens", 0, 36, "muted small")
    }
    drawing.text("0", chartWidth + 8, base + 4, "muted small")
    let pitch = min(chartWidth / Double(max(means.count, 1)), Self.widestBar + 14)
    for (index, mean) in means.enumerated() {
      let middle = pitch * (Double(index) + 0.5)
      let width = min(pitch * 0.76, Self.widestBar)
      // The copies in the prompt were given, not predicted.
      if let mean {
        let tall = Self.height * mean
        drawing.rect(
          middle - width / 2, base - tall, width, tall, "loop", radius: min(3, width / 3),
          title: "copy \(index + 1): \(NumberFormat.percent(mean))")
        if pitch >= 46 {
          drawing.text(NumberFormat.percent(mean), middle, base - tall - 6, "ink small", .middle)
        }
      }
      if pitch >= 16 || index == 0 || index == means.count - 1 {
        drawing.text(String(index + 1), middle, base + 16, "muted small", .middle)
      }
    }
    drawing.height = base + 22
    return drawing
  }

  private var chartWidth: Double { size == .wide ? 780 : 320 }
}
