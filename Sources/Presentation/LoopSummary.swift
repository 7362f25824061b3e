import LMCore

/// The repetition in a text: the repeated phrase at its end, and the shares of repeated n-grams.
///
/// The shares count the generated tokens only, as the perplexity does. A phrase may begin in the prompt.
package struct LoopSummary {
  /// Prompt and generated tokens.
  package let ids: [Int]
  package let promptCount: Int
  package let loop: RepetitionDetector.Loop?
  /// See `RepetitionDetector`.
  package let repeatedFourGramShare: Double
  package let distinctTwoShare: Double

  package init(_ ids: some Sequence<Int>, promptCount: Int) {
    self.ids = Array(ids)
    self.promptCount = promptCount
    var generated = RepetitionDetector()
    for id in self.ids.dropFirst(promptCount) { generated.append(id) }
    loop = RepetitionDetector.loop(atEndOf: self.ids)
    repeatedFourGramShare = generated.repeatedFourGramShare
    distinctTwoShare = generated.distinctTwoShare
  }

  /// Where nothing repeats at the end: the phrase with the most copies further up. Searched when it is read.
  package var earlierLoop: RepetitionDetector.Loop? {
    loop == nil ? RepetitionDetector.longestLoop(in: ids) : nil
  }

  /// `12.0%`
  package var repeatedFourGrams: String { NumberFormat.percent(repeatedFourGramShare) }
  /// `0.85`
  package var distinctTwo: String { NumberFormat.fixed(distinctTwoShare, decimals: 2) }

  /// The steps, from 1, that chose the tokens of a phrase's copies: `41-90`; nil for a phrase that the prompt holds.
  package func steps(of loop: RepetitionDetector.Loop) -> String? {
    let first = max(loop.start - promptCount, 0) + 1
    let last = loop.range(ofCopy: loop.copies - 1).upperBound - promptCount
    return last < first ? nil : "\(first)-\(last)"
  }

  /// The mean probability of the tokens of each copy of the phrase, the oldest first; nil for a copy inside the prompt.
  /// Empty where nothing repeats.
  ///
  /// - Parameter probability: the probability of the token that a step chose; steps count from 0.
  package func copyMeans(probability: (_ step: Int) -> Double) -> [Double?] {
    loop.map { copyMeans(of: $0, probability: probability) } ?? []
  }

  /// The same for any phrase of the text.
  package func copyMeans(
    of loop: RepetitionDetector.Loop, probability: (_ step: Int) -> Double
  ) -> [Double?] {
    (0..<loop.copies).map { copy in
      let steps = loop.range(ofCopy: copy).map { $0 - promptCount }.filter { $0 >= 0 }
      return steps.isEmpty ? nil : steps.reduce(0) { $0 + probability($1) } / Double(steps.count)
    }
  }
}
