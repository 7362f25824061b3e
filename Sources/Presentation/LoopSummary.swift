import LMCore

/// The repetition in a text: the repeated phrase at its end, and the shares of repeated n-grams.
package struct LoopSummary {
  /// Prompt and generated tokens.
  package let ids: [Int]
  package let loop: RepetitionDetector.Loop?
  /// See `RepetitionDetector`.
  package let repeatedFourGramShare: Double
  package let distinctTwoShare: Double

  package init(_ ids: some Sequence<Int>) {
    var detector = RepetitionDetector()
    for id in ids { detector.append(id) }
    self.ids = detector.tokens
    loop = detector.loop
    repeatedFourGramShare = detector.repeatedFourGramShare
    distinctTwoShare = detector.distinctTwoShare
  }

  /// The mean probability of the tokens of each copy of the phrase, the oldest first; nil for a copy inside the prompt.
  /// Empty where nothing repeats.
  ///
  /// - Parameter probability: the probability of the token that a step chose; steps count from 0.
  package func copyMeans(promptCount: Int, probability: (_ step: Int) -> Double) -> [Double?] {
    guard let loop else { return [] }
    return (0..<loop.copies).map { copy in
      let steps = loop.range(ofCopy: copy).map { $0 - promptCount }.filter { $0 >= 0 }
      return steps.isEmpty ? nil : steps.reduce(0) { $0 + probability($1) } / Double(steps.count)
    }
  }
}
