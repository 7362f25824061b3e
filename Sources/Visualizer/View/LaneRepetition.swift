import LMCore
import Presentation

/// What repeats in a lane's text, prompt included.
struct LaneRepetition {
  let loop: RepetitionDetector.Loop?
  /// See `RepetitionDetector`.
  let repeatedFourGramShare: Double
  let distinctTwoShare: Double
  private let tokens: [Int]

  init(_ lane: LaneSnapshot) {
    var detector = RepetitionDetector()
    for id in lane.textIDs { detector.append(id) }
    loop = detector.loop
    repeatedFourGramShare = detector.repeatedFourGramShare
    distinctTwoShare = detector.distinctTwoShare
    tokens = detector.tokens
  }

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

  /// The phrase, and how sure the model was of each copy of it.
  func reading(of lane: LaneSnapshot, card: ModelCard?, glyphs: GlyphSet) -> LoopReading? {
    guard let loop else { return nil }
    let phrase = loop.range(ofCopy: 0).flatMap { card?.bytes(of: tokens[$0]) ?? [] }
    let means = (0..<loop.copies).map { copy -> Double? in
      // Tokens of the prompt were given, not predicted.
      let steps = loop.range(ofCopy: copy).map { $0 - lane.promptIDs.count }.filter { $0 >= 0 }
      guard !steps.isEmpty else { return nil }
      return steps.reduce(0) { $0 + lane.steps[$1].before } / Double(steps.count)
    }
    return LoopReading(
      phrase: PrintableToken.label(for: phrase, glyphs: glyphs), period: loop.period, copies: loop.copies,
      copyMeans: means)
  }
}
