import LMCore
import Presentation

extension LoopSummary {
  /// The tokens of the text with the copies of the phrase marked.
  func marked(_ tokens: [TextPanelToken]) -> [TextPanelToken] {
    guard let loop else { return tokens }
    var tokens = tokens
    for index in loop.start..<tokens.count { tokens[index].marks.insert(.loop) }
    for copy in 0..<loop.copies {
      let range = loop.range(ofCopy: copy)
      tokens[range.lowerBound].marks.insert(.copyStart)
      tokens[range.upperBound - 1].marks.insert(.copyEnd)
    }
    return tokens
  }

  /// The phrase and the mean probability of each copy; nil where nothing repeats.
  func reading(of lane: LaneSnapshot, card: ModelCard?, glyphs: GlyphSet) -> LoopReading? {
    guard let loop else { return nil }
    let phrase = loop.range(ofCopy: 0).flatMap { card?.bytes(of: ids[$0]) ?? [] }
    return LoopReading(
      phrase: PrintableToken.label(for: phrase, glyphs: glyphs), period: loop.period, copies: loop.copies,
      copyMeans: copyMeans(of: lane))
  }
}
