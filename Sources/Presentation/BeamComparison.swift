import LMCore

/// A beam's text beside those of other strategies from the same prompt: how probable each is, and how it repeats itself.
package struct BeamComparison {
  /// One text, cut to as many tokens as the beam has.
  package struct Entry {
    /// `Beam 1`, `Greedy`, `nucleus: top-p 0.95, seed 42`
    package let name: String
    package let ids: [Int]
    /// ln p of each token in the model's own distribution.
    package let logProbabilities: [Double]
    /// The share of generated 4-grams that occurred before, in 0...1.
    package let repetition: Double
    /// Why it has fewer tokens than the beam, as a sentence; nil where it does not, and where it has ended.
    package let problem: String?

    package var sum: Double { logProbabilities.reduce(0, +) }
    /// nil without a token.
    package var mean: Double? { ids.isEmpty ? nil : sum / Double(ids.count) }
  }

  /// The beam, then the others.
  package let entries: [Entry]

  /// - Parameters:
  ///   - ids: of the beam, behind the prompt.
  ///   - others: the names of the other texts with their tokens and ln p, and why one cannot go on.
  package init(
    beam name: String, ids: [Int], logProbabilities: [Double],
    others: [(name: String, ids: [Int], logProbabilities: [Double], problem: String?)]
  ) {
    let all = [(name: name, ids: ids, logProbabilities: logProbabilities, problem: nil as String?)] + others
    entries = all.map { text in
      let own = Array(text.ids.prefix(ids.count))
      return Entry(
        name: text.name, ids: own, logProbabilities: Array(text.logProbabilities.prefix(ids.count)),
        repetition: LoopSummary(own, promptCount: 0).repeatedFourGramShare, problem: text.problem)
    }
  }

  /// The text with the highest mean ln p, where it is one alone.
  package var likeliest: Int? { only { $0.mean ?? -.infinity } }
  /// The text that repeats most, where it is one alone and repeats at all.
  package var mostRepetitive: Int? { only { $0.repetition > 0 ? $0.repetition : -.infinity } }

  private func only(_ measure: (Entry) -> Double) -> Int? {
    let values = entries.map(measure)
    guard let best = values.max(), best > -.infinity, values.count(where: { $0 == best }) == 1 else {
      return nil
    }
    return values.firstIndex(of: best)
  }

  /// `likeliest, repeats most`; empty for neither.
  package func distinctions(of index: Int) -> String {
    [(likeliest, "likeliest"), (mostRepetitive, "repeats most")].filter { $0.0 == index }.map(\.1)
      .joined(separator: ", ")
  }

  /// `mean ln p -0.512, sum of ln p -10.240, repeated 4-grams 35.3%`, all of them the model's own
  ///
  /// - Parameter isBrief: in fewer words: `ln p mean -0.512, sum -10.240, repeated 35.3%`.
  package func figures(of index: Int, isBrief: Bool = false) -> String {
    let entry = entries[index]
    guard let mean = entry.mean.map(BeamDescription.number) else { return "no token yet" }
    let (sum, share) = (BeamDescription.number(entry.sum), NumberFormat.percent(entry.repetition))
    return isBrief
      ? "ln p mean \(mean), sum \(sum), repeated \(share)"
      : "mean ln p \(mean), \(BeamDescription.ownSum) \(sum), repeated 4-grams \(share)"
  }
}
