/// The probability of the tokens that a list leaves out.
public enum RestMass {
  /// What a sum lacks to a larger one. A small difference would be the rounding of thousands of terms, so it is summed itself.
  ///
  /// - Parameters:
  ///   - sum: of the shares that are listed.
  ///   - whole: with those that are left out.
  ///   - last: the last share that is listed.
  ///   - itself: sums what is left out; nil where its shares are not known. It is then more than 0 behind a share above 0.
  public static func below(
    _ sum: Double, of whole: Double = 1, last: Double, itself: () -> Double?
  ) -> Double {
    let difference = whole - sum
    guard difference < 1e-6 else { return difference }
    return itself() ?? (last > 0 ? max(difference, .leastNonzeroMagnitude) : 0)
  }
}

extension Distribution {
  /// The model's own probability of these ranks together, from the smallest on; nil where not all are known.
  public func massBefore(ofRanks ranks: ClosedRange<Int>) -> Double? {
    guard case .complete(let ranked) = belief.content, ranks.lowerBound >= 1,
      ranks.upperBound <= vocabularySize
    else { return nil }
    return ranks.reversed().reduce(0) { $0 + ranked.weights[$1 - 1] } / ranked.total
  }

  /// The same after the chain.
  public func massAfter(ofRanks ranks: ClosedRange<Int>) -> Double? {
    guard ranks.lowerBound >= 1, ranks.upperBound <= vocabularySize else { return nil }
    return candidates?.mass(ofRanks: ranks)
  }
}
